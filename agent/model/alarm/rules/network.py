"""NTP, SyncMon and network links."""

from __future__ import annotations

from collections.abc import Iterator

from agent.model.alarm.facts import Scene
from agent.model.alarm.finding import Condition, Sight, known
from agent.model.alarm.kind import AlarmType, RuleSettings
from agent.model.severity import Severity


def _ntp(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    key = (scene.site.index,)
    leap, stratum = scene.facts.at("lnbNtpSystemLeap", key), scene.facts.at("lnbNtpSystemStratum", key)
    state = scene.facts.at("lnbNtpSystemLeapState", key)
    if leap is None and stratum is None and state is None:
        return
    lost = leap == 3 or state == "alarm" or (stratum is not None and stratum >= 16)
    shown = f"stratum {stratum}" if stratum is not None else str(state)
    yield Sight("", known(lost), shown, object_name="lnbNtpSystemStratum", key=key)


def _syncmon(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    for key, identifier in scene.facts.rows("lnbSyncmonNodeId").items():
        status = scene.facts.at("lnbSyncmonNodeStatus", key)
        present = scene.facts.at("lnbSyncmonNodeState", key) == "present"
        condition = known(None if status in (None, "other") or not present else status != "ok")
        name = scene.facts.at("lnbSyncmonNodeName", key) or identifier
        wrong = "cannot be reached" if status == "notReachable" else "is beyond its limit"
        shown = str(scene.facts.at("lnbSyncmonNodeOffsetText", key) or status or "")
        # Two nodes may have the same name; their identifiers differ.
        yield Sight(
            f"syncmon/{identifier}", condition, shown, f"SyncMon node {name} {wrong}", "lnbSyncmonNodeStatus", key
        )


def _links(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    """LAN ports that are in use (they carry an interface, or had link at the poll before), and ports of PTP cards."""
    used = set(scene.facts.rows("lnbNetInterfacePort").values())
    for key, name in scene.facts.rows("lnbNetPortName").items():
        link = scene.facts.at("lnbNetPortLink", key)
        had_link = scene.before is not None and scene.before.at("lnbNetPortLink", key) is True
        if scene.facts.at("lnbNetPortAvailable", key) is False:
            continue
        condition = known(None if link is None else not link)
        if link is False and name not in used and not had_link:
            condition = Condition.SAME
        yield Sight(name, condition, _shown(link), object_name="lnbNetPortLink", key=key)
    for key, link in scene.facts.rows("lnbPtpLink").items():
        if scene.facts.at("lnbPtpEnabled", key) is False:
            continue
        present = scene.facts.at("lnbPtpPresence", key) == "present"
        resource = f"{scene.facts.at('lnbPtpSlotId', key)}/{scene.facts.at('lnbPtpName', key)}"
        yield Sight(resource, known(not link if present else None), _shown(link), object_name="lnbPtpLink", key=key)


def _shown(link: bool | None) -> str:  # noqa: FBT001 - a cell
    return "" if link is None else "link" if link else "no link"


NTP_NOT_SYNCHRONIZED = AlarmType(
    24, "ntpNotSynchronized", Severity.MAJOR,
    text="NTP is not synchronised",
    cause="The device's NTP service gives stratum 16 or the leap indicator for not synchronised: clients do not "
    "follow it.",
    remedy="Check the reference clock and the NTP service; after a start it needs some minutes.",
    rule=_ntp, reads=("lnbNtpSystemLeap", "lnbNtpSystemLeapState", "lnbNtpSystemStratum"),
)  # fmt: skip
SYNCMON_NODE_ALERT = AlarmType(
    25, "syncmonNodeAlert", Severity.MINOR,
    text="SyncMon node is beyond its limit",
    cause="The device monitors a node whose offset is beyond the limit set for it, or that it cannot reach.",
    remedy="Check the node's time synchronisation, and the network to it.",
    rule=_syncmon,
    reads=(
        "lnbSyncmonNodeId", "lnbSyncmonNodeName", "lnbSyncmonNodeState", "lnbSyncmonNodeStatus",
        "lnbSyncmonNodeOffsetText",
    ),
)  # fmt: skip
NETWORK_LINK_DOWN = AlarmType(
    26, "networkLinkDown", Severity.MAJOR,
    text="Network port has no link",
    cause="A LAN port that carries an interface, or had link before, or the port of an enabled PTPv2 instance, has no "
    "link.",
    remedy="Check cable, optics and the switch port.",
    rule=_links,
    reads=(
        "lnbNetPortName", "lnbNetPortLink", "lnbNetPortAvailable", "lnbNetInterfacePort", "lnbPtpLink",
        "lnbPtpEnabled", "lnbPtpPresence", "lnbPtpSlotId", "lnbPtpName",
    ),
)  # fmt: skip

TYPES = (NTP_NOT_SYNCHRONIZED, SYNCMON_NODE_ALERT, NETWORK_LINK_DOWN)
