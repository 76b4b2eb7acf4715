"""Which certificates are accepted, and what is said of the others."""

from __future__ import annotations

import socket
import threading
import warnings
from pathlib import Path

import pytest

from agent.device.fingerprint import peer_fingerprint
from agent.errors import TimedOut, TlsFailed, Unreachable

from .conftest import Book, Certificate, Connecting, certificate
from .servers import document, serving, talking


def test_a_certificate_nobody_vouches_for_is_refused_and_its_fingerprint_shown(
    connect: Connecting, book: Book, own_certificate: Certificate
) -> None:
    with serving(lambda request: document(), own_certificate.context) as device, pytest.raises(TlsFailed) as caught:
        connect(device.port, scheme="https").get("status", deadline_s=5)
    assert "self-signed certificate" in str(caught.value) or "self signed certificate" in str(caught.value)
    assert f"tls.fingerprint: {own_certificate.fingerprint}" in str(caught.value)
    assert device.requests == []
    assert [exchange.state.value for exchange in book.done] == ["failed"]


def test_a_ca_file_is_trusted(connect: Connecting, own_certificate: Certificate) -> None:
    with serving(lambda request: document(), own_certificate.context) as device:
        client = connect(device.port, scheme="https", tls={"ca_file": own_certificate.file})
        assert client.get("status", deadline_s=5) == {"data": {"object-id": "status"}}
        client.get("status", deadline_s=5)
    assert device.connections == 1


def test_with_a_ca_file_the_name_is_checked(connect: Connecting, tmp_path: Path) -> None:
    other = certificate(tmp_path, address="192.0.2.1")
    with serving(lambda request: document(), other.context) as device, pytest.raises(TlsFailed, match="mismatch"):
        connect(device.port, scheme="https", tls={"ca_file": other.file}).get("status", deadline_s=5)
    assert device.requests == []


def test_with_a_ca_file_the_date_is_checked(connect: Connecting, tmp_path: Path) -> None:
    old = certificate(tmp_path, days=-1)
    with serving(lambda request: document(), old.context) as device, pytest.raises(TlsFailed, match="expired"):
        connect(device.port, scheme="https", tls={"ca_file": old.file}).get("status", deadline_s=5)


def test_a_ca_file_without_a_certificate_fails_its_device_alone(connect: Connecting, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("nothing")
    client = connect(1, scheme="https", tls={"ca_file": file})
    with pytest.raises(TlsFailed, match=r"ca\.pem holds no PEM"):
        client.get("status", deadline_s=5)


def test_a_pinned_fingerprint_needs_neither_chain_nor_name_nor_date(connect: Connecting, tmp_path: Path) -> None:
    old = certificate(tmp_path, address="192.0.2.1", days=-1)
    with serving(lambda request: document(), old.context) as device, warnings.catch_warnings():
        warnings.simplefilter("error")
        client = connect(device.port, scheme="https", tls={"fingerprint": old.fingerprint})
        client.get("status", deadline_s=5)
    assert device.requests[0].headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize("auth", ["basic", "token"])
def test_another_fingerprint_is_refused_before_anything_is_sent(
    connect: Connecting, own_certificate: Certificate, auth: str
) -> None:
    read: list[bytes] = []

    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        with own_certificate.context.wrap_socket(connection, server_side=True) as wrapped:
            read.append(wrapped.recv(4096))

    with talking(talk) as port:
        client = connect(port, scheme="https", auth=auth, tls={"fingerprint": "ab" * 32})
        with pytest.raises(TlsFailed, match=own_certificate.fingerprint):
            client.get("status", deadline_s=5)
    assert b"".join(read) == b""


def test_verify_false_accepts_anything_without_a_warning(connect: Connecting, tmp_path: Path) -> None:
    old = certificate(tmp_path, address="192.0.2.1", days=-1)
    with serving(lambda request: document(), old.context) as device, warnings.catch_warnings():
        warnings.simplefilter("error")
        connect(device.port, scheme="https", tls={"verify": False}).get("status", deadline_s=5)
    assert len(device.requests) == 1


def test_a_fingerprint_is_had_without_trusting_or_saying_anything(own_certificate: Certificate) -> None:
    with serving(lambda request: document(), own_certificate.context) as device:
        assert peer_fingerprint("127.0.0.1", device.port, 5) == own_certificate.fingerprint
    assert device.requests == []


def test_a_fingerprint_that_cannot_be_had_is_said_why() -> None:
    def silent(connection: socket.socket, number: int, over: threading.Event) -> None:
        over.wait(5)

    with talking(silent) as port, pytest.raises(TimedOut):
        peer_fingerprint("127.0.0.1", port, 0.2)
    with serving(lambda request: document()) as device, pytest.raises(TlsFailed):
        peer_fingerprint("127.0.0.1", device.port, 5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable):
        peer_fingerprint("127.0.0.1", port, 5)


def test_a_handshake_that_breaks_off_is_unreachable(connect: Connecting) -> None:
    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        connection.recv(4096)

    with talking(talk) as port, pytest.raises(Unreachable, match="while it was made"):
        connect(port, scheme="https").get("status", deadline_s=5)
