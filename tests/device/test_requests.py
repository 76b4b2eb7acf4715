"""What is sent, over which connection, and what comes back."""

from __future__ import annotations

import base64
import gzip
import socket
import threading

import pytest

from agent import __version__
from agent.device import connection, sockets
from agent.device.client import correlation_id
from agent.errors import CredentialsMissing, Unreachable
from agent.model.exchange import ExchangeState, Purpose

from .conftest import PASSWORD, Book, Certificate, Connecting
from .servers import Reply, document, head_of, http_answer, serving, talking


def test_a_get_returns_the_whole_object_with_its_envelope(connect: Connecting) -> None:
    content = {"system-information": {"model": "M300"}, "data": {"object-id": "status", "a": [1, 2.5, True, None]}}
    with serving(lambda request: document(content)) as device:
        assert connect(device.port).get("status", deadline_s=5) == content
    assert [request.path for request in device.requests] == ["/api/status"]


def test_a_query_and_a_slot_are_kept(connect: Connecting, book: Book) -> None:
    path = "status/chassis0/slots/io1/module?raw"
    with serving(lambda request: document()) as device:
        connect(device.port).get(path, deadline_s=5, slot="io1", purpose=Purpose.PROBE)
    assert device.requests[0].path == f"/api/{path}"
    (exchange,) = book.done
    assert (exchange.uri, exchange.slot, exchange.purpose) == (f"/api/{path}", "io1", Purpose.PROBE)


def test_headers_name_the_agent_the_type_and_the_exchange(connect: Connecting) -> None:
    with serving(lambda request: document()) as device:
        client = connect(device.port)
        client.get("status", deadline_s=5)
        client.get("status", deadline_s=5)
    first, second = device.requests
    assert first.headers["Accept"] == "application/json"
    assert first.headers["User-Agent"] == f"lantime-northbound-agent/{__version__}"
    assert first.headers["X-Correlation-Id"] == "00-00-00-00-00-00-23-4d"
    assert second.headers["X-Correlation-Id"] == "00-00-00-00-00-00-23-4e"
    assert correlation_id(2**64 - 1) == "-".join(["ff"] * 8)


def test_basic_credentials_are_sent_in_utf_8(connect: Connecting) -> None:
    with serving(lambda request: document()) as device:
        connect(device.port).get("status", deadline_s=5)
    scheme, _, coded = device.requests[0].headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(coded).decode("utf-8")) == ("Basic", f"info:{PASSWORD}")


def test_without_credentials_nothing_is_sent(connect: Connecting, book: Book) -> None:
    with serving(lambda request: document()) as device, pytest.raises(CredentialsMissing):
        connect(device.port, username=None, password=None).get("status", deadline_s=5)
    assert device.connections == 0
    assert book.started == []


def test_one_connection_serves_several_requests(connect: Connecting) -> None:
    def answering(request: object) -> Reply:
        if len(device.requests) == 2:
            return Reply(404, b'{"error":"no such path"}')
        return document()

    with serving(answering) as device:
        client = connect(device.port)
        client.get("status", deadline_s=5)
        with pytest.raises(Exception, match="404"):
            client.get("status/none", deadline_s=5)
        client.get("status", deadline_s=5)
    assert (len(device.requests), device.connections) == (3, 1)


def test_chunked_answers_keep_the_connection(connect: Connecting) -> None:
    connections: list[int] = []

    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        connections.append(number)
        while head_of(connection):
            connection.sendall(b'HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n')

    with talking(talk) as port:
        client = connect(port)
        assert client.get("status", deadline_s=5) == {"a": 1}
        assert client.get("status", deadline_s=5) == {"a": 1}
        client.close()
    assert connections == [1]


def test_connections_have_tcp_keepalive(connect: Connecting, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[socket.socket] = []

    def noting(*args: object) -> sockets.TimedSocket:
        made.append(sockets.connect(*args))  # type: ignore[arg-type]
        return made[-1]  # type: ignore[return-value]

    monkeypatch.setattr(connection, "connect", noting)
    with serving(lambda request: document()) as device:
        client = connect(device.port)
        client.get("status", deadline_s=5)
        assert made[0].getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert made[0].getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


def test_compressed_answers_are_read(connect: Connecting, book: Book) -> None:
    plain = b'{"text":"' + b"x" * 50_000 + b'"}'
    packed = gzip.compress(plain)
    with serving(lambda request: Reply(200, packed, {"Content-Encoding": "gzip"})) as device:
        assert len(connect(device.port).get("status", deadline_s=5)["text"]) == 50_000
    assert book.done[0].response_size == len(plain)


def test_cookies_are_not_sent_back(connect: Connecting) -> None:
    with serving(lambda request: document(Set_Cookie="session=abc; Path=/")) as device:
        client = connect(device.port)
        client.get("status", deadline_s=5)
        client.get("status", deadline_s=5)
    assert "Cookie" not in device.requests[1].headers


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_get_is_repeated_once_when_the_kept_connection_was_dead(
    connect: Connecting, book: Book, own_certificate: Certificate, scheme: str
) -> None:
    heads: list[bytes] = []

    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        if scheme == "https":
            connection = own_certificate.context.wrap_socket(connection, server_side=True)
        heads.append(head_of(connection))
        connection.sendall(http_answer(b"{}"))
        if number == 1:
            heads.append(head_of(connection))  # read the second request, then close without a word
        connection.close()

    with talking(talk) as port:
        client = connect(port, scheme=scheme, tls={"verify": scheme == "http"})
        client.get("status", deadline_s=5)
        client.get("status/system", deadline_s=5)
        client.close()
    assert [head.split()[1] for head in heads] == [b"/api/status", b"/api/status/system", b"/api/status/system"]
    assert [exchange.state.value for exchange in book.done] == ["answered", "failed", "answered"]
    assert len({exchange.number for exchange in book.done}) == 3


def test_a_get_is_not_repeated_twice(connect: Connecting) -> None:
    heads: list[bytes] = []

    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        if number == 1:
            head_of(connection)
            connection.sendall(http_answer(b"{}"))
        heads.append(head_of(connection))

    with talking(talk) as port:
        client = connect(port)
        client.get("status", deadline_s=5)
        with pytest.raises(Unreachable, match="connection broke before an answer came"):
            client.get("status", deadline_s=5)
    assert len(heads) == 2


def test_a_get_on_a_fresh_connection_is_not_repeated(connect: Connecting, book: Book) -> None:
    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        head_of(connection)

    with talking(talk) as port, pytest.raises(Unreachable):
        connect(port).get("status", deadline_s=5)
    assert len(book.done) == 1


def test_a_get_is_not_repeated_once_a_part_of_the_answer_came(connect: Connecting, book: Book) -> None:
    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        head_of(connection)
        connection.sendall(http_answer(b"{}"))
        head_of(connection)
        connection.sendall(b"HTTP/1.1 2")

    with talking(talk) as port:
        client = connect(port)
        client.get("status", deadline_s=5)
        with pytest.raises(Exception, match="127"):
            client.get("status", deadline_s=5)
    assert len(book.done) == 2


def test_a_connection_the_device_closed_in_between_is_replaced_without_a_failed_exchange(
    connect: Connecting, book: Book
) -> None:
    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        head_of(connection)
        connection.sendall(http_answer(b"{}"))

    with talking(talk) as port:
        client = connect(port)
        for _ in range(3):
            client.get("status", deadline_s=5)
            threading.Event().wait(0.05)
    assert [exchange.state for exchange in book.done] == [ExchangeState.ANSWERED] * 3


def test_no_thread_is_left_after_close(connect: Connecting) -> None:
    with serving(lambda request: document()) as device:
        before = set(threading.enumerate())
        client = connect(device.port, address="localhost")
        client.get("status", deadline_s=5)
        client.close()
        left = [thread.name for thread in set(threading.enumerate()) - before]
    assert [name for name in left if "process_request" not in name] == []
