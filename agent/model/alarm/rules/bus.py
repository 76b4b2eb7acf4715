"""The inter-application bus and the agent's own state on disk; these alarms follow from events, not from polls."""

from __future__ import annotations

from agent.model.alarm.kind import AlarmType, Source
from agent.model.severity import Severity

INTER_APP_FAILED = AlarmType(
    1, "interAppFailed", Severity.MINOR,
    text="Inter-application message failed",
    cause="A message to the agent (a command from SNMP, the command line or another application) could not be carried "
    "out. The value names the message and the reason.",
    remedy="Read the message's row in the inter-application table for the whole error. The alarm ends when a later "
    "message of the same type for the same device succeeds, when it is acknowledged, or by age.",
    source=Source.EVENTS, once=True, clear_after_s=3600,
)  # fmt: skip
INTER_APP_STALLED = AlarmType(
    2, "interAppStalled", Severity.MAJOR,
    text="Inter-application message is not getting on",
    cause="A message waits too long, or is worked on long after its deadline. The value names it.",
    remedy="See in the inter-application table what the message, or the one before it, waits for; a device that does "
    "not answer holds back the messages behind it. Cancel messages that are no longer wanted.",
    source=Source.EVENTS,
)  # fmt: skip
INTER_APP_FULL = AlarmType(
    3, "interAppFull", Severity.MAJOR,
    text="Inter-application table is full; new messages are refused",
    cause="All rows of the table are open messages, so that none can be dropped for a newcomer.",
    remedy="Find out why messages are not being finished (see lnbInterAppStalled), or allow more rows.",
    source=Source.EVENTS,
)  # fmt: skip
STATE_NOT_WRITTEN = AlarmType(
    30, "stateNotWritten", Severity.MAJOR,
    text="The agent cannot write its state to disk",
    cause="The file system of the state directory is full, read-only or broken. Alarms go on in memory; should the "
    "agent end now, the notifications since then are not in its log.",
    remedy="Make room in the state directory. What was not written is written then.",
    source=Source.EVENTS,
)  # fmt: skip
STATE_LOST = AlarmType(
    31, "stateLost", Severity.WARNING,
    text="The agent's state file was corrupt and was put aside",
    cause="The agent found its database damaged at the start. It began with an empty one: index numbers are given "
    "anew, alarms that were active are raised anew, sequence numbers go on at a number far above the old ones.",
    remedy="Look after the disk; discover the agent anew in the managers. The old file is kept beside the new one.",
    source=Source.EVENTS, once=True, clear_after_s=86_400,
)  # fmt: skip
PROCESS_DIED = AlarmType(
    32, "processDied", Severity.MINOR,
    text="A process of the agent died and was started anew",
    cause="The process that answers (front) or the one that polls (back) was killed or crashed. The value names it.",
    remedy="Look into the agent's log, and into the kernel's for want of memory.",
    source=Source.EVENTS, once=True, clear_after_s=86_400,
)  # fmt: skip

TYPES = (INTER_APP_FAILED, INTER_APP_STALLED, INTER_APP_FULL, STATE_NOT_WRITTEN, STATE_LOST, PROCESS_DIED)
