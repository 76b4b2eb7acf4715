"""Strict BER reading (RFC 3417 8)."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder
from pyasn1.error import PyAsn1Error
from pyasn1.type import univ

from agent.mib import encoding
from agent.wire import ber
from agent.wire.ber import BerError


@pytest.mark.parametrize(
    ("what", "octets"),
    [
        ("nothing", b""),
        ("a tag alone", b"\x02"),
        ("a cut-off long length", b"\x04\x82\x01"),
        ("an indefinite length", b"\x04\x80ab\x00\x00"),
        ("a reserved length", b"\x04\xffab"),
        ("a length of five octets", b"\x04\x85\x00\x00\x00\x00\x02ab"),
        ("content cut off", b"\x04\x03ab"),
        ("a huge length", b"\x04\x84\xff\xff\xff\xffab"),
    ],
)
def test_rfc3417_8_an_element_that_does_not_lie_within_the_octets_is_refused(what: str, octets: bytes) -> None:
    with pytest.raises(BerError):
        ber.header(octets, 0)


@pytest.mark.parametrize(
    "octets", [b"\x04\x02ab", b"\x04\x81\x02ab", b"\x04\x82\x00\x02ab", b"\x04\x84\x00\x00\x00\x02ab"]
)
def test_rfc3417_8_lengths_longer_than_needed_are_accepted(octets: bytes) -> None:
    assert ber.string(octets, 0) == (b"ab", len(octets))


def test_rfc3417_8_a_constructed_string_is_refused() -> None:
    with pytest.raises(BerError):
        ber.string(b"\x24\x04\x04\x02ab", 0)


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        (b"\x02\x01\x00", 0),
        (b"\x02\x01\xff", -1),
        (b"\x02\x04\x80\0\0\0", -(2**31)),
        (b"\x02\x05\0\x7f\xff\xff\xff", 2**31 - 1),
        (b"\x02\x05\xff\x80\0\0\0", -(2**31)),
        (b"\x02\x02\0\1", 1),
    ],
)
def test_rfc2578_7_1_1_integers_of_32_bits_are_read(octets: bytes, value: int) -> None:
    assert ber.integer(octets, 0) == (value, len(octets))


@pytest.mark.parametrize(
    "octets",
    [
        b"\x02\x00",
        b"\x02\x06\0\0\0\0\0\1",
        b"\x02\x05\0\x80\0\0\0",
        b"\x02\x05\xff\x7f\xff\xff\xff",
        b"\x42\x01\x01",
        b"\x22\x03\x02\x01\x01",
    ],
)
def test_integers_that_are_empty_long_or_of_another_tag_are_refused(octets: bytes) -> None:
    with pytest.raises(BerError):
        ber.integer(octets, 0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x2b\x86",
        b"\x2b" + b"\x90\x80\x80\x80\x00",  # 2^32
        b"\x2b" + b"\xff" * 400 + b"\x7f",
        b"\x2b" + b"\x01" * 127,  # 129 sub-identifiers
        b"\x91\x80\x80\x80\x00",  # 2.(2^32 + 2^28 - 80)
    ],
)
def test_rfc2578_3_5_names_over_128_sub_ids_or_32_bits_are_refused(content: bytes) -> None:
    with pytest.raises(BerError):
        ber.object_identifier(content)


def test_rfc2578_3_5_names_of_128_sub_ids_and_of_32_bits_are_read() -> None:
    longest = (1, 3, *[2**32 - 1] * 126)
    assert ber.object_identifier(encoding.oid(longest)) == longest
    assert ber.object_identifier(encoding.oid((2, 2**32 - 1))) == (2, 2**32 - 1)


@given(st.binary(max_size=40))
@example(b"\x2b\x80\x01")
def test_names_are_refused_or_read_as_pyasn1_reads_them(content: bytes) -> None:
    try:
        read = ber.object_identifier(content)
    except BerError:
        return
    try:
        theirs = decoder.decode(encoding.tlv(6, content), asn1Spec=univ.ObjectIdentifier())[0]
    except PyAsn1Error:
        assert 0x80 in content, "pyasn1 refuses padded sub-identifiers, and nothing else that we read"
        return
    assert read == tuple(theirs)


@given(st.binary(max_size=60), st.integers(0, 60))
def test_reading_arbitrary_octets_never_raises_anything_else_nor_leaves_them(octets: bytes, at: int) -> None:
    for read in (ber.header, ber.integer, ber.string):
        try:
            end = read(octets, at)[-1]
        except BerError:
            continue
        assert at < end <= len(octets)


@given(st.binary(max_size=60))
def test_reading_arbitrary_varbinds_never_raises_anything_else(octets: bytes) -> None:
    with contextlib.suppress(BerError):
        ber.varbind(octets)
