"""The MIB modules that a host implements, as its sysORTable lists them."""

from __future__ import annotations

from collections.abc import Collection

from agent.mib.encoding import Oid

SYSTEM = (
    ((1, 3, 6, 1, 6, 3, 1), "SNMPv2-MIB: the system and snmp groups"),
    ((1, 3, 6, 1, 2, 1, 92), "NOTIFICATION-LOG-MIB: notifications about the host (RFC 3014)"),
    ((1, 3, 6, 1, 2, 1, 118), "ALARM-MIB: active alarms of the host (RFC 3877)"),
)
_MIB_2 = (1, 3, 6, 1, 2, 1)
STANDARD: tuple[tuple[Oid, str], ...] = (
    ((*_MIB_2, 31), "IF-MIB: network interfaces (RFC 2863)"),
    ((*_MIB_2, 48), "IP-MIB: addresses (RFC 4293)"),
    ((*_MIB_2, 35), "EtherLike-MIB: Ethernet ports (RFC 3635)"),
    ((*_MIB_2, 47), "ENTITY-MIB: chassis, slots, modules, ports, sensors (RFC 6933)"),
    ((*_MIB_2, 99), "ENTITY-SENSOR-MIB: sensors (RFC 3433)"),
    ((*_MIB_2, 131), "ENTITY-STATE-MIB: state of what there is (RFC 4268)"),
    ((*_MIB_2, 25, 7, 1), "HOST-RESOURCES-MIB: the device's own computer (RFC 2790)"),
    ((1, 3, 6, 1, 4, 1, 2021), "UCD-SNMP-MIB: memory and load"),
    ((*_MIB_2, 197), "NTPv4-MIB: the NTP daemon (RFC 5907)"),
    ((*_MIB_2, 241), "PTPBASE-MIB: PTPv2 instances (RFC 8173)"),
)
VENDOR: tuple[tuple[Oid, str], ...] = (((1, 3, 6, 1, 4, 1, 5597, 30), "MBG-SNMP-LTNG-MIB"),)


def shown_modules(views: Collection[str]) -> tuple[tuple[Oid, str], ...]:
    """The modules of a host that shows these views."""
    return (*SYSTEM, *(STANDARD if "standard" in views else ()), *(VENDOR if "vendor" in views else ()))
