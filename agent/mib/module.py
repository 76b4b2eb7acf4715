"""LANTIME-NORTHBOUND-MIB: all groups together, below a root that is set in one place."""

from __future__ import annotations

from functools import lru_cache

from agent.config import DEFAULT_ROOT
from agent.mib.declaration import Module
from agent.mib.encoding import Oid
from agent.mib.groups import (
    agent,
    alarm,
    attribute,
    chassis,
    clock,
    device,
    event,
    firmware,
    hps,
    http,
    interapp,
    link,
    network,
    ntp,
    ptp,
    receiver,
    sensor,
    service,
    settings,
    storage,
    syncmon,
    syncteam,
    transaction,
)

NAME = "LANTIME-NORTHBOUND-MIB"
IDENTITY = "lantimeNorthboundMIB"
REVISIONS = (("202611210000Z", "First version."),)
"""Newest first: time and what changed."""

GROUPS = (
    agent.GROUP,
    device.GROUP,
    chassis.GROUP,
    sensor.GROUP,
    clock.GROUP,
    attribute.GROUP,
    hps.GROUP,
    ptp.GROUP,
    syncmon.GROUP,
    network.GROUP,
    ntp.GROUP,
    service.GROUP,
    storage.GROUP,
    firmware.GROUP,
    event.GROUP,
    syncteam.GROUP,
    http.GROUP,
    interapp.GROUP,
    alarm.GROUP,
    receiver.GROUP,
    transaction.GROUP,
    settings.GROUP,
    link.GROUP,
)


def parse_oid(text: str) -> Oid:
    """An OID from dotted digits."""
    return tuple(int(part) for part in text.strip(".").split("."))


@lru_cache(maxsize=8)
def northbound(root: str = DEFAULT_ROOT) -> Module:
    """The module below a root."""
    return Module(NAME, parse_oid(root), GROUPS, alarm.NOTIFICATIONS)
