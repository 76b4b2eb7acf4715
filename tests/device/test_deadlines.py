"""A request ends when its time is over, whatever the device does; and other ways to get no answer."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from agent.config import DeviceSettings
from agent.device.client import Client
from agent.errors import BadAnswer, DeviceError, TimedOut, TlsFailed, Unreachable
from agent.model.exchange import ExchangeState

from .conftest import Book, Certificate, Connecting, settings_for
from .servers import document, head_of, http_answer, serving, talking

DEADLINE_S = 0.6
SLACK_S = 0.5


@contextlib.contextmanager
def ends_at_the_deadline(kind: type[DeviceError] = TimedOut) -> Iterator[None]:
    start = time.monotonic()
    with pytest.raises(kind):
        yield
    assert DEADLINE_S - 0.05 <= time.monotonic() - start <= DEADLINE_S + SLACK_S


def drip(connection: socket.socket, octets: bytes, over: threading.Event) -> None:
    for octet in octets:
        connection.sendall(bytes([octet]))
        if over.wait(0.05):
            return


def hang(connection: socket.socket, number: int, over: threading.Event) -> None:
    head_of(connection)
    over.wait(5)


def drip_body(connection: socket.socket, number: int, over: threading.Event) -> None:
    head_of(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
    drip(connection, b'{"a":"' + b"x" * 500, over)


def drip_headers(connection: socket.socket, number: int, over: threading.Event) -> None:
    head_of(connection)
    drip(connection, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 500, over)


def drip_continues(connection: socket.socket, number: int, over: threading.Event) -> None:
    head_of(connection)
    while not over.wait(0.02):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def drip_chunks(connection: socket.socket, number: int, over: threading.Event) -> None:
    head_of(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    drip(connection, b"1\r\nx\r\n" * 100, over)


def drip_trailers(connection: socket.socket, number: int, over: threading.Event) -> None:
    head_of(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n")
    while not over.wait(0.02):
        connection.sendall(b"X-More: 1\r\n")


@pytest.mark.parametrize("talk", [hang, drip_body, drip_headers, drip_continues, drip_chunks, drip_trailers])
def test_the_deadline_ends(connect: Connecting, book: Book, talk: object) -> None:
    with talking(talk) as port, ends_at_the_deadline():  # type: ignore[arg-type]
        connect(port).get("status", deadline_s=DEADLINE_S)
    (exchange,) = book.done
    assert exchange.state is ExchangeState.TIMED_OUT
    assert (exchange.answered, exchange.round_trip_ms) == (None, None)


def test_a_cut_body_is_kept_with_its_status(connect: Connecting, book: Book) -> None:
    with talking(drip_body) as port, pytest.raises(TimedOut, match=r"octets of the answer came"):
        connect(port).get("status", deadline_s=DEADLINE_S)
    (exchange,) = book.done
    assert (exchange.status_code, exchange.status) == (200, "OK")
    assert exchange.response_data is not None
    assert exchange.response_data.startswith(b'{"a":"x')
    assert exchange.response_size == len(exchange.response_data)


def test_the_deadline_ends_a_hanging_tls_handshake(connect: Connecting) -> None:
    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        connection.recv(4096)
        drip(connection, b"\x16\x03\x03\x40\x00" + b"\x02" * 300, over)

    with talking(talk) as port, ends_at_the_deadline():
        connect(port, scheme="https").get("status", deadline_s=DEADLINE_S)


def test_the_deadline_ends_a_drip_over_tls(connect: Connecting, own_certificate: Certificate) -> None:
    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        with own_certificate.context.wrap_socket(connection, server_side=True) as wrapped:
            drip_body(wrapped, number, over)

    with talking(talk) as port, ends_at_the_deadline():
        client = connect(port, scheme="https", tls={"fingerprint": own_certificate.fingerprint})
        client.get("status", deadline_s=DEADLINE_S)


def test_the_deadline_ends_a_hanging_proxy(connect: Connecting) -> None:
    with talking(drip_headers) as port, ends_at_the_deadline():
        client = connect(4430, scheme="https", proxy=f"http://127.0.0.1:{port}")
        client.get("status", deadline_s=DEADLINE_S)


def test_the_deadline_ends_a_name_lookup(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    release = threading.Event()
    real = socket.getaddrinfo

    def slow(host: str, *args: object, **options: object) -> object:
        if options.get("flags"):
            return real(host, *args, **options)  # type: ignore[arg-type]
        asked.append(host)
        release.wait(5)
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    client = Client(settings_for(address="lts.example"), book)
    with ends_at_the_deadline():
        client.get("status", deadline_s=DEADLINE_S)
    with pytest.raises(TimedOut):
        client.get("status", deadline_s=0.1)
    assert asked == ["lts.example"]  # the second request waited for the first one's lookup
    release.set()
    with pytest.raises(Unreachable, match=r"lts\.example cannot be resolved"):
        client.get("status", deadline_s=5)
    client.close()
    assert [thread for thread in threading.enumerate() if thread.name.startswith("lookup")] == []


def test_one_read_may_take_no_longer_than_the_read_timeout(connect: Connecting) -> None:
    start = time.monotonic()
    with talking(hang) as port, pytest.raises(TimedOut, match=r"nothing came for 0\.3 s"):
        connect(port, poll={"read_timeout_s": 0.3}).get("status", deadline_s=5)
    assert time.monotonic() - start < 1


def test_the_deadline_holds_for_token_and_answer_together(connect: Connecting) -> None:
    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        connection.recv(4096)
        if over.wait(0.4):
            return
        connection.sendall(http_answer(b'{"token":"ABC"}'))
        connection.recv(4096)
        over.wait(5)

    with talking(talk) as port, ends_at_the_deadline():
        connect(port, auth="token").get("status", deadline_s=DEADLINE_S)


def test_a_client_goes_on_after_a_timeout(connect: Connecting) -> None:
    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        head_of(connection)
        if number == 1:
            connection.recv(1)  # until the client gives up
        else:
            connection.sendall(http_answer(b"{}"))

    with talking(talk) as port:
        client = connect(port)
        with pytest.raises(TimedOut):
            client.get("status", deadline_s=0.2)
        assert client.get("status", deadline_s=5) == {}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_refused_connection_is_unreachable(connect: Connecting, book: Book) -> None:
    with pytest.raises(Unreachable, match="refused"):
        connect(free_port()).get("status", deadline_s=5)
    assert book.done[0].state is ExchangeState.FAILED


def test_an_unknown_name_is_unreachable(connect: Connecting) -> None:
    with pytest.raises(Unreachable, match="cannot be resolved"):
        connect(address="no-such-device.invalid").get("status", deadline_s=10)


@pytest.mark.parametrize("address", ["a..b", "x" * 70, "ü" * 70, "*"])
def test_an_impossible_name_is_unreachable(connect: Connecting, address: str) -> None:
    with pytest.raises(Unreachable):
        connect(address=address).get("status", deadline_s=5)


def test_an_ipv6_address_is_asked(connect: Connecting) -> None:
    heads: list[bytes] = []

    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        heads.append(head_of(connection))
        connection.sendall(http_answer(b"{}"))

    try:
        with talking(talk, "::1") as port:
            connect(port, address="::1").get("status", deadline_s=5)
    except OSError:
        pytest.skip("no IPv6 here")
    assert f"Host: [::1]:{port}".encode() in heads[0]


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
def test_a_reset_is_unreachable(connect: Connecting, book: Book, before: bytes) -> None:
    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        head_of(connection)
        connection.sendall(before)
        time.sleep(0.1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    with talking(talk) as port, pytest.raises(Unreachable, match="connection broke"):
        connect(port).get("status", deadline_s=5)
    assert book.done[0].state is ExchangeState.FAILED


@pytest.mark.parametrize(
    ("octets", "says"),
    [
        (b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"a":1,', "cut off.*after 7 octets"),
        (b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{"a":1,\r\n', "after 7 octets"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "not a complete"),
        (b'HTTP/1.1 200 OK\r\n\r\n{"a":1,', "octet 7 of 7"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "no HTTP status line"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: 1\r\n" * 200 + b"\r\n", "not a complete"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000 + b"\r\n\r\n", "not a complete"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3, 4\r\n\r\n{}", "not a complete"),
    ],
)
def test_a_malformed_or_cut_answer_is_a_bad_answer(connect: Connecting, octets: bytes, says: str) -> None:
    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        head_of(connection)
        connection.sendall(octets)

    with talking(talk) as port, pytest.raises(BadAnswer, match=says):
        connect(port).get("status", deadline_s=5)


def test_a_server_that_does_not_speak_tls_is_named_as_such(connect: Connecting) -> None:
    with serving(lambda request: document()) as device, pytest.raises(TlsFailed, match="scheme: http"):
        connect(device.port, scheme="https").get("status", deadline_s=5)


def test_settings_are_not_changed_by_a_client(book: Book) -> None:
    settings = settings_for(1)
    copy = DeviceSettings(**settings.model_dump(exclude={"password"}), password=settings.password)
    Client(settings, book).close()
    assert settings == copy
