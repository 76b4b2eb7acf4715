"""SyncMon: nodes whose time the device monitors. No public capture has a node, so the fields' names are inferred."""

from __future__ import annotations

from agent.mib.declaration import Access, Column, Group, Table, described, with_text
from agent.mib.groups.common import DEVICE, named
from agent.mib.syntax import DATE_AND_TIME, GAUGE, INDEX, NANOSECONDS, TEXT, enumeration, unsigned32
from agent.mib.view import Row
from agent.model import reading

NODE_STATE = enumeration("present", "missing")
NODE_TYPE = enumeration("ntp", "ptp")
NODE_STATUS = enumeration("ok", "alert", "notReachable")
NODE = named("lnbSyncmonNodeIndex", "syncmonnode")


def _time(arc: int, name: str, what: str, *paths: str, measured: bool = True) -> tuple[Column, ...]:
    what = f"{what} Path and unit are inferred; {name}Text has the value also where this object is absent."
    return with_text(
        Column(arc, name, NANOSECONDS, what, paths, read=reading.nanoseconds, units="nanoseconds", measured=measured),
        reading.nanoseconds_text,
    )


def _node_count(row: Row) -> int | None:
    nodes = row.find("nodes")
    return len(nodes) if isinstance(nodes, (list, dict)) else None


STATE = Table(
    1,
    "lnbSyncmonTable",
    "SyncMon on each device.",
    "SyncMon on one device.",
    (DEVICE,),
    (
        Column(
            1,
            "lnbSyncmonLastUpdated",
            DATE_AND_TIME,
            "When the device last updated what it knows of its nodes, UTC. Absent when it never did.",
            ("last-updated",),
        ),
        Column(2, "lnbSyncmonNodes", GAUGE, "Nodes that the device monitors now.", value=_node_count),
    ),
    rows=("status.syncmon",),
)

NODES = Table(
    2,
    "lnbSyncmonNodeTable",
    "The nodes whose time each device monitors. No public capture has a node: the paths of the columns are inferred "
    "and can be replaced in an overlay of the configuration.",
    "One node. A node that the device no longer lists stays with state missing for the configured hold.",
    (DEVICE, NODE),
    (
        Column(
            1,
            "lnbSyncmonNodeIndex",
            INDEX,
            "Number of the node, given when its identifier is first seen and kept for ever.",
            access=Access.NOT_ACCESSIBLE,
        ),
        Column(2, "lnbSyncmonNodeId", TEXT, "Identifier of the node on the device.", value=lambda row: row.keys[-1]),
        Column(
            3,
            "lnbSyncmonNodeState",
            NODE_STATE,
            "present: the device lists the node. missing: it did and does no longer.",
            value=lambda row: "present" if row.present else "missing",
        ),
        Column(
            4,
            "lnbSyncmonNodeName",
            TEXT,
            "Name of the node (the path is inferred).",
            ("name", "alias", "hostname", "host-name"),
        ),
        Column(
            5,
            "lnbSyncmonNodeAddress",
            TEXT,
            "Address of the node (the path is inferred).",
            ("address", "ip-address", "ip"),
        ),
        *described(
            6,
            "lnbSyncmonNodeType",
            NODE_TYPE,
            "Protocol by which the node is monitored (path and words are inferred).",
            "type",
            "node-type",
            "protocol",
        ),
        *described(
            8,
            "lnbSyncmonNodeStatus",
            NODE_STATUS,
            "What the device makes of the node (path and words are inferred from its events sync-monitor-ok and "
            "sync-monitor-alert).",
            "status",
            "state",
            "alarm-state",
        ),
        *_time(
            10,
            "lnbSyncmonNodeOffset",
            "Offset of the node's time from the device's.",
            "offset",
            "time-offset",
            "offset-ns",
        ),
        *_time(
            12, "lnbSyncmonNodePathDelay", "Delay of the path to the node.", "path-delay", "mean-path-delay", "delay"
        ),
        *_time(
            14,
            "lnbSyncmonNodeOffsetLimit",
            "Offset beyond which the device raises an alert.",
            "offset-limit",
            "limit",
            measured=False,
        ),
        Column(
            16,
            "lnbSyncmonNodeLocation",
            TEXT,
            "Where the node stands, as configured (the path is inferred).",
            ("location",),
        ),
        Column(
            17,
            "lnbSyncmonNodeStratum",
            unsigned32(0, 255),
            "NTP stratum of the node (the path is inferred).",
            ("stratum",),
        ),
        Column(
            18,
            "lnbSyncmonNodeLastMeasured",
            DATE_AND_TIME,
            "When the node was last measured, UTC (the path is inferred).",
            ("last-measured", "last-measurement", "last-updated", "last-update", "timestamp"),
        ),
    ),
    rows=("status.syncmon.nodes[]",),
    keep=True,
)

GROUP = Group(9, "lnbSyncmon", "SyncMon: nodes monitored by the devices.", (STATE, NODES))
