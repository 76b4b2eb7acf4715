"""Values that a manager writes: checked against an object's syntax in the order of RFC 3416 4.2.5."""

from __future__ import annotations

from typing import Any

from agent.mib import encoding
from agent.mib.declaration import Column
from agent.mib.syntax import Syntax

WRONG_TYPE, WRONG_LENGTH, WRONG_ENCODING, WRONG_VALUE = 7, 8, 9, 10


class Unacceptable(ValueError):
    """A value that can never be assigned; carries the error status that says why."""

    def __init__(self, status: int) -> None:
        super().__init__(f"error status {status}")
        self.status = status


def decoded_for(column: Column, tag: int, content: bytes) -> Any:
    """The typed value that octets from a manager stand for, as the object can have it.

    Raises:
        Unacceptable: they are of another type, length or encoding, or can never be right.
    """
    value = decoded(column.syntax, tag, content)
    if column.writes is None:
        return value
    if column.syntax.labels and value == "other":  # stands for what this MIB does not know
        raise Unacceptable(WRONG_VALUE)
    if column.writes.fits is not None and not column.writes.fits(value):
        raise Unacceptable(WRONG_VALUE)
    return value


def decoded(syntax: Syntax, tag: int, content: bytes) -> Any:
    """The typed value that octets from a manager stand for.

    Raises:
        Unacceptable: they are of another type, length or encoding, or out of bounds.
    """
    if tag != syntax.tag:
        raise Unacceptable(WRONG_TYPE)
    if syntax.labels:
        return _label(syntax, _number(content))
    if tag == encoding.OCTET_STRING:
        return _string(syntax, content)
    if tag == encoding.OBJECT_IDENTIFIER:
        return _oid(content)
    number = _number(content)
    if not syntax.low <= number <= syntax.high:
        raise Unacceptable(WRONG_VALUE)
    return number


def _number(content: bytes) -> int:
    if not 1 <= len(content) <= 5:
        raise Unacceptable(WRONG_ENCODING)
    return int.from_bytes(content, "big", signed=True)


SUB_IDENTIFIERS = 128
"""Sub-identifiers that an OID may have (RFC 2578 3.5)."""


def _oid(content: bytes) -> encoding.Oid:
    """An OID from its octets, base 128 without leading zeros (X.690 8.19)."""
    numbers: list[int] = []
    number, begins = 0, True
    for octet in content:
        if begins and octet == 0x80:
            raise Unacceptable(WRONG_ENCODING)
        number, begins = number << 7 | octet & 0x7F, octet < 0x80
        if number >= 2**32 + 80:
            raise Unacceptable(WRONG_VALUE)
        if begins:
            numbers.append(number)
            number = 0
    if not numbers or not begins:
        raise Unacceptable(WRONG_ENCODING)
    first = min(numbers[0] // 40, 2)
    oid = (first, numbers[0] - 40 * first, *numbers[1:])
    if len(oid) > SUB_IDENTIFIERS or max(oid) >= 2**32:
        raise Unacceptable(WRONG_VALUE)
    return oid


def _label(syntax: Syntax, number: int) -> Any:
    for word, code in syntax.labels.items():
        if code == number:
            return code == 1 if syntax.smi == "TruthValue" else word
    raise Unacceptable(WRONG_VALUE)


def _string(syntax: Syntax, content: bytes) -> str | bytes:
    if not syntax.low <= len(content) <= syntax.high:
        raise Unacceptable(WRONG_LENGTH)
    if syntax.kind != "text":
        return content
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise Unacceptable(WRONG_VALUE) from None
