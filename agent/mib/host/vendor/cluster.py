"""B.0.6: clusters that are switched on (API generation V20 and later)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from agent.mib.declaration import Column, Feed, Index, Scalars, Table
from agent.mib.groups.event import event_key
from agent.mib.groups.network import CLUSTER_RECONFIGURATION
from agent.mib.host.common import by_label, like
from agent.mib.host.vendor.common import DISPLAY, STATUS, events, renamed, states, understood, words
from agent.mib.syntax import UNSIGNED32
from agent.mib.view import Row, parsed
from agent.model import reading
from agent.model.document import records

ROWS: Final = "status.network.interfaces[].cluster[]"
PORT_STATE: Final = words(notAvailable=0, master=1, slave=2, listening=3)
CLOCK_CLASS: Final = words(notAvailable=0, gps=3, pzf=4, am=5, irig=6, pps=7, ptp=8, ntp=9, e1=10, rdt=11)
CLOCK_STATUS: Final = words(
    notAvailable=0, normalOperation=1, freeRunningOrTracking=2, antennaFailure=3, invalid=4
)  # fmt: skip
RECONFIGURATION: Final = words(notAvailable=0, normal=1, masterToSlave=2, slaveToMaster=3)
FALSETICKER: Final = words(notAvailable=0, no=1, yes=2)
_DETECTED: Final = "cluster-falseticker-detected"

_port_state = by_label("lnbNetClusterPortState", PORT_STATE)
_clock_class = by_label("lnbNetClusterClockClass", CLOCK_CLASS)
_reconfiguration = renamed(
    CLUSTER_RECONFIGURATION, currentlyNone="normal", normal="normal", masterToSlave="masterToSlave",
    slaveToMaster="slaveToMaster",
)  # fmt: skip


def _is_on(row: Row) -> bool:
    return understood(reading.truth, row.find("enabled")) is True


def _number(row: Row) -> int:
    """From 1 on, given when the cluster is first seen switched on, and kept for ever."""
    return row.view.identities.index("vendorcluster", "/".join(row.keys))


def _index(row: Row) -> Iterable[int]:
    return (_number(row),)


def _falseticker(row: Row) -> str | None:
    """What the device's own events say of it."""
    for event in events(row):
        if event_key(event.keys[-1]) == _DETECTED:
            return "yes" if understood(reading.truth, event.find("triggered")) is True else "no"
    return None


def _count(row: Row) -> int | None:
    """Clusters that are switched on; None from devices that do not list clusters."""
    listed = [Row(row.view, record) for record in records(row.view.root, parsed(ROWS))]
    return sum(map(_is_on, listed)) if listed else None


TABLE = Table(
    2,
    "mbgLtNgClusterTable",
    "The clusters that are switched on.",
    "One cluster.",
    (Index("mbgLtNgClusterIndex", _index),),
    (
        Column(1, "mbgLtNgClusterIndex", UNSIGNED32, "Number of the cluster.", value=_number),
        like(2, "mbgLtNgClusterCommunicationIp", DISPLAY, "lnbNetClusterCommunicationIp"),
        like(3, "mbgLtNgClusterPortState", PORT_STATE, "lnbNetClusterPortState", _port_state),
        like(4, "mbgLtNgClusterMasterSerial", DISPLAY, "lnbNetClusterMasterSerial"),
        like(5, "mbgLtNgClusterMasterIp", DISPLAY, "lnbNetClusterMasterIp"),
        like(6, "mbgLtNgClusterMasterPriority", UNSIGNED32, "lnbNetClusterMasterPriority"),
        like(7, "mbgLtNgClusterClockClass", CLOCK_CLASS, "lnbNetClusterClockClass", _clock_class),
        like(8, "mbgLtNgClusterClockStatus", CLOCK_STATUS, "lnbNetClusterClockStatus", CLOCK_STATUS.read),
        like(9, "mbgLtNgClusterReconfigurationState", RECONFIGURATION, "lnbNetClusterReconfiguration",
             _reconfiguration),
        Column(10, "mbgLtNgClusterIsFalseticker", FALSETICKER, "Whether the others hold this device for wrong.",
               value=_falseticker),
    ),
    rows=(ROWS,),
    when=_is_on,
    row_name="mbgLtNgClusterTableEntry",
)  # fmt: skip

GROUP = states(
    "mbgLtNgCluster",
    (*STATUS, 6),
    Scalars(
        0,
        "mbgLtNgClusterScalars",
        (
            Column(1, "mbgLtNgNumberOfClusters", UNSIGNED32, "Clusters that are switched on.", value=_count),
        ),
        feed=Feed.DOCUMENT,
    ),
    TABLE,
)  # fmt: skip
