"""The outer part of messages, and strict reading of what is inside."""

from __future__ import annotations

import contextlib
import random
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.wire.ber import BerError
from agent.wire.envelope import CommunityMessage, OtherMessage, UserMessage, read_envelope
from agent.wire.request import check_pdu, check_scoped_pdu
from tests.snmp import messages
from tests.snmp.messages import Peer, User

SYS_NAME = (1, 3, 6, 1, 2, 1, 1, 5, 0)
PEER = Peer(b"\x80\0\x1f\x88\x05engine", 3, 77)
SEALED = User(b"sealed", "SHA-256", b"authpass-2", "AES-128", b"privpass-2")


@pytest.mark.parametrize("version", [messages.V1, messages.V2C])
def test_rfc1901_3_version_community_and_kind_of_pdu_are_read(version: int) -> None:
    datagram = messages.get(SYS_NAME, version=version, community=b"\xff\x00secret")
    read = read_envelope(datagram)
    assert isinstance(read, CommunityMessage)
    assert (read.version, read.community, read.pdu_tag) == (version, b"\xff\x00secret", messages.GET)
    assert check_pdu(datagram, read.pdu_at) == len(datagram)


@pytest.mark.parametrize("user", [User(b"plain"), SEALED])
def test_rfc3412_6_flags_model_engine_and_user_are_read(user: User) -> None:
    datagram = PEER.build(user, messages.pdu(messages.GET, [SYS_NAME]))
    read = read_envelope(datagram)
    assert isinstance(read, UserMessage)
    assert (read.flags, read.security_model) == (user.level | messages.REPORTABLE, messages.USM)
    assert (read.engine_id, read.user) == (PEER.engine_id, user.name)
    assert read.data_tag == (0x04 if user is SEALED else 0x30)
    if user is not SEALED:
        check_scoped_pdu(datagram, read.data_at)


@pytest.mark.parametrize("version", [2, 4, -1, 2**31 - 1])
def test_rfc3412_4_2_1_other_versions_are_named(version: int) -> None:
    read = read_envelope(messages.message(messages.pdu(messages.GET), version=version))
    assert read == OtherMessage(version)


@given(st.binary(max_size=200))
def test_arbitrary_octets_raise_ber_error_or_nothing(octets: bytes) -> None:
    with contextlib.suppress(BerError):
        read_envelope(octets)


VALID = [
    messages.get(SYS_NAME),
    messages.get_bulk(1, 5, SYS_NAME, SYS_NAME),
    PEER.build(User(b"plain"), messages.pdu(messages.GET, [SYS_NAME])),
    PEER.build(SEALED, messages.pdu(messages.SET, [messages.varbind(SYS_NAME, messages.string(b"x"))])),
]


@given(st.sampled_from(VALID), st.data())
def test_mutated_messages_raise_ber_error_or_nothing(datagram: bytes, data: st.DataObject) -> None:
    octets = bytearray(datagram)
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = read_envelope(bytes(octets))
        if isinstance(read, CommunityMessage):
            check_pdu(bytes(octets), read.pdu_at)
        elif isinstance(read, UserMessage):
            check_scoped_pdu(bytes(octets), read.data_at)
    except BerError:
        pass


@pytest.mark.parametrize("datagram", VALID)
def test_rfc3412_4_2_1_every_truncation_is_refused(datagram: bytes) -> None:
    for size in range(len(datagram)):
        with pytest.raises(BerError):
            read_envelope(datagram[:size])
    with pytest.raises(BerError):
        read_envelope(datagram + b"\0")


def calls_of(datagram: bytes) -> int:
    """Calls made while the envelope is read: work, without a clock."""
    made = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal made
        made += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        read_envelope(datagram)
    finally:
        sys.setprofile(None)
    return made


@pytest.mark.parametrize("user", [None, User(b"plain")])
def test_the_work_does_not_depend_on_the_size_of_the_datagram(user: User | None) -> None:
    def of(count: int) -> bytes:
        body = messages.pdu(messages.GET, [messages.varbind((1, 3))] * count)
        return PEER.build(user, body) if user else messages.message(body)

    small, large = of(100), of(6000)
    assert len(large) > 40_000
    assert calls_of(large) == calls_of(small)


def test_deep_nesting_costs_nothing() -> None:
    octets = b""
    for _ in range(5000):
        octets = messages.tlv(0x30, octets)
    with pytest.raises(BerError):
        read_envelope(octets)
    with pytest.raises(BerError):
        check_pdu(messages.tlv(0xA0, octets), 0)


def bad_varbind(value: bytes, name: bytes = b"\x06\x03\x2b\x06\x01") -> bytes:
    return messages.tlv(0xA0, messages.integer(1) * 3, messages.tlv(0x30, messages.tlv(0x30, name, value)))


@pytest.mark.parametrize(
    ("what", "octets"),
    [
        ("a constructed string", bad_varbind(b"\x24\x04\x04\x02ab")),
        ("a sequence as value", bad_varbind(b"\x30\x00")),
        ("an indefinite length", bad_varbind(b"\x04\x80\x00\x00")),
        ("an empty integer", bad_varbind(b"\x02\x00")),
        ("an integer of six octets", bad_varbind(b"\x02\x06\0\0\0\0\0\1")),
        ("an address of five octets", bad_varbind(b"\x40\x05abcde")),
        ("a null with content", bad_varbind(b"\x05\x01\x00")),
        ("an unknown type", bad_varbind(b"\x47\x01\x00")),
        ("two values", bad_varbind(b"\x05\x00\x05\x00")),
        ("no value", bad_varbind(b"")),
        ("a name over 32 bits", bad_varbind(b"\x05\x00", b"\x06\x06\x2b\x90\x80\x80\x80\x00")),
        ("a name of 129 sub-ids", bad_varbind(b"\x05\x00", messages.tlv(6, b"\x2b" + bytes(127)))),
        ("an OID value over 32 bits", bad_varbind(b"\x06\x06\x2b\x90\x80\x80\x80\x00")),
        ("an empty name", bad_varbind(b"\x05\x00", b"\x06\x00")),
        ("a request-id over 32 bits", messages.pdu(messages.GET, request_id=2**31)),
        ("octets behind the list", messages.tlv(0xA0, messages.integer(0) * 3, b"\x30\x00\x05\x00")),
        ("no list", messages.tlv(0xA0, messages.integer(0) * 3)),
    ],
)  # fmt: skip
def test_rfc3417_8_a_pdu_with_this_in_it_is_refused(what: str, octets: bytes) -> None:
    with pytest.raises(BerError):
        check_pdu(octets, 0)


def test_rfc3416_3_a_pdu_with_every_type_there_is_passes() -> None:
    values = [
        *(b"\x02\x01\x80", b"\x04\x00", b"\x05\x00", b"\x06\x01\x2b", b"\x40\x04abcd", b"\x41\x05\0\xff\xff\xff\xff"),
        *(
            b"\x42\x01\x00",
            b"\x43\x01\x00",
            b"\x44\x02ab",
            b"\x46\x09\0" + b"\xff" * 8,
            b"\x80\0",
            b"\x81\0",
            b"\x82\0",
        ),
    ]
    octets = messages.pdu(messages.SET, [messages.varbind(SYS_NAME, value) for value in values])
    assert check_pdu(octets, 0) == len(octets)


def test_random_pdus_raise_ber_error_or_nothing() -> None:
    generator = random.Random(7)
    valid = bytearray(messages.pdu(messages.GET, [SYS_NAME] * 3))
    for _ in range(2000):
        octets = bytearray(valid)
        for _ in range(generator.randint(1, 3)):
            octets[generator.randrange(len(octets))] = generator.randrange(256)
        try:
            check_pdu(bytes(octets), 0)
        except BerError:
            continue
