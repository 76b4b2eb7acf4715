"""SyncTeam: devices that agree on their time among each other. No public capture has one switched on."""

from __future__ import annotations

from agent.mib.declaration import Access, Column, Group, Table, described, with_text
from agent.mib.groups.common import DEVICE, named
from agent.mib.syntax import GAUGE, INDEX, NANOSECONDS, TEXT, enumeration, unsigned32
from agent.model import reading

MODE = enumeration("disabled")
LEAP_STATE = enumeration("noLeapSecond")
"""Read without regard to case, so that no-leapsecond of V20 is no-leap-second of V10."""
MEMBER_STATE = enumeration("online", "offline")
MEMBER = named("lnbSyncTeamMemberIndex", "syncteammember")

STATE = Table(
    1,
    "lnbSyncTeamTable",
    "SyncTeam on each device.",
    "SyncTeam on one device.",
    (DEVICE,),
    (
        *described(
            1, "lnbSyncTeamMode", MODE, "Operational mode; only disabled is publicly known.", "operational-mode"
        ),
        *with_text(
            Column(
                3,
                "lnbSyncTeamQuality",
                NANOSECONDS,
                "Upper bound of the estimated time quality of the team. Absent when the device gives no bound, such as "
                "unknown; lnbSyncTeamQualityText has what it writes.",
                ("time-quality",),
                read=reading.quality_ns,
                units="nanoseconds",
                measured=True,
            ),
            reading.text,
        ),
        *described(
            5,
            "lnbSyncTeamLeapState",
            LEAP_STATE,
            "Leap second state of the team; only the word for none is publicly known.",
            "leapsecond-state",
        ),
        Column(
            7,
            "lnbSyncTeamTfom",
            unsigned32(0, 15),
            "Time figure of merit of the team; 15 is the worst.",
            ("current-tfom",),
            measured=True,
        ),
        Column(8, "lnbSyncTeamMembers", GAUGE, "Members of the team.", ("team-members",)),
        Column(9, "lnbSyncTeamMembersOnline", GAUGE, "Members that are online.", ("online-members",), measured=True),
        Column(
            10, "lnbSyncTeamMembersOffline", GAUGE, "Members that are offline.", ("offline-members",), measured=True
        ),
        Column(
            11,
            "lnbSyncTeamMaster",
            TEXT,
            "The team's current master, or what the device writes when there is none.",
            ("reference.current-team-master",),
        ),
        Column(
            12,
            "lnbSyncTeamReference",
            TEXT,
            "The team's current reference, or what the device writes when there is none.",
            ("reference.current-team-reference",),
        ),
    ),
    rows=("status.syncteam",),
)

MEMBERS = Table(
    2,
    "lnbSyncTeamMemberTable",
    "The members of the SyncTeam that each device belongs to. No public capture has a member: the paths of all columns "
    "but the identifier are inferred.",
    "One member.",
    (DEVICE, MEMBER),
    (
        Column(
            1,
            "lnbSyncTeamMemberIndex",
            INDEX,
            "Number of the member, given when its identifier is first seen and kept for ever.",
            access=Access.NOT_ACCESSIBLE,
        ),
        Column(
            2,
            "lnbSyncTeamMemberId",
            TEXT,
            "Identifier of the member on the device.",
            value=lambda row: row.keys[-1],
        ),
        Column(
            3,
            "lnbSyncTeamMemberName",
            TEXT,
            "Name of the member (the path is inferred).",
            ("name", "hostname", "host-name", "alias"),
        ),
        Column(
            4,
            "lnbSyncTeamMemberAddress",
            TEXT,
            "Address of the member (the path is inferred).",
            ("address", "ip-address", "ip"),
        ),
        *described(
            5,
            "lnbSyncTeamMemberState",
            MEMBER_STATE,
            "State of the member (path and words are inferred).",
            "state",
            "status",
        ),
    ),
    rows=("status.syncteam.members[]",),
)

GROUP = Group(16, "lnbSyncTeam", "SyncTeam and its members.", (STATE, MEMBERS))
