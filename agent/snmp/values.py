"""Finished varbinds as pysnmp objects, for the path on which pysnmp encodes the message."""

from __future__ import annotations

from typing import Any

from pysnmp.proto import rfc1902, rfc1905

from agent.mib import encoding
from agent.wire import ber

_NUMBERS = {
    encoding.INTEGER: rfc1902.Integer32,
    encoding.COUNTER32: rfc1902.Counter32,
    encoding.UNSIGNED32: rfc1902.Gauge32,
    encoding.TIME_TICKS: rfc1902.TimeTicks,
    encoding.COUNTER64: rfc1902.Counter64,
}
_EXCEPTIONS = {0x80: rfc1905.noSuchObject, 0x81: rfc1905.noSuchInstance, 0x82: rfc1905.endOfMibView}


def as_objects(varbind: bytes) -> tuple[Any, Any]:
    """Name and value of a varbind."""
    oid, tag, content = ber.varbind(varbind)
    return rfc1902.ObjectName(oid), _value(tag, content)


def _value(tag: int, content: bytes) -> Any:
    if tag in _EXCEPTIONS:
        return _EXCEPTIONS[tag]
    if tag in _NUMBERS:
        return _NUMBERS[tag](int.from_bytes(content, "big", signed=True))
    if tag == encoding.OBJECT_IDENTIFIER:
        return rfc1902.ObjectIdentifier(ber.object_identifier(content))
    if tag == encoding.IP_ADDRESS:
        return rfc1902.IpAddress(content)
    return rfc1902.OctetString(content)
