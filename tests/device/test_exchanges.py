"""What is recorded of requests, and that no secret is in it."""

from __future__ import annotations

import base64
import itertools
import json
import socket
import threading
from datetime import datetime, timedelta, timezone

import pytest
import requests_mock

from agent.config.secret import Secret
from agent.device.auth import Login
from agent.device.client import Client
from agent.device.redact import Redactor
from agent.errors import DeviceError
from agent.model.exchange import DATA_LIMIT, Exchange, ExchangeState, Purpose

from .conftest import PASSWORD, Book, Connecting, settings_for
from .servers import Reply, Request, document, head_of, serving, talking

NOW = datetime(2026, 3, 22, 20, 0, tzinfo=timezone.utc)
URL = "http://127.0.0.1/api/status"


def test_an_exchange_is_begun_before_and_ended_after_the_answer(book: Book) -> None:
    moments = itertools.count()
    ticks = itertools.count(100.0, 0.25)
    client = Client(settings_for(), book, clock=lambda: next(ticks), now=lambda: NOW + timedelta(seconds=next(moments)))

    def answer(request: object, context: object) -> str:
        assert len(book.started) == 1
        assert book.done == []
        return '{"a":1}'

    with requests_mock.Mocker() as device:
        device.get(URL, text=answer)
        client.get("status", deadline_s=5)
    client.close()
    begun = Exchange(0x234D, "lts1", "GET", "/api/status", "", Purpose.POLL, NOW)
    assert book.started == [begun]
    (ended,) = book.done
    assert (ended.state, ended.status_code, ended.status) == (ExchangeState.ANSWERED, 200, "OK")
    assert (ended.response_data, ended.response_size) == (b'{"a":1}', 7)
    assert ended.answered == NOW + timedelta(seconds=1)
    assert ended.round_trip_ms is not None
    assert ended.round_trip_ms >= 250


def test_a_long_body_is_cut_and_its_size_kept(connect: Connecting, book: Book) -> None:
    content = {"text": "x" * 5000}
    with serving(lambda request: document(content)) as device:
        assert connect(device.port).get("status", deadline_s=5) == content
    (exchange,) = book.done
    body = json.dumps(content).encode()
    assert (exchange.response_data, exchange.response_size) == (body[:DATA_LIMIT], len(body))


def test_an_interrupted_request_ends_as_aborted(book: Book) -> None:
    client = Client(settings_for(), book)
    with requests_mock.Mocker() as device:
        device.get(URL, exc=KeyboardInterrupt)
        with pytest.raises(KeyboardInterrupt):
            client.get("status", deadline_s=5)
    assert [exchange.state for exchange in book.done] == [ExchangeState.ABORTED]


def test_a_recorder_that_fails_is_not_silenced(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(exchange: Exchange) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(book, "ended", broken)
    client = Client(settings_for(), book)
    with requests_mock.Mocker() as device:
        device.get(URL, text="{}")
        with pytest.raises(ZeroDivisionError):
            client.get("status", deadline_s=5)


def everything_of(fault: BaseException) -> str:
    """An exception with all that it was made of."""
    links: list[BaseException] = []
    link: BaseException | None = fault
    while link is not None:
        links.append(link)
        link = link.__cause__ or link.__context__
    return " ".join(f"{one!r} {one} {vars(one)}" for one in links)


def echo(request: Request) -> Reply:
    """A talkative error page, with the request in body, reason and header."""
    quoted = request.headers["Authorization"]
    secret = base64.b64decode(quoted.split()[1]).decode()
    body = f"<html>{quoted} {secret} {json.dumps(secret)}".encode()
    location = "/login/" + quoted.replace(" ", "/")
    return Reply(302, body, {"Location": location}, reason=quoted)


def test_no_credential_gets_into_exchange_or_exception(connect: Connecting, book: Book) -> None:
    with serving(echo) as device:
        client = connect(device.port)
        with pytest.raises(DeviceError) as caught:
            client.get("status", deadline_s=5)
    coded = base64.b64encode(f"info:{PASSWORD}".encode()).decode()
    written = repr(book) + everything_of(caught.value) + repr(client)
    for spelling in (PASSWORD, repr(PASSWORD.encode())[2:-1], json.dumps(PASSWORD)[1:-1], coded):
        assert spelling not in written
    assert "[redacted]" in str(book.done[0].response_data)


def test_no_credential_gets_into_a_uri(connect: Connecting, book: Book) -> None:
    with serving(lambda request: document({})) as device:
        connect(device.port).get(f"status?password={PASSWORD}", deadline_s=5)
    (exchange,) = book.done
    assert exchange.uri == "/api/status?password=[redacted]"


def test_nothing_secret_is_logged(connect: Connecting, caplog: pytest.LogCaptureFixture) -> None:
    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        quoted = head_of(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nnot a header\r\nSet-Cookie: session=abc\r\n\r\n" + quoted)

    with caplog.at_level("DEBUG"), talking(talk) as port, pytest.raises(DeviceError):
        connect(port).get("status", deadline_s=5)
    assert "session=abc" not in caplog.text
    assert "Basic" not in caplog.text


@pytest.mark.parametrize("port_is_open", [True, False])
def test_a_failed_connection_leaves_no_request_in_the_exception(connect: Connecting, port_is_open: bool) -> None:  # noqa: FBT001
    with serving(lambda request: Reply(200, b"{")) as device:
        port = device.port if port_is_open else 1
        with pytest.raises(DeviceError) as caught:
            connect(port).get("status", deadline_s=5)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def redacted(body: bytes, *, password: str = "word") -> bytes:  # noqa: S107 - a test secret
    return Redactor(Login("info", Secret(password))).body(body)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b'{"passphrase":"x y","a":1}', b'{"passphrase":"[redacted]","a":1}'),
        (b'{"Shared-Secret" : "x\\"y" , "a":1}', b'{"Shared-Secret" : "[redacted]" , "a":1}'),
        (b'{"pin-code":1,"token":12,"a":1}', b'{"pin-code":1,"token":[redacted],"a":1}'),
        (b'{"key":"k","key-id":7,"md5-key":"k"}', b'{"key":"[redacted]","key-id":7,"md5-key":"[redacted]"}'),
        (b'{"keys":[{"id":1,"v":"k"},["]"]],"a":1}', b'{"keys":[redacted],"a":1}'),
        (b'{"auth":{"passphrase":"k","user":"u"}}', b'{"auth":{"passphrase":"[redacted]","user":"u"}}'),
        (b'{"secret-set":true,"secret":""}', b'{"secret-set":true,"secret":""}'),
        (b'{"community":"public"}', b'{"community":"[redacted]"}'),
        (b'{"a":1,"secret":"cut in the mid', b'{"a":1,"secret":"[redacted]'),
        (b'{"a":1,"token":["cut', b'{"a":1,"token":[redacted]'),
        (b'{"note":"secret","b":"x"}', b'{"note":"secret","b":"x"}'),
        (b'{"password":"swordfish"}', b'{"pass[redacted]":"[redacted]"}'),
        (b'{"f":"-----BEGIN EC PRIVATE KEY-----\\nMIIB', b'{"f":"[redacted]'),
        (b'no json: "unclosed \\', b'no json: "unclosed \\'),
        (b"<p>{]}:,\xff</p>", b"<p>{]}:,\xff</p>"),
        (b'{"a":"my word is"}', b'{"a":"my [redacted] is"}'),
    ],
)
def test_members_named_like_secrets_are_not_kept(body: bytes, kept: bytes) -> None:
    assert redacted(body) == kept


def test_a_secret_at_the_cut_is_found_whole() -> None:
    password = "S" * 40
    for start in range(DATA_LIMIT - 45, DATA_LIMIT + 1):
        body = b"-" * start + password.encode() * 3
        kept = redacted(body, password=password)
        assert b"S" not in kept
        assert len(kept) <= DATA_LIMIT


def test_a_body_without_secrets_is_kept_as_it_is() -> None:
    body = json.dumps({"data": {"ntp": [{"object-id": "sys", "offset": -0.5e-6, "x": [], "y": {}}]}}, indent=2).encode()
    assert redacted(body) == body
