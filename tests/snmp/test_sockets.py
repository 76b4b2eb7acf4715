"""Sockets are bound by us, so that what cannot be bound is an error that names the address."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator

import pytest

from agent.config import ListenAddress
from agent.errors import HostError
from agent.snmp import sockets
from agent.snmp.sockets import Sockets, open_sockets


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        yield opened.getsockname()[1]


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


def bind_all(*addresses: str) -> None:
    for opened in open_sockets(addresses):
        opened.close()


def test_an_address_in_use_is_named_with_a_hint(taken: int) -> None:
    with pytest.raises(HostError, match=rf"127\.0\.0\.1:{taken}: .*; another program listens there") as caught:
        bind_all(f"127.0.0.1:{taken}")
    assert isinstance(caught.value.__cause__, OSError)


def test_a_foreign_address_is_named_with_a_hint() -> None:
    with pytest.raises(HostError, match=r"192\.0\.2\.77:1161: .*; this machine does not have that address"):
        bind_all("192.0.2.77:1161")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may bind low ports")
def test_a_low_port_is_named_with_a_hint() -> None:
    with pytest.raises(HostError, match=r"127\.0\.0\.1:161: .*CAP_NET_BIND_SERVICE"):
        bind_all("127.0.0.1:161")


def test_a_low_port_denied_is_named_with_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(self: socket.socket, address: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    class Denied(socket.socket):
        bind = deny  # type: ignore[assignment]

    monkeypatch.setattr(sockets.socket, "socket", Denied)
    with pytest.raises(HostError, match=r"127\.0\.0\.1:161: Permission denied; .*CAP_NET_BIND_SERVICE"):
        bind_all("127.0.0.1:161")


def test_an_interface_there_is_not_is_a_host_error() -> None:
    with pytest.raises(HostError, match="nosuch0"):
        bind_all("[fe80::1%nosuch0]:1161")


def test_the_sockets_opened_before_one_that_fails_are_closed(taken: int) -> None:
    port = free_port()
    with pytest.raises(HostError, match=str(taken)):
        bind_all(f"127.0.0.1:{port}", "[::1]:0", f"127.0.0.1:{taken}")
    # An open one would make this fail, and pytest complain of a socket nobody closed.
    bind_all(f"127.0.0.1:{port}")


def test_every_address_gets_a_socket_of_its_family_that_does_not_block() -> None:
    opened = open_sockets(["127.0.0.1:0", "[::1]:0", "0.0.0.0:0", "[::]:0"])
    try:
        assert [one.family for one in opened] == [socket.AF_INET, socket.AF_INET6] * 2
        assert [one.getsockname()[0] for one in opened] == ["127.0.0.1", "::1", "0.0.0.0", "::"]
        assert all(one.gettimeout() == 0 for one in opened)
        assert all(one.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) >= 2**17 for one in opened)
    finally:
        for one in opened:
            one.close()


def test_the_wildcards_of_both_families_share_a_port() -> None:
    port = free_port()
    for addresses in ([f"0.0.0.0:{port}", f"[::]:{port}"], [f"[::]:{port}", f"0.0.0.0:{port}"]):
        bind_all(*addresses)


def test_the_same_address_twice_is_an_address_in_use() -> None:
    port = free_port()
    with pytest.raises(HostError, match=f"127.0.0.1:{port}"):
        bind_all(f"127.0.0.1:{port}", f"127.0.0.1:{port}")


def address(port: int, context: str = "", host: str = "127.0.0.1") -> ListenAddress:
    return ListenAddress(f"{host}:{port}", context, "somewhere")


@pytest.fixture
def open_now() -> Iterator[Sockets]:
    kept = Sockets()
    yield kept
    kept.close()


def test_a_change_keeps_what_stays_open_and_closes_what_is_given_up(open_now: Sockets) -> None:
    ports = [free_port() for _ in range(3)]
    open_now.take(open_now.prepare([address(ports[0]), address(ports[1], "one")]))
    fleet, one = open_now.contexts()
    change = open_now.prepare([address(ports[0]), address(ports[2], "two")])
    part = change.part()
    (two,) = part.fresh
    assert (part.gone, one.fileno() >= 0) == ((one,), True)
    open_now.take(change)
    assert open_now.contexts() == part.contexts == {fleet: "", two: "two"}
    assert one.fileno() == -1
    bind_all(f"127.0.0.1:{ports[1]}")


def test_an_address_may_go_from_one_device_to_another_without_being_closed(open_now: Sockets) -> None:
    port = free_port()
    open_now.take(open_now.prepare([address(port, "one")]))
    (opened,) = open_now.contexts()
    part = open_now.prepare([address(port, "two")]).part()
    assert (part.contexts, part.fresh, part.gone) == ({opened: "two"}, frozenset(), ())


def test_a_change_that_cannot_be_had_leaves_all_as_before(open_now: Sockets, taken: int) -> None:
    ports = free_port(), free_port()
    open_now.take(open_now.prepare([address(ports[0])]))
    before = open_now.contexts()
    with pytest.raises(HostError, match=str(taken)):
        open_now.prepare([address(ports[1]), address(taken, "one")])
    with pytest.raises(HostError, match=rf"0\.0\.0\.0:{ports[0]} while 127\.0\.0\.1:{ports[0]} is open"):
        open_now.prepare([address(ports[0], host="0.0.0.0")])
    open_now.prepare([address(ports[0]), address(ports[1])]).abandon()
    assert open_now.contexts() == before
    assert all(opened.fileno() >= 0 for opened in before)
    bind_all(f"127.0.0.1:{ports[1]}")


def test_each_front_has_a_socket_of_its_own_at_every_address_and_strangers_have_none() -> None:
    kept = Sockets(3)
    port = free_port()
    six = ListenAddress("[::]:0", "two", "somewhere")
    kept.take(kept.prepare([address(port), address(0, "one"), six]))
    try:
        ports = [[opened.getsockname()[1] for opened in kept.contexts(front)] for front in range(3)]
        assert ports[0] == ports[1] == ports[2]
        assert len(set(ports[0])) == 3
        assert [list(kept.contexts(front).values()) for front in range(3)] == [["", "one", "two"]] * 3
        change = kept.prepare([address(port, "three")])
        assert [list(change.part(front).contexts.values()) for front in range(3)] == [["three"]] * 3
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(("127.0.0.1", port))
        kept.close(but=1)
        assert [opened.fileno() >= 0 for front in range(3) for opened in kept.contexts(front)] == [
            *[False] * 3, *[True] * 3, *[False] * 3,
        ]  # fmt: skip
    finally:
        kept.close()


def test_fronts_that_share_a_port_do_not_share_it_with_a_program_that_would() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        taken = other.getsockname()[1]
        with pytest.raises(HostError, match=rf"127\.0\.0\.1:{taken}: .*; another program listens there"):
            Sockets(2).prepare([address(taken)])
