"""Notifications to test with."""

from __future__ import annotations

from typing import Any

from agent.mib.encoding import COUNTER64, OBJECT_IDENTIFIER, OCTET_STRING, UNSIGNED32, Oid, integer, oid, tlv
from agent.mib.module import northbound
from agent.model.severity import Severity
from agent.wire.notice import Notice

MODULE = northbound()
ALARM: Oid = (*MODULE.root, 0, 1)
NUMBER: Oid = (*MODULE.objects["lnbAgentDevices"].oid, 0)
TEXT: Oid = (*MODULE.objects["lnbAgentVersion"].oid, 0)
COUNTED: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 1)
"""ifHCInOctets.1, a Counter64."""


def varbind(name: Oid, tag: int, content: bytes) -> bytes:
    """A whole VarBind."""
    return tlv(0x30, tlv(OBJECT_IDENTIFIER, oid(name)) + tlv(tag, content))


def notice(sequence: int = 1, text: str = "antenna not connected", **changes: Any) -> Notice:
    """An alarm's notification; its text carries the sequence number."""
    varbinds = (
        varbind(NUMBER, UNSIGNED32, integer(sequence)),
        varbind(TEXT, OCTET_STRING, f"{text} #{sequence}".encode()),
    )
    fields = {
        "sequence": sequence, "device": "lts1", "alarm_type": "antennaFault", "identity": f"lts1/clk{sequence}",
        "severity": Severity.MAJOR, "uptime_ticks": 4711, **changes,
    }  # fmt: skip
    return Notice(fields.pop("oid", ALARM), fields.pop("varbinds", varbinds), **fields)


def with_counter64(sequence: int = 1) -> Notice:
    """A notification that SNMPv1 cannot carry."""
    return notice(sequence, varbinds=(varbind(COUNTED, COUNTER64, integer(2**40)),))


HEARTBEAT = Notice((*MODULE.root, 0, 1002), (varbind(TEXT, OCTET_STRING, b"heartbeat"),))
