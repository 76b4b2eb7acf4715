"""The vendor's notifications made: what happened to an alarm of ours, in the words of MBG-SNMP-LTNG-MIB.

Each carries the same three objects (mbgLtNgTrapMessage, snmpTrapEnterprise, sysName), as the vendor's agent sends them.
"""

from __future__ import annotations

from typing import Final

from agent.mib.encoding import OBJECT_IDENTIFIER, OCTET_STRING, Oid, oid, tlv
from agent.mib.host.vendor.common import DISPLAY, TRAPS
from agent.mib.host.vendor.notifications import EVENT_PLACE, NUMBERS, Rules, vendor_name
from agent.mib.host.vendor.trap import MESSAGE
from agent.mib.standard.notices import SNMP_TRAP_ENTERPRISE
from agent.model.alarm.facts import Facts
from agent.model.alarm.table import Alarm
from agent.wire.notice import Wording

SYS_NAME: Final[Oid] = (1, 3, 6, 1, 2, 1, 1, 5, 0)
ENTERPRISE: Final[Oid] = TRAPS[:-1]
"""mbgLtNgTrapNotifications: the enterprise that the vendor's agent names, and the one of its v1 traps."""
NAME_FACT: Final = "sysName"
"""The fact that holds the name of a device as a host, in row 0."""


def wording_of_alarm(alarm: Alarm, facts: Facts | None, rules: Rules) -> Wording | None:
    """An alarm in the vendor's words; None where the vendor has none for it."""
    facts = facts or Facts()
    name = vendor_name(alarm, facts, rules) if alarm.site.name else ""
    return wording(name, message(alarm), str(facts.at(NAME_FACT, (0,)) or alarm.site.name)) if name else None


def message(alarm: Alarm) -> str:
    """The text of the notification: what, where, the value, and that it is over when it is."""
    place = alarm.resource.removeprefix(EVENT_PLACE)
    where = f" at {place}" if place and place not in alarm.text else ""
    value = f": {alarm.value}" if alarm.value and alarm.value not in alarm.text and not alarm.cleared else ""
    over = ", is over" if alarm.cleared else ""
    return f"{alarm.text}{where}{value}{over}"


def wording(name: str, text: str, system_name: str) -> Wording:
    """A notification of the vendor's.

    Args:
        name: behind mbgLtNgTrap.
        text: mbgLtNgTrapMessage.
        system_name: sysName of whom it is about.
    """
    varbinds = (
        _varbind(MESSAGE, OCTET_STRING, DISPLAY.encode(text)),
        _varbind(SNMP_TRAP_ENTERPRISE, OBJECT_IDENTIFIER, oid(ENTERPRISE)),
        _varbind(SYS_NAME, OCTET_STRING, DISPLAY.encode(system_name)),
    )
    return Wording((*TRAPS, NUMBERS[name]), varbinds)


def _varbind(name: Oid, tag: int, content: bytes) -> bytes:
    return tlv(0x30, tlv(OBJECT_IDENTIFIER, oid(name)) + tlv(tag, content))
