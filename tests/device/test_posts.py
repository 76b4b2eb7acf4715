"""A POST is sent once, and what became of it is told; what was lost is told apart from what never left."""

from __future__ import annotations

import socket
import threading

import pytest

from agent.errors import AccessDenied, CredentialsMissing, CredentialsRejected, RateLimited, RestDisabled, ServerError
from agent.model.exchange import Purpose

from .conftest import PASSWORD, Book, Connecting
from .servers import Reply, document, head_of, http_answer, page, serving, talking

PATH = "configuration/chassis0/slots/io1/module"


def test_the_object_is_sent_as_json_with_everything_a_get_has(connect: Connecting, book: Book) -> None:
    with serving(lambda request: document()) as device:
        posted = connect(device.port).post(PATH, {"alias": "Zürich", "n": [1, None]}, deadline_s=5, slot="io1")
    assert (posted.error, posted.status, posted.left, posted.is_lost) == (None, 200, True, False)
    (request,) = device.requests
    assert (request.method, request.path) == ("POST", f"/api/{PATH}")
    assert request.body.decode() == '{"alias":"Zürich","n":[1,null]}'
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Authorization"].startswith("Basic ")
    (exchange,) = book.done
    assert (exchange.method, exchange.slot, exchange.purpose) == ("POST", "io1", Purpose.SET)
    assert exchange.request_size == len(request.body)


def test_secrets_in_it_are_not_recorded(connect: Connecting, book: Book) -> None:
    with serving(lambda request: document()) as device:
        connect(device.port).post(PATH, {"password": "new-secret", "note": PASSWORD}, deadline_s=5)
    assert device.requests[0].body.count(b"new-secret") == 1
    assert b"new-secret" not in book.done[0].request_data
    assert PASSWORD.encode() not in book.done[0].request_data


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(401), CredentialsRejected), (Reply(403), AccessDenied), (Reply(423), ServerError),
        (Reply(429, headers={"Retry-After": "7"}), RateLimited), (Reply(500), ServerError), (page(200), RestDisabled),
    ],
)  # fmt: skip
def test_a_refusal_is_told_and_is_not_lost(connect: Connecting, reply: Reply, kind: type[Exception]) -> None:
    with serving(lambda request: reply) as device:
        posted = connect(device.port).post(PATH, {}, deadline_s=5)
    assert type(posted.error) is kind
    assert posted.status == reply.status
    assert not posted.is_lost
    assert len(device.requests) == 1


@pytest.mark.parametrize("reply", [Reply(200, b""), Reply(204, b""), Reply(200, b'{"data": {"cut'), Reply(201, b"OK")])
def test_a_yes_is_a_yes_whatever_its_body(connect: Connecting, reply: Reply) -> None:
    with serving(lambda request: reply) as device:
        assert connect(device.port).post(PATH, {}, deadline_s=5).error is None


def test_an_answer_that_does_not_come_is_lost_and_nothing_is_sent_again(connect: Connecting) -> None:
    heard: list[bytes] = []

    def hear_and_close(peer: socket.socket, number: int, over: threading.Event) -> None:
        heard.append(peer.recv(65_536))

    with talking(hear_and_close) as port:
        posted = connect(port).post(PATH, {}, deadline_s=2)
    assert posted.is_lost
    assert posted.status is None
    assert [said.split(b" ")[0] for said in heard] == [b"POST"]


def test_a_kept_connection_that_died_is_no_reason_to_send_a_post_again(connect: Connecting) -> None:
    heard: list[bytes] = []

    def answer_once(peer: socket.socket, number: int, over: threading.Event) -> None:
        heard.append(head_of(peer))
        peer.sendall(http_answer(b'{"data": 1}'))
        heard.append(peer.recv(65_536))  # the connection ends behind what is asked then

    with talking(answer_once) as port:
        client = connect(port)
        client.get("status", deadline_s=2)
        posted = client.post(PATH, {}, deadline_s=2)
    assert posted.is_lost
    assert [said.split(b" ")[0] for said in heard] == [b"GET", b"POST"]


def test_what_finds_nobody_never_left(connect: Connecting) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    posted = connect(port).post(PATH, {}, deadline_s=2)
    assert posted.error is not None
    assert not posted.left
    assert not posted.is_lost


def test_without_credentials_nothing_is_sent(connect: Connecting, book: Book) -> None:
    with serving(lambda request: document()) as device:
        posted = connect(device.port, username=None, password=None).post(PATH, {}, deadline_s=2)
    assert isinstance(posted.error, CredentialsMissing)
    assert not posted.left
    assert device.requests == []
    assert book.done == []
