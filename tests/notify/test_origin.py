"""Notifications about a device with an address of its own: where they leave from, and what they say of it."""

from __future__ import annotations

import socket

import pytest

from agent.snmp import route
from agent.snmp.origin import ipv4_shown_to, source_to
from agent.wire.selection import Reason, Selection
from tests.notify.conftest import Record, StartTrapd
from tests.notify.notices import notice
from tests.notify.receivers import AUTH_PASSPHRASE, PRIV_PASSPHRASE, body, until
from tests.notify.running import ALL, ENGINE, Start, receiver, users, view
from tests.snmp import messages

TRAP_ADDRESS = ".1.3.6.1.6.3.18.1.3.0"
OWN = {"lts1": ("127.0.0.77", "::1"), "lts2": ("0.0.0.0", "192.0.2.110")}


@pytest.mark.parametrize(
    ("destination", "source", "shown"),
    [
        ("198.51.100.1", "192.0.2.110", "192.0.2.110"),
        ("2001:db8::1", "2001:db8::110", "192.0.2.110"),
        ("127.0.0.1", "127.0.0.77", "127.0.0.77"),
        ("::1", "2001:db8::110", "127.0.0.77"),
        ("fe80::1%eth0", "fe80::7%eth0", ""),
    ],
)
def test_the_first_own_address_that_reaches_as_far_as_the_receiver_is_taken(
    destination: str, source: str, shown: str
) -> None:
    hosts = ("0.0.0.0", "127.0.0.77", "fe80::7%eth0", "192.0.2.110", "192.0.2.111", "2001:db8::110", "::")
    assert source_to(destination, hosts) == source
    assert ipv4_shown_to(destination, hosts) == (socket.inet_aton(shown) if shown else b"")
    assert (source_to(destination, ()), ipv4_shown_to(destination, ("::",))) == ("", b"")


def test_what_is_about_a_device_leaves_from_its_address_and_the_rest_from_the_agents(
    start: Start, record: Record
) -> None:
    there = record()
    running = start(receiver(there.port), hosts=OWN)
    for number, device in enumerate(("lts1", "lts3", "", "lts1", "lts3"), 1):
        running.send(notice(number, device=device))
        there.wait(number)
    own, other = there.sources[0], there.sources[1]
    assert (own[0], other[0]) == ("127.0.0.77", "127.0.0.1")
    assert there.sources == [own, other, other, own, other]
    running.hosts["lts3"] = ("127.0.0.78",)  # as by a reload
    running.send(notice(6, device="lts3"))
    there.wait(6)
    assert there.sources[5][0] == "127.0.0.78"


def test_an_inform_is_acknowledged_on_the_socket_it_left_from(start: Start, record: Record) -> None:
    there = record()
    running = start(receiver(there.port, kind="inform", timeout_s=30), hosts=OWN)
    running.send(notice(1))
    there.wait(1)
    assert there.sources[0][0] == "127.0.0.77"
    there.answer(0)
    running.wait_acknowledged(1)


def test_the_source_of_a_receiver_counts_before_a_devices_address(start: Start, record: Record) -> None:
    there = record()
    start(receiver(there.port, source="127.0.0.9"), hosts=OWN).send(notice(1))
    there.wait(1)
    assert there.sources[0][0] == "127.0.0.9"
    assert named_in(there.datagrams[0]) == socket.inet_aton("127.0.0.77")


def named_in(datagram: bytes) -> bytes | None:
    """The value of snmpTrapAddress.0 as the last varbind, None without one."""
    name, last = body(datagram)[1].names[-1], body(datagram)[1].values[-1]
    is_it = name == b"".join(part.to_bytes(4, "big") for part in (1, 3, 6, 1, 6, 3, 18, 1, 3, 0))
    return last.content if is_it else None


def test_an_address_that_cannot_be_sent_from_is_said_and_the_agents_own_is_used_until_it_can(
    start: Start, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = record()
    running = start(receiver(there.port), hosts={"lts1": ("192.0.2.110",)})
    running.send(notice(1))
    there.wait(1)
    assert there.sources[0][0] == "127.0.0.1"
    assert running.row().last_error == "cannot send from 192.0.2.110: Cannot assign requested address"
    monkeypatch.setattr(route, "_first", lambda host: (socket.AF_INET, ("127.0.0.5", 0)))
    running.send(notice(2))
    there.wait(2)
    assert there.sources[1] == there.sources[0], "not tried again for a minute"
    monkeypatch.setattr(route, "SOURCE_AGAIN_S", 0)
    running.hosts["lts1"] = ("192.0.2.111",)
    running.send(notice(3))
    there.wait(3)
    assert there.sources[2][0] == "127.0.0.5"


def test_rfc3584_agent_addr_of_a_v1_trap_is_the_devices_own_address(start: Start, trapd: StartTrapd) -> None:
    there = trapd()
    running = start(receiver(there.port, version="v1"), hosts=OWN)
    running.send(notice(1), notice(2, device="lts3"), notice(3, device=""))
    lines = until(lambda: found if len(found := there.lines()) == 3 else [], "three traps")
    assert [line.split("|")[1] for line in lines] == ["127.0.0.77", "127.0.0.1", "127.0.0.1"]
    assert not any(TRAP_ADDRESS in line for line in lines)


def test_rfc3584_later_versions_carry_it_as_snmp_trap_address(
    start: Start, trapd: StartTrapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = trapd(f"-e 0x{ENGINE.engine_id.hex()} user-priv SHA-256 {AUTH_PASSPHRASE} AES {PRIV_PASSPHRASE}")
    secure = receiver(there.port, "secure", version="v3", user="user-priv")
    running = start(receiver(there.port), secure, users=users(monkeypatch), hosts=OWN)
    running.send(notice(1), notice(2, device="lts3"))
    lines = until(lambda: found if len(found := there.lines()) == 4 else [], "four traps")
    about = {number: [line for line in lines if f"#{number}" in line] for number in (1, 2)}
    assert all(line.endswith(f"{TRAP_ADDRESS} = IpAddress: 127.0.0.77") for line in about[1])
    assert not any(TRAP_ADDRESS in line for line in about[2])


def test_a_v3_receiver_may_be_told_the_devices_context(
    start: Start, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, other = record(), record()
    plain = {"version": "v3", "user": "user-plain"}
    running = start(
        receiver(there.port, **plain, context="device"),
        receiver(other.port, "other", **plain),
        users=users(monkeypatch),
    )
    for number, device in enumerate(("lts1", "lts2", ""), 1):
        running.send(notice(number, device=device))
        there.wait(number)
        other.wait(number)
    peer, user = messages.Peer(ENGINE.engine_id), messages.User(b"user-plain")
    assert [peer.read(one, user).context for one in there.datagrams] == [b"lts1", b"lts2", b""]
    assert [peer.read(one, user).context for one in other.datagrams] == [b""] * 3


def test_a_v3_inform_in_a_devices_context_is_acknowledged(
    start: Start, trapd: StartTrapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = trapd(f"user-priv SHA-256 {AUTH_PASSPHRASE} AES {PRIV_PASSPHRASE}")
    asked = receiver(there.port, version="v3", user="user-priv", kind="inform", context="device")
    running = start(asked, users=users(monkeypatch), hosts=OWN)
    running.send(notice(1), notice(2, device="lts2"), notice(3, device=""))
    running.wait_acknowledged(3)
    assert len(there.lines()) == 3


def test_the_view_of_the_devices_context_decides_on_what_is_told_in_it() -> None:
    hidden = Selection(ALL, views={"lts2": view("1.3.6.1.2")})
    assert hidden.against(notice(1)) is None
    assert hidden.against(notice(2, device="lts2")) is Reason.NOT_IN_VIEW
