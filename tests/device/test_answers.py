"""Which answer is which error."""

from __future__ import annotations

import gzip
from datetime import datetime, timedelta, timezone

import pytest
import requests_mock

from agent.device.body import parsed
from agent.device.client import Client
from agent.device.verdict import retry_after_s
from agent.errors import (
    AccessDenied,
    BadAnswer,
    CredentialsRejected,
    DeviceError,
    NotFound,
    RateLimited,
    RestDisabled,
    ServerError,
    TooLarge,
)
from agent.model.exchange import ExchangeState

from .conftest import Book, Connecting, settings_for
from .servers import Reply, document, page, serving

NOW = datetime(2026, 3, 22, 20, 0, tzinfo=timezone.utc)
URL = "http://127.0.0.1/api/"


def failure(book: Book, path: str = "status", **reply: object) -> DeviceError:
    """What a mocked answer is made of."""
    client = Client(settings_for(), book, now=lambda: NOW)
    with requests_mock.Mocker() as device:
        device.get(URL + path, **reply)
        with pytest.raises(DeviceError) as caught:
            client.get(path, deadline_s=5)
    client.close()
    return caught.value


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("text", ["{}", "<html>login</html>", ""])
def test_401_and_403_mean_credentials_rejected_whatever_the_body(book: Book, status: int, text: str) -> None:
    expected = AccessDenied if status == 403 else CredentialsRejected
    assert type(failure(book, status_code=status, text=text)) is expected
    assert len(book.done) == 1  # tried once: repeated bad passwords can lock the account


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Sun, 22 Mar 2026 20:01:30 GMT", 90.0),
        ("Sun, 22 Mar 2026 20:01:30 -0000", 90.0),
        ("Sun, 22 Mar 2026 19:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("9" * 5000, None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(book: Book, value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, lambda: NOW) == seconds
    headers = {} if value is None else {"Retry-After": value}
    limited = failure(book, status_code=429, headers=headers, text="slow down")
    assert isinstance(limited, RateLimited)
    assert limited.retry_after_s == seconds
    busy = failure(book, status_code=503, headers=headers)
    assert isinstance(busy, ServerError)
    assert busy.retry_after_s == seconds


@pytest.mark.parametrize("status", [400, 405, 418, 500, 502, 503, 599, 300, 304])
def test_other_statuses_are_server_errors(book: Book, status: int) -> None:
    fault = failure(book, status_code=status, text="<html>sorry</html>")
    assert type(fault) is ServerError
    assert str(status) in str(fault)


def test_404_on_a_deeper_path_means_not_found(book: Book) -> None:
    assert type(failure(book, "status/syncteam", status_code=404, text='{"error":1}')) is NotFound
    assert type(failure(book, "status/syncteam", status_code=404, text="")) is NotFound


@pytest.mark.parametrize("path", ["status", "status?raw"])
def test_404_on_status_itself_means_rest_disabled(book: Book, path: str) -> None:
    assert type(failure(book, path, status_code=404, text='{"error":1}')) is RestDisabled


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/html; charset=utf-8"}])
def test_a_web_page_means_rest_disabled(book: Book, status: int, headers: dict[str, str]) -> None:
    fault = failure(book, "status/system", status_code=status, text="\n <!DOCTYPE html><p>Login", headers=headers)
    assert type(fault) is RestDisabled
    assert "REST API" in str(fault)


def test_json_with_a_wrong_type_is_accepted(connect: Connecting) -> None:
    with serving(lambda request: Reply(200, b'{"a":1}', {"Content-Type": "text/html"})) as device:
        assert connect(device.port).get("status", deadline_s=5) == {"a": 1}


def test_line_breaks_and_a_byte_order_mark_around_json_are_accepted() -> None:
    assert parsed(b'\r\n\n\xef\xbb\xbf{"a":1}\n\n') == {"a": 1}


def test_of_duplicate_members_the_last_counts() -> None:
    assert parsed(b'{"a":1,"a":2}') == {"a": 2}


def test_octets_that_are_no_utf_8_spoil_one_text_only() -> None:
    assert parsed(b'{"city":"Z\xfcrich","a":1}') == {"city": "Z\ufffdrich", "a": 1}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"hello", "octet 0 of 5"),
        (b"[1,2]", "not an object"),
        (b'"text"', "not an object"),
        (b"null", "not an object"),
        (b'\n\n{"a":1,', "octet 9 of 9"),
        ('{"ä":1 "b"}'.encode(), "octet 8 of 12"),
        (b'{"a":1}}', "octet 7"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":[-Infinity]}', "-Infinity"),
        (b'{"a":1e999}', "too large"),
        (b'{"a":' + b"9" * 5000 + b"}", "5000 digits"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deep"),
        (b'{"a":' + b"[" * 150 + b"]" * 150 + b"}", "100 levels"),
        (b'{"a":"\x01"}', "octet 6"),
    ],
)
def test_what_is_no_json_object_is_a_bad_answer_that_says_where(book: Book, body: bytes, says: str) -> None:
    fault = failure(book, content=body)
    assert type(fault) is BadAnswer
    assert says in str(fault)
    assert len(str(fault)) < 200
    assert fault.__context__ is None
    assert book.done[-1].state is ExchangeState.ANSWERED


@pytest.mark.parametrize(
    ("location", "kind", "says"),
    [
        ("/login.php?back=/api/status", RestDisabled, "/login.php"),
        ("https://127.0.0.1/api/status", BadAnswer, "scheme: https"),
        ("http://elsewhere.example/api/status", BadAnswer, "/api/status"),
        ("http://user:word@elsewhere.example/x", RestDisabled, "/x"),
        ("http://[broken", BadAnswer, "cannot be read"),
    ],
)
def test_a_redirect_is_reported_by_its_path_alone(book: Book, location: str, kind: type, says: str) -> None:
    fault = failure(book, status_code=302, headers={"Location": location})
    assert type(fault) is kind
    assert says in str(fault)
    assert "back=" not in str(fault)
    assert "word" not in str(fault)


def test_a_redirect_is_not_followed(connect: Connecting) -> None:
    with serving(lambda request: document()) as other:
        location = f"http://127.0.0.1:{other.port}/api/status"
        reply = Reply(307, b"", {"Location": location})
        with serving(lambda request: reply) as device, pytest.raises(BadAnswer):
            connect(device.port).get("status", deadline_s=5)
    assert (len(device.requests), other.connections) == (1, 0)


def test_the_body_of_a_redirect_is_bounded_too(connect: Connecting, book: Book) -> None:
    reply = Reply(302, b"x" * 3_000_000, {"Location": "/login"})
    with serving(lambda request: reply) as device, pytest.raises(RestDisabled):
        connect(device.port, poll={"body_limit_mb": 1}).get("status", deadline_s=5)
    (exchange,) = book.done
    assert (exchange.state, exchange.status_code) == (ExchangeState.ABORTED, 302)


def test_an_announced_size_over_the_limit_is_not_read(connect: Connecting, book: Book) -> None:
    with serving(lambda request: Reply(200, b'{"a":"' + b"x" * 2_000_000 + b'"}')) as device:
        client = connect(device.port, poll={"body_limit_mb": 1})
        with pytest.raises(TooLarge, match="2000008 octets announced"):
            client.get("status", deadline_s=5)
        device.answering = lambda request: document()
        client.get("status", deadline_s=5)  # on another connection
    assert device.connections == 2
    assert (book.done[0].state, book.done[0].response_size) == (ExchangeState.ABORTED, 2_000_008)


def test_a_size_over_the_limit_ends_the_reading(connect: Connecting, book: Book) -> None:
    packed = gzip.compress(b'{"a":"' + b"x" * 60_000_000 + b'"}')
    assert len(packed) < 100_000
    reply = Reply(200, packed, {"Content-Encoding": "gzip"})
    with serving(lambda request: reply) as device, pytest.raises(TooLarge, match="more than 1000000 octets"):
        connect(device.port, poll={"body_limit_mb": 1}).get("status", deadline_s=5)
    (exchange,) = book.done
    assert exchange.response_size is not None
    assert 1_000_000 < exchange.response_size < 20_000_000
    assert exchange.response_data is not None
    assert len(exchange.response_data) == 1024


def test_a_refusal_goes_before_the_size_of_its_body(connect: Connecting) -> None:
    with serving(lambda request: page(403, b"<" * 2_000_000)) as device, pytest.raises(CredentialsRejected):
        connect(device.port, poll={"body_limit_mb": 1}).get("status", deadline_s=5)


def test_a_body_that_is_not_compressed_as_it_says_is_a_bad_answer(connect: Connecting) -> None:
    reply = Reply(200, b'{"a":1}', {"Content-Encoding": "gzip"})
    with serving(lambda request: reply) as device, pytest.raises(BadAnswer, match="Content-Encoding"):
        connect(device.port).get("status", deadline_s=5)


def test_a_missing_reason_phrase_is_filled_in(connect: Connecting, book: Book) -> None:
    with serving(lambda request: Reply(429, b"", reason="")) as device, pytest.raises(RateLimited):
        connect(device.port).get("status", deadline_s=5)
    assert book.done[0].status == "Too Many Requests"


def test_a_date_an_hour_away_is_an_hour() -> None:
    later = (NOW + timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert retry_after_s(later, lambda: NOW) == 3600
