"""Authentication by token."""

from __future__ import annotations

import json

import pytest

from agent.errors import BadAnswer, CredentialsRejected, NotFound, RestDisabled, UnsupportedVersion

from .conftest import PASSWORD, Book, Connecting
from .servers import DeviceServer, Reply, Request, document, page, serving


class Door:
    """Gives out tokens and accepts the latest one."""

    def __init__(self) -> None:
        self.given = 0
        self.accepts = True

    def __call__(self, request: Request) -> Reply:
        if request.method == "PUT":
            self.given += 1
            return document({"token": self.token})
        if self.accepts and request.headers.get("Authorization") == f"Bearer {self.token}":
            return document()
        return Reply(401, b'{"error":"' + request.headers["Authorization"].encode() + b'"}')

    @property
    def token(self) -> str:
        return f"ABCDEF{self.given:04d}"


def asked(device: DeviceServer) -> list[str]:
    return [f"{request.method} {request.path}" for request in device.requests]


TOKEN, STATUS = "PUT /api/get-token", "GET /api/status"


def test_a_token_is_fetched_once_and_used_again(connect: Connecting) -> None:
    with serving(Door()) as device:
        client = connect(device.port, auth="token")
        for _ in range(3):
            client.get("status", deadline_s=5)
    assert asked(device) == [TOKEN, STATUS, STATUS, STATUS]
    assert json.loads(device.requests[0].body) == {"username": "info", "password": PASSWORD}
    assert device.requests[0].headers["Content-Type"] == "application/json"
    assert "Authorization" not in device.requests[0].headers


def test_a_token_that_ran_out_is_fetched_anew(connect: Connecting) -> None:
    door = Door()
    with serving(door) as device:
        client = connect(device.port, auth="token")
        client.get("status", deadline_s=5)
        door.given += 1
        client.get("status", deadline_s=5)
    assert asked(device) == [TOKEN, STATUS, STATUS, TOKEN, STATUS]


def test_a_fresh_token_that_is_refused_is_not_tried_again(connect: Connecting) -> None:
    door = Door()
    with serving(door) as device:
        client = connect(device.port, auth="token")
        client.get("status", deadline_s=5)
        door.accepts = False
        with pytest.raises(CredentialsRejected):
            client.get("status", deadline_s=5)
        with pytest.raises(CredentialsRejected):
            client.get("status", deadline_s=5)
    assert asked(device) == [TOKEN, STATUS, STATUS, TOKEN, STATUS, TOKEN, STATUS]


def test_a_refused_password_is_tried_once(connect: Connecting) -> None:
    with serving(lambda request: Reply(401)) as device, pytest.raises(CredentialsRejected):
        connect(device.port, auth="token").get("status", deadline_s=5)
    assert asked(device) == [TOKEN]


def test_a_device_without_tokens_is_named_as_such(connect: Connecting) -> None:
    for reply in (Reply(404), page(404)):
        with serving(lambda request, reply=reply: reply) as device, pytest.raises(UnsupportedVersion) as caught:
            connect(device.port, auth="token").get("status", deadline_s=5)
        assert "auth: basic" in str(caught.value)
        assert asked(device) == [TOKEN]


@pytest.mark.parametrize("content", [{}, {"token": ""}, {"token": 5}, {"token": "a\r\nX: y"}, {"token": "ü"}])
def test_a_token_that_cannot_be_used_is_a_bad_answer(connect: Connecting, content: object) -> None:
    with serving(lambda request: document(content)) as device, pytest.raises(BadAnswer, match="no token"):
        connect(device.port, auth="token").get("status", deadline_s=5)
    assert len(device.requests) == 1


def test_a_login_page_instead_of_a_token_means_rest_disabled(connect: Connecting) -> None:
    with serving(lambda request: page(200)) as device, pytest.raises(RestDisabled):
        connect(device.port, auth="token").get("status", deadline_s=5)


def test_neither_password_nor_token_gets_into_an_exchange(connect: Connecting, book: Book) -> None:
    door = Door()
    with serving(door) as device:
        client = connect(device.port, auth="token")
        client.get("status", deadline_s=5)
        door.given += 1  # the 401 answer quotes the token
        client.get("status", deadline_s=5)
    put, first, refused, _, _ = book.done
    assert (put.method, put.uri, put.request_data, put.response_data) == (
        "PUT",
        "/api/get-token",
        b"[redacted]",
        b"[redacted]",
    )
    assert put.request_size == len(device.requests[0].body)
    assert put.response_size == len(b'{"token": "ABCDEF0001"}')
    assert first.state.value == "answered"
    assert refused.status_code == 401
    written = repr(book)
    assert PASSWORD not in written
    assert "ABCDEF" not in written


def test_a_client_does_not_show_its_token(connect: Connecting) -> None:
    with serving(lambda r: document({"token": "ABCDEF"}) if r.method == "PUT" else Reply(404)) as device:
        client = connect(device.port, auth="token")
        with pytest.raises(NotFound) as caught:
            client.get("status/none", deadline_s=5)
    assert "ABCDEF" not in repr(client) + repr(caught.value)
