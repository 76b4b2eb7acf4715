"""BER content octets against pyasn1, and packed keys."""

from __future__ import annotations

from datetime import datetime, timezone

from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pyasn1.type import univ

from agent.mib import encoding

subs = st.integers(0, 2**32 - 1)
oids = st.tuples(st.integers(0, 1), st.integers(0, 39)).flatmap(
    lambda head: st.lists(subs, max_size=20).map(lambda rest: (*head, *rest))
) | st.lists(subs, max_size=20).map(lambda rest: (2, 100, *rest))


@given(st.integers(-(2**63), 2**64 - 1))
def test_integers_are_encoded_minimally_and_read_back_by_pyasn1(value: int) -> None:
    encoded = encoding.tlv(0x02, encoding.integer(value))
    assert int(decoder.decode(encoded)[0]) == value
    content = encoding.integer(value)
    assert len(content) == 1 or content[0] != (0xFF if content[1] & 0x80 else 0x00)  # X.690 8.3.2
    if value >= 0 or value.bit_length() % 8:  # pyasn1 spends an octet too many on -128 and its like
        assert encoded == encoder.encode(univ.Integer(value))


def test_integers_at_the_edges_of_an_octet_are_minimal() -> None:
    by_hand = {
        0: "00", 1: "01", -1: "ff", 127: "7f", 128: "0080", -128: "80", -129: "ff7f", 255: "00ff", 256: "0100",
        2**31 - 1: "7fffffff", -(2**31): "80000000", 2**32 - 1: "00ffffffff", 2**64 - 1: "00ffffffffffffffff",
    }  # fmt: skip
    assert {value: encoding.integer(value).hex() for value in by_hand} == by_hand


@given(oids)
def test_oids_are_encoded_as_pyasn1_does(value: tuple[int, ...]) -> None:
    assert encoding.tlv(0x06, encoding.oid(value)) == encoder.encode(univ.ObjectIdentifier(value))


@given(st.binary(max_size=70_000) | st.integers(0, 70_000).map(bytes))
def test_octet_strings_have_minimal_lengths(value: bytes) -> None:
    encoded = encoding.tlv(0x04, value)
    assert encoded == encoder.encode(univ.OctetString(value))
    assert bytes(decoder.decode(encoded)[0]) == value


@given(st.lists(subs, max_size=8), st.lists(subs, max_size=8))
def test_packed_keys_order_as_oids_do(one: list[int], other: list[int]) -> None:
    assert (encoding.packed(one) < encoding.packed(other)) == (one < other)
    assert encoding.unpacked(encoding.packed(one)) == tuple(one)


def test_date_and_time_is_eleven_octets_in_utc() -> None:
    moment = datetime(2026, 3, 22, 20, 26, 47, 622_380, tzinfo=timezone.utc)
    assert encoding.date_and_time(moment).hex() == "07ea0316141a2f062b0000"
