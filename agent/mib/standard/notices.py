"""Notifications about the agent itself: the standard ones by their OIDs (RFC 3418), and our own declared."""

from __future__ import annotations

from agent.mib.declaration import Notification
from agent.mib.encoding import Oid

SNMP_TRAPS: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 5)
COLD_START: Oid = (*SNMP_TRAPS, 1)
AUTHENTICATION_FAILURE: Oid = (*SNMP_TRAPS, 5)
SNMP_TRAP_ENTERPRISE: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 4, 3, 0)

_STATES = (
    "lnbAgentVersion",
    "lnbAgentStarted",
    "lnbAgentDevices",
    "lnbAgentDevicesUp",
    "lnbAgentDevicesStale",
    "lnbAgentDevicesDown",
    "lnbAgentDevicesNeverPolled",
)

READY = Notification(
    1001,
    "lnbReady",
    "Every device was asked for the first time since the agent started: what is served is complete from now on.",
    _STATES,
    cause="The agent was started.",
    remedy="None is needed. Read the tables of devices and of active alarms anew.",
)
HEARTBEAT = Notification(
    1002,
    "lnbHeartbeat",
    "The agent runs. A receiver that did not answer is asked with it whether it is there again.",
    _STATES,
    cause="The time between two heartbeats is over, or a receiver did not acknowledge an inform.",
    remedy="None is needed. When it does not come any more, look at the agent and at the network between.",
)
NOTIFICATIONS = (READY, HEARTBEAT)
