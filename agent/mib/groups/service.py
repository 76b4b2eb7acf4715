"""Services of the device: those of the network, and those of the system."""

from __future__ import annotations

from agent.mib.declaration import Access, Column, Group, Table
from agent.mib.groups.common import DEVICE, named
from agent.mib.syntax import INDEX, TEXT, TRUTH, enumeration

SERVICE_GROUP = enumeration("network", "global")
SERVICE = named("lnbServiceIndex", "service")

SERVICES = Table(
    1,
    "lnbServiceTable",
    "The services of each device. Which there are differs between firmware versions.",
    "One service.",
    (DEVICE, SERVICE),
    (
        Column(
            1,
            "lnbServiceIndex",
            INDEX,
            "Number of the service, given when its group and name are first seen and kept for ever.",
            access=Access.NOT_ACCESSIBLE,
        ),
        Column(2, "lnbServiceName", TEXT, "Name of the service, such as ntp or syslog.", value=lambda row: row.keys[1]),
        Column(
            3,
            "lnbServiceGroup",
            SERVICE_GROUP,
            "network: a service offered on the network. global: one of the system itself. A word this MIB does not "
            "know reads other.",
            value=lambda row: SERVICE_GROUP.read(row.keys[0]),
        ),
        Column(
            4,
            "lnbServiceGroupText",
            TEXT,
            "The device's own word for lnbServiceGroup.",
            value=lambda row: row.keys[0],
        ),
        Column(5, "lnbServiceRunning", TRUTH, "Whether the service is running.", ("running",)),
    ),
    rows=("status.services[][]",),
)

GROUP = Group(12, "lnbService", "Services and whether they run.", (SERVICES,))
