"""Encoding of values and names, against pyasn1 and against each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import encoder
from pyasn1.type import univ

from agent.mib import encoding
from agent.wire import ber

SUB_ID = st.one_of(st.integers(0, 300), st.integers(0, 2**32 - 1), st.sampled_from([127, 128, 2**31, 2**32 - 1]))
FIRST_TWO = st.one_of(st.tuples(st.integers(0, 1), st.integers(0, 39)), st.tuples(st.just(2), SUB_ID))
OIDS = st.builds(lambda first, rest: (*first, *rest), FIRST_TWO, st.lists(SUB_ID, max_size=126))


@given(st.integers(-(2**63), 2**64 - 1))
def test_x690_8_3_integers_are_minimal_twos_complement(value: int) -> None:
    content = encoding.integer(value)
    assert int.from_bytes(content, "big", signed=True) == value
    assert len(content) == 1 or content[:2] not in {b"\0" + bytes([low]) for low in range(128)}
    assert len(content) == 1 or not (content[0] == 0xFF and content[1] & 0x80)
    if value not in {-(2**bits) for bits in range(7, 64, 8)}:  # pyasn1 pads the smallest number of a size
        assert encoding.tlv(2, content) == encoder.encode(univ.Integer(value))


@given(OIDS)
def test_x690_8_19_names_are_encoded_as_pyasn1_does_and_read_back(oid: tuple[int, ...]) -> None:
    content = encoding.oid(oid)
    assert encoding.tlv(6, content) == encoder.encode(univ.ObjectIdentifier(oid))
    assert ber.object_identifier(content) == oid


@given(st.integers(0, 2**20))
def test_x690_8_1_3_lengths_are_definite_and_minimal(size: int) -> None:
    octets = encoding.length(size)
    assert octets[0] != 0x80
    if size < 128:
        assert octets == bytes([size])
    else:
        assert octets[1] != 0
        assert int.from_bytes(octets[1:], "big") == size
        assert octets[0] == 0x80 | len(octets) - 1


@given(st.lists(SUB_ID, max_size=128).map(tuple), st.lists(SUB_ID, max_size=128).map(tuple))
def test_rfc3416_4_2_2_packed_names_sort_as_the_names_do(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    assert (encoding.packed(one) < encoding.packed(other)) is (one < other)
    assert encoding.unpacked(encoding.packed(one)) == one
    assert encoding.packed(one).startswith(encoding.packed(other)) is (one[: len(other)] == other)
