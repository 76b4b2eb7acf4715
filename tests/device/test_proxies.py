"""Which way requests go."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from agent.errors import ServerError, TlsFailed, Unreachable

from .conftest import Certificate, Connecting, certificate
from .servers import Reply, document, head_of, serving, talking


@pytest.fixture
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


pytestmark = pytest.mark.usefixtures("_clean")


def set_environment(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, url)


@contextlib.contextmanager
def tunnelling(target: int) -> Iterator[tuple[int, list[bytes]]]:
    """A proxy that connects every CONNECT to one port."""
    heads: list[bytes] = []

    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        heads.append(head_of(connection))
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", target)) as onward:
            back = threading.Thread(target=pump, args=(onward, connection), name="server")
            back.start()
            pump(connection, onward)
            onward.shutdown(socket.SHUT_RDWR)
            back.join()

    with talking(talk) as port:
        yield port, heads


def pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(4096):
            sink.sendall(piece)


@pytest.mark.parametrize("mode", ["bypass", "bypassProxy"])
def test_bypass_ignores_the_environment(connect: Connecting, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    set_environment(monkeypatch, "http://127.0.0.1:1")
    with serving(lambda request: document()) as device:
        connect(device.port, proxy=mode).get("status", deadline_s=5)
    assert device.requests[0].path == "/api/status"


def test_system_uses_the_environment(connect: Connecting, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda request: document()) as proxy:
        set_environment(monkeypatch, f"http://127.0.0.1:{proxy.port}")
        connect(8080, address="192.0.2.1", proxy="system").get("status", deadline_s=5)
    assert proxy.requests[0].path == "http://192.0.2.1:8080/api/status"


def test_system_honours_no_proxy(connect: Connecting, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(lambda request: document()) as device:
        connect(device.port, proxy="system").get("status", deadline_s=5)
    assert len(device.requests) == 1


def test_system_takes_no_credentials_from_a_netrc(
    connect: Connecting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(lambda request: document()) as device:
        connect(device.port, proxy="system").get("status", deadline_s=5)
        connect(device.port, proxy="bypass").get("status", deadline_s=5)
    first, second = device.requests
    assert first.headers["Authorization"] == second.headers["Authorization"]


def test_a_proxy_of_another_kind_is_refused(connect: Connecting, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, "socks5://user:word@127.0.0.1:1")
    with pytest.raises(Unreachable, match="socks5") as caught:
        connect(8080, address="192.0.2.1", proxy="system").get("status", deadline_s=5)
    assert "word" not in str(caught.value)


def test_an_explicit_proxy_goes_before_the_environment(connect: Connecting, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "*")
    with serving(lambda request: document()) as proxy:
        client = connect(address="192.0.2.1", proxy=f"http://127.0.0.1:{proxy.port}/")
        client.get("status", deadline_s=5)
        client.get("status", deadline_s=5)
    assert [request.path for request in proxy.requests] == ["http://192.0.2.1/api/status"] * 2
    assert proxy.connections == 1


def test_https_goes_through_a_tunnel_that_sees_no_credentials(
    connect: Connecting, own_certificate: Certificate
) -> None:
    with (
        serving(lambda request: document(), own_certificate.context) as device,
        tunnelling(device.port) as (port, heads),
    ):
        client = connect(
            device.port, scheme="https", proxy=f"http://127.0.0.1:{port}", tls={"ca_file": own_certificate.file}
        )
        client.get("status", deadline_s=5)
        client.get("status", deadline_s=5)
        client.close()
    assert len(heads) == 1
    assert heads[0].startswith(f"CONNECT 127.0.0.1:{device.port} ".encode())
    assert b"uthorization" not in heads[0]
    assert len(device.requests) == 2


def test_a_pin_holds_through_a_tunnel(connect: Connecting, own_certificate: Certificate) -> None:
    with (
        serving(lambda request: document(), own_certificate.context) as device,
        tunnelling(device.port) as (port, _),
    ):
        client = connect(device.port, scheme="https", proxy=f"http://127.0.0.1:{port}", tls={"fingerprint": "00" * 32})
        with pytest.raises(TlsFailed, match=own_certificate.fingerprint):
            client.get("status", deadline_s=5)
    assert device.requests == []


def test_an_untrusted_certificate_behind_a_proxy_is_not_looked_at_around_it(
    connect: Connecting, own_certificate: Certificate
) -> None:
    with (
        serving(lambda request: document(), own_certificate.context) as device,
        tunnelling(device.port) as (port, heads),
    ):
        client = connect(device.port, scheme="https", proxy=f"http://127.0.0.1:{port}")
        with pytest.raises(TlsFailed, match="pin it with"):
            client.get("status", deadline_s=5)
        client.close()
    assert (device.connections, len(heads)) == (1, 1)


@pytest.mark.skipif(
    tuple(map(int, urllib3.__version__.split(".")[:2])) < (2, 8),
    reason="older ones refuse an https proxy unless the device's own certificate is checked by a CA",
)
def test_the_certificate_of_an_https_proxy_is_checked_even_when_the_device_is_pinned(
    connect: Connecting, tmp_path: Path, own_certificate: Certificate
) -> None:
    other = certificate(tmp_path)
    with serving(lambda request: document(), other.context) as proxy, pytest.raises(TlsFailed, match="to the proxy"):
        connect(
            4430,
            scheme="https",
            proxy=f"https://127.0.0.1:{proxy.port}",
            tls={"fingerprint": own_certificate.fingerprint},
        ).get("status", deadline_s=5)
    assert proxy.requests == []


def test_a_proxy_that_refuses_is_unreachable_with_its_words(connect: Connecting) -> None:
    def talk(connection: socket.socket, number: int, over: threading.Event) -> None:
        head_of(connection)
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    with talking(talk) as port, pytest.raises(Unreachable, match="407"):
        connect(4430, scheme="https", proxy=f"http://127.0.0.1:{port}").get("status", deadline_s=5)


def test_a_proxy_that_cannot_reach_the_device_is_a_server_error(connect: Connecting) -> None:
    with serving(lambda request: Reply(504)) as proxy, pytest.raises(ServerError, match="504"):
        connect(address="192.0.2.1", proxy=f"http://127.0.0.1:{proxy.port}").get("status", deadline_s=5)


def test_a_proxy_that_is_not_there_is_unreachable(connect: Connecting) -> None:
    for scheme in ("http", "https"):
        with pytest.raises(Unreachable, match="refused"):
            connect(4430, scheme=scheme, proxy="http://127.0.0.1:1").get("status", deadline_s=5)
