"""What the gate before pysnmp lets through: known communities from their networks, known users, discovery; no more."""

from __future__ import annotations

from typing import Any

import pytest

from agent.snmp.gate import REQUEST_OCTETS, STRANGER_OCTETS, Gate, make_gate
from agent.wire.counters import Counters
from agent.wire.policy import make_communities
from tests.snmp import messages
from tests.snmp.agents import PLAIN, SEALED, SIGNED, RunningAgent, snmp_settings
from tests.snmp.conftest import Start, on_pysnmp
from tests.snmp.messages import AUTH, PRIV, Peer, User

SYS_NAME = (1, 3, 6, 1, 2, 1, 1, 5, 0)
GET = messages.pdu(messages.GET, [SYS_NAME])
ENGINE = Peer(b"\x80\0\x1f\x88\x05engine", 1, 1)


@pytest.fixture
def gate() -> Gate:
    settings = snmp_settings([PLAIN, SEALED])
    users = [user.name.encode() for user in settings.users]
    return make_gate(make_communities(settings), users, settings.max_message_size, Counters())


@pytest.mark.parametrize("version", [messages.V1, messages.V2C])
@pytest.mark.parametrize(
    ("community", "address", "admitted"),
    [
        (b"public", "203.0.113.9", True),
        (b"public", "2001:db8::9", True),
        (b"public ", "127.0.0.1", False),
        (b"Public", "127.0.0.1", False),
        (b"publi", "127.0.0.1", False),
        (b"", "127.0.0.1", False),
        (b"elsewhere", "192.0.2.0", True),
        (b"elsewhere", "192.0.2.255", True),
        (b"elsewhere", "192.0.3.0", False),
        (b"elsewhere", "127.0.0.1", False),
        (b"elsewhere", "2001:db8:ffff::1", True),
        (b"elsewhere", "2001:db9::1", False),
        (b"here", "127.255.0.1", True),
        (b"here", "::1", True),
        (b"here", "fe80::1%eth0", False),
        (b"public", "fe80::1%eth0", True),
    ],
)
def test_a_community_is_good_from_its_networks_alone(
    gate: Gate, version: int, community: bytes, address: str, *, admitted: bool
) -> None:
    assert gate.admits(messages.message(GET, version=version, community=community), address) is admitted
    assert gate.counters.in_pkts == 1
    assert gate.counters.in_bad_community_names == (0 if admitted else 1)


@pytest.mark.parametrize(
    ("version", "tags"),
    [(messages.V1, {messages.GET, messages.GET_NEXT, messages.SET}),
     (messages.V2C, {messages.GET, messages.GET_NEXT, messages.SET, messages.GET_BULK})],
)  # fmt: skip
def test_rfc3416_only_requests_of_the_version_pass(gate: Gate, version: int, tags: set[int]) -> None:
    passed = {
        tag for tag in range(256) if gate.admits(messages.message(messages.pdu(tag), version=version), "127.0.0.1")
    }
    assert passed == tags


@pytest.mark.parametrize(
    ("datagram", "counter"),
    [
        (b"", "in_asn_parse_errs"),
        (messages.message(GET)[:-1], "in_asn_parse_errs"),
        (messages.message(GET) + b"\0", "in_asn_parse_errs"),
        (messages.message(GET, version=2), "in_bad_versions"),
        (messages.message(GET, community=b"wrong"), "in_bad_community_names"),
        (messages.message(messages.tlv(0xA0, b"\x02\x01")), "in_asn_parse_errs"),
        (messages.message(messages.pdu(messages.GET, [SYS_NAME] * 700)), "oversized"),
        (ENGINE.build(User(b""), GET), "refused_users"),
        (Peer().build(User(b""), GET, flags=AUTH), "refused_users"),
        (ENGINE.build(User(b"nobody"), messages.pdu(messages.GET, [SYS_NAME] * 40)), "oversized"),
        (Peer().build(User(b""), messages.pdu(messages.GET, [SYS_NAME] * 40)), "oversized"),
        (ENGINE.build(PLAIN, GET, plain=messages.string(b"abc")), "in_asn_parse_errs"),
        (ENGINE.build(PLAIN, messages.tlv(0xA0, b"\x02\x01")), "in_asn_parse_errs"),
    ],
)
def test_what_is_dropped_is_counted_once(gate: Gate, datagram: bytes, counter: str) -> None:
    assert not gate.admits(datagram, "127.0.0.1")
    counted = {name: getattr(gate.counters, name) for name in Counters.__slots__ if getattr(gate.counters, name)}
    assert counted == {"in_pkts": 1, counter: 1}


@pytest.mark.parametrize("user", [PLAIN, SIGNED, SEALED, User(b"nobody")])
def test_named_users_reach_the_engine_which_knows_their_keys(gate: Gate, user: User) -> None:
    assert gate.admits(ENGINE.build(user, GET), "127.0.0.1")
    assert gate.admits(Peer().build(user, GET), "127.0.0.1")


def test_rfc3414_4_discovery_reaches_the_engine(gate: Gate) -> None:
    assert gate.admits(Peer().build(User(b""), messages.pdu(messages.GET)), "127.0.0.1")


@pytest.mark.parametrize("flags", [PRIV, PRIV | 4])
def test_rfc3412_7_2_5_privacy_without_authentication_does_not_pass(gate: Gate, flags: int) -> None:
    assert not gate.admits(ENGINE.build(SEALED, GET, flags=flags, plain=messages.string(bytes(40))), "127.0.0.1")


def test_sizes_that_pass_rise_with_the_configured_size() -> None:
    small = make_gate({}, [], 484, Counters())
    large = make_gate({}, [], 65507, Counters())
    assert (small.limit, large.limit) == (REQUEST_OCTETS, 65507)
    assert STRANGER_OCTETS == 484


def test_a_community_given_for_v2c_is_given_by_its_octets() -> None:
    gate = make_gate(make_communities(snmp_settings(communities=[{"name": "größe"}])), [], 1472, Counters())
    assert gate.admits(messages.message(GET, community="größe".encode()), "127.0.0.1")
    assert not gate.admits(messages.message(GET, community="größe".encode("latin-1")), "127.0.0.1")


# Over sockets, with an eye on the engine


class Spy:
    """Sees what the engine is called with."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    def watch(self, service: Any) -> None:
        dispatcher = service._engine.transport_dispatcher
        for transport in dispatcher._AbstractTransportDispatcher__transports.values():
            heard = transport._callback_function

            def listen(transport: Any, address: Any, datagram: bytes, heard: Any = heard) -> None:
                self.seen.append(datagram)
                heard(transport, address, datagram)

            transport._callback_function = listen


@on_pysnmp
def test_datagrams_of_strangers_never_reach_the_engine(start: Start) -> None:
    spy = Spy()
    agent: RunningAgent = start(users=[SEALED], prepare=spy.watch)
    huge = messages.message(messages.pdu(messages.GET, [SYS_NAME] * 4600), community=b"wrong")
    stranger = Peer(agent.identity.engine_id, 1, 1).build(
        User(b"nobody"), messages.pdu(messages.GET, [SYS_NAME] * 4600)
    )
    assert 60_000 < len(huge) < 65_507
    strangers = [
        huge,
        huge.replace(b"wrong", b"elsew"),
        stranger,
        messages.get(SYS_NAME, community=b"wrong"),
        messages.get(SYS_NAME, community=b"elsewhere"),
        messages.message(messages.pdu(messages.SET, [messages.varbind(SYS_NAME)]), community=b"wrong"),
        Peer(agent.identity.engine_id).build(User(b""), GET),
        messages.message(messages.pdu(messages.TRAP, [SYS_NAME])),
        b"\x30\x80",
        b"",
    ]
    assert agent.is_silent_on(*strangers)
    assert [messages.read(datagram).names for datagram in set(spy.seen)] == [[(1, 3, 6, 1, 2, 1, 1, 7, 0)]]
    assert agent.counters.in_pkts == len(strangers) + 2
    spy.seen.clear()
    assert agent.ask(messages.get(SYS_NAME, community=b"here")).values == [(4, b"north")]
    assert len(spy.seen) == 1


def test_a_source_network_is_that_of_the_socket(start: Start) -> None:
    agent = start(listen=["[::1]:0"])
    assert agent.ask(messages.get(SYS_NAME, community=b"here")).values == [(4, b"north")]
    assert agent.is_silent_on(messages.get(SYS_NAME, community=b"elsewhere"))
