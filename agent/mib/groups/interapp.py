"""Inter-application messages: what the agent was told to do, by whom, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from agent.mib.declaration import Access, Column, Feed, Group, Index, Scalars, Table
from agent.mib.groups.common import DEVICE
from agent.mib.syntax import (
    COUNTER32,
    DATE_AND_TIME,
    GAUGE,
    INDEX,
    TEXT,
    TRUTH,
    UNSIGNED32,
    Syntax,
    closed,
    octets,
    text,
    unsigned32,
)
from agent.model.message import (
    CONTENT_LIMIT,
    Counts,
    Direction,
    Entry,
    HandlerState,
    Kind,
    MessageState,
    Phase,
    Reason,
    ReplyState,
)


def _words(kind: type[Enum]) -> Syntax:
    """An enumeration of this agent's own, numbered from 1 in order of declaration; new words go to the end."""
    return closed(**{member.value: number for number, member in enumerate(kind, 1)})


MESSAGE_CONTROL = closed(none=1, cancel=2, purge=3)
DEVICE_COMMAND = closed(none=1, pollNow=2, rediscover=3)
SLOT_COMMAND = closed(none=1, attach=2, detach=3)


@dataclass(frozen=True, slots=True)
class DeviceCommandRow:
    """A device that commands can be given to.

    Attributes:
        message: index of the newest message about it, None when there is none.
    """

    device_index: int
    name: str
    open: int = 0
    message: int | None = None


@dataclass(frozen=True, slots=True)
class SlotCommandRow:
    """A slot that can be attached or detached."""

    device_index: int
    slot_index: int
    device: str
    slot: str
    asked: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class BusView:
    """The bus at one moment.

    Attributes:
        entries: the oldest first.
        last: the index given last.
    """

    entries: tuple[Entry, ...]
    counts: Counts
    maximum: int
    keep_minutes: int
    timeout_s: int
    last: int
    last_activity: datetime | None = None
    devices: tuple[DeviceCommandRow, ...] = ()
    slots: tuple[SlotCommandRow, ...] = ()

    def count(self, state: MessageState) -> int:
        """How many messages are in a state."""
        return sum(entry.message.state is state for entry in self.entries)


def _entries(view: BusView) -> Iterable[Entry]:
    return view.entries


def _index(row: Entry) -> Iterable[int]:
    return (row.message.index,)


def _slot_index(row: SlotCommandRow) -> Iterable[int]:
    return (row.slot_index,)


MESSAGE_INDEX = Index("lnbIacMessageIndex", _index)

CONTROL = Scalars(
    1,
    "lnbIacControl",
    (
        Column(1, "lnbIacMaxCount", unsigned32(1, 10_000),
               "Messages kept. When there are more, the oldest that have ended go, at once when this is lowered. Nine "
               "tenths of it may be open messages; more are rejected with queueFull. What is written holds over "
               "restarts until the configuration says something else.",
               value=lambda view: view.maximum, access=Access.READ_WRITE),
        Column(2, "lnbIacKeepMinutes", unsigned32(0, 525_600),
               "Messages that ended longer ago than this go; 0 for no limit of age.",
               value=lambda view: view.keep_minutes, units="minutes", access=Access.READ_WRITE),
        Column(3, "lnbIacDefaultTimeout", UNSIGNED32,
               "Time from arrival after which a message fails, unless its sender asked for another.",
               value=lambda view: view.timeout_s, units="seconds"),
        Column(4, "lnbIacReceived", COUNTER32, "Messages that arrived since the agent started, rejected ones too.",
               value=lambda view: view.counts.received),
        Column(5, "lnbIacSucceeded", COUNTER32, "Messages that succeeded.", value=lambda view: view.counts.succeeded),
        Column(6, "lnbIacFailed", COUNTER32, "Messages that failed, whatever the reason.",
               value=lambda view: view.counts.failed),
        Column(7, "lnbIacTimedOut", COUNTER32, "Of lnbIacFailed, messages whose deadline passed.",
               value=lambda view: view.counts.timed_out),
        Column(8, "lnbIacRejected", COUNTER32,
               "Of lnbIacFailed, messages that were never taken: unknown type, bad content, no room.",
               value=lambda view: view.counts.rejected),
        Column(9, "lnbIacEvicted", COUNTER32, "Rows dropped to keep lnbIacMaxCount.",
               value=lambda view: view.counts.evicted),
        Column(10, "lnbIacExpired", COUNTER32, "Rows dropped to keep lnbIacKeepMinutes.",
               value=lambda view: view.counts.expired),
        Column(11, "lnbIacWaiting", GAUGE, "Messages waiting to be processed.",
               value=lambda view: view.count(MessageState.WAITING)),
        Column(12, "lnbIacProcessing", GAUGE, "Messages being processed.",
               value=lambda view: view.count(MessageState.PROCESSING)),
        Column(13, "lnbIacLastIndex", UNSIGNED32, "lnbIacMessageIndex given last, 0 for none.",
               value=lambda view: view.last),
        Column(14, "lnbIacLastActivity", DATE_AND_TIME,
               "When a message last arrived or changed its state; absent while there was none.",
               value=lambda view: view.last_activity),
    ),
    feed=Feed.MESSAGES,
)  # fmt: skip

MESSAGES = Table(
    2,
    "lnbIacMessageTable",
    "What the agent was told to do: by managers (SET), by other applications, and by its own parts. A message is "
    "waiting, then being processed, then it has succeeded or failed; what has ended never changes but for the state of "
    "its reply. The rows are kept over restarts. This table is not indexed by device.",
    "One message. lnbIacHandlerTable has a row of the same index.",
    (MESSAGE_INDEX,),
    (
        Column(1, "lnbIacMessageIndex", INDEX,
               "Number of the message in order of arrival; it rises over restarts and is never used again.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbIacGuid", text(64), "GUID of the message, its sender's or made here; a reply carries it.",
               value=lambda row: row.message.guid),
        Column(3, "lnbIacCallGuid", text(64), "GUID of the call that the message is part of; empty for a single one.",
               value=lambda row: row.message.call_guid),
        Column(4, "lnbIacDirection", _words(Direction),
               "inbound: from a manager or another application. outbound: from a part of this agent.",
               value=lambda row: row.message.direction.value),
        Column(5, "lnbIacKind", _words(Kind), "What the message is.", value=lambda row: row.message.kind.value),
        Column(6, "lnbIacType", TEXT, "Message type, such as pollNow; of an unknown one its first 64 characters.",
               value=lambda row: row.message.type),
        Column(7, "lnbIacSource", TEXT, "Who sent it.", value=lambda row: row.message.source),
        Column(8, "lnbIacReturnAddress", TEXT, "URL that the reply goes to; empty for no reply.",
               value=lambda row: row.message.return_address),
        Column(9, "lnbIacTarget", TEXT, "Device, or device and slot, that it is about; empty for the agent itself.",
               value=lambda row: row.message.target),
        Column(10, "lnbIacState", _words(MessageState), "Where the message stands.",
               value=lambda row: row.message.state.value),
        Column(11, "lnbIacReason", _words(Reason),
               "Why it failed; none while it has not. unknownType, badContent, queueFull: it was not taken. notReady: "
               "it cannot be done now. deviceRejected, deviceUnreachable: the device's answer, or that there was none. "
               "timeout: its deadline passed. mismatchAfterWrite: what was read back is not what was asked for. "
               "cancelled: by a control. internal: a fault of the agent. restarted: the agent was restarted before it "
               "was done.",
               value=lambda row: row.message.reason.value),
        Column(12, "lnbIacErrorText", TEXT, "Why it failed, for a person.", value=lambda row: row.message.error_text),
        Column(13, "lnbIacSent", DATE_AND_TIME, "When its sender says that it was sent.",
               value=lambda row: row.message.sent),
        Column(14, "lnbIacReceivedTime", DATE_AND_TIME, "When it arrived.", value=lambda row: row.message.received),
        Column(15, "lnbIacStarted", DATE_AND_TIME, "When its handler was started.",
               value=lambda row: row.message.started),
        Column(16, "lnbIacCompleted", DATE_AND_TIME, "When it succeeded or failed.",
               value=lambda row: row.message.completed),
        Column(17, "lnbIacDeadline", DATE_AND_TIME, "When it fails unless it has ended.",
               value=lambda row: row.message.deadline),
        Column(18, "lnbIacRequest", octets(CONTENT_LIMIT),
               "Its content as JSON, without secrets, cut to 1024 octets.",
               value=lambda row: row.message.request.data),
        Column(19, "lnbIacRequestSize", UNSIGNED32, "Whole size of its content.",
               value=lambda row: row.message.request.size, units="octets"),
        Column(20, "lnbIacResponse", octets(CONTENT_LIMIT),
               "What came of it as JSON, without secrets, cut to 1024 octets; absent until it has succeeded.",
               value=lambda row: row.message.response.data
               if row.message.state is MessageState.SUCCEEDED else None),
        Column(21, "lnbIacResponseSize", UNSIGNED32, "Whole size of the response.",
               value=lambda row: row.message.response.size
               if row.message.state is MessageState.SUCCEEDED else None, units="octets"),
        Column(22, "lnbIacReplyState", _words(ReplyState), "What became of the reply to lnbIacReturnAddress.",
               value=lambda row: row.message.reply.value),
        Column(23, "lnbIacMessageControl", MESSAGE_CONTROL,
               "Reads none. cancel(2) can be written while the message is waiting, purge(3) drops the row once it has "
               "ended; otherwise inconsistentValue.",
               value=lambda row: "none", access=Access.READ_WRITE),
    ),
    feed=Feed.MESSAGES,
    source=_entries,
)  # fmt: skip

HANDLERS = Table(
    3,
    "lnbIacHandlerTable",
    "The handler of each message: which phase it is in, how long it took, the requests it caused. This table is not "
    "indexed by device.",
    "The handler of the message of the same index.",
    (MESSAGE_INDEX,),
    (
        Column(1, "lnbIacHandlerName", TEXT, "Name of the handler.", value=lambda row: row.handler.name),
        Column(2, "lnbIacHandlerState", _words(HandlerState),
               "What it is doing; aborted when its message failed.", value=lambda row: row.handler.state.value),
        Column(3, "lnbIacHandlerPhase", _words(Phase),
               "The phase it is in, or ended in: what is known is gathered, the request parsed and checked, the change "
               "worked out and written, the device waited for and read back, the reply made. Absent until it starts.",
               value=lambda row: row.handler.phase and row.handler.phase.value),
        Column(4, "lnbIacHandlerPhaseSince", DATE_AND_TIME, "Since when it is in that phase.",
               value=lambda row: row.handler.phase_since),
        Column(5, "lnbIacHandlerAttempts", UNSIGNED32, "How often it was started.",
               value=lambda row: row.handler.attempts),
        Column(6, "lnbIacHandlerDuration", UNSIGNED32, "From its start to its end; absent until it has ended.",
               value=lambda row: row.handler.duration_ms, units="milliseconds"),
        Column(7, "lnbIacHandlerValid", TRUTH, "Whether it found the request valid; absent until it has looked.",
               value=lambda row: row.handler.valid),
        Column(8, "lnbIacHandlerHttpFirst", UNSIGNED32,
               "lnbHttpSessionId of the first request to a device that it caused, 0 for none.",
               value=lambda row: row.handler.http_first),
        Column(9, "lnbIacHandlerHttpLast", UNSIGNED32, "lnbHttpSessionId of the last one, 0 for none.",
               value=lambda row: row.handler.http_last),
        Column(10, "lnbIacHandlerResult", TEXT, "What came of it, for a person.",
               value=lambda row: row.handler.result),
    ),
    feed=Feed.MESSAGES,
    source=_entries,
)  # fmt: skip

DEVICE_COMMANDS = Table(
    4,
    "lnbIacDeviceTable",
    "Commands to the devices.",
    "One device.",
    (DEVICE,),
    (
        Column(1, "lnbIacDeviceCommand", DEVICE_COMMAND,
               "Reads none. What is written becomes a message to the device: pollNow polls it at once, rediscover with "
               "its inventory and every card's configuration. Written again while such a message is open, it is the "
               "same message.",
               value=lambda row: "none", access=Access.READ_WRITE),
        Column(2, "lnbIacDeviceMessage", INDEX,
               "lnbIacMessageIndex of the newest message about the device; absent while there is none.",
               value=lambda row: row.message),
        Column(3, "lnbIacDeviceOpen", GAUGE, "Messages about the device that have not ended.",
               value=lambda row: row.open),
    ),
    feed=Feed.MESSAGES,
    source=lambda view: view.devices,
)  # fmt: skip

SLOT_COMMANDS = Table(
    5,
    "lnbIacSlotTable",
    "Which slots each device is asked for. A slot stays here while it is not asked for.",
    "One slot.",
    (DEVICE, Index("lnbSlotIndex", _slot_index)),
    (
        Column(1, "lnbIacSlotCommand", SLOT_COMMAND,
               "Reads none. What is written becomes a message to the device: attach asks it for the slot from now on "
               "and reads its card, detach asks no more. Both hold over restarts.",
               value=lambda row: "none", access=Access.READ_WRITE),
        Column(2, "lnbIacSlotName", TEXT, "The slot's ID, such as io1.", value=lambda row: row.slot),
        Column(3, "lnbIacSlotAsked", TRUTH, "Whether the device is asked for the slot.", value=lambda row: row.asked),
        Column(4, "lnbIacSlotChosen", TRUTH,
               "Whether that was chosen by attaching or detaching, rather than by the configuration.",
               value=lambda row: row.chosen),
    ),
    feed=Feed.MESSAGES,
    source=lambda view: view.slots,
)  # fmt: skip

GROUP = Group(
    18,
    "lnbInterApp",
    "Inter-application messages and their handlers.",
    (CONTROL, MESSAGES, HANDLERS, DEVICE_COMMANDS, SLOT_COMMANDS),
)
