"""Receivers of notifications: how delivery fares to each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agent.mib.declaration import Access, Column, Feed, Group, Index, Table
from agent.mib.syntax import COUNTER32, DATE_AND_TIME, GAUGE, INDEX, TEXT, UNSIGNED32, enumeration
from agent.model.delivery import DeliveryRow

STATE = enumeration("up", "pinging", "failed", "disabled")
VERSION = enumeration("v1", "v2c", "v3")
KIND = enumeration("trap", "inform")


@dataclass(frozen=True, slots=True)
class ReceiverRow:
    """One receiver with its index, which is kept per name."""

    index: int
    delivery: DeliveryRow


def _rows(view: Any) -> Iterable[ReceiverRow]:
    rows: Iterable[ReceiverRow] = view.receivers
    return rows


def _index(row: ReceiverRow) -> Iterable[int]:
    return (row.index,)


RECEIVERS = Table(
    1,
    "lnbReceiverTable",
    "The receivers of notifications as they are configured, and how delivery fares to each. Counters begin at zero "
    "when the agent starts.",
    "One receiver.",
    (Index("lnbReceiverIndex", _index),),
    (
        Column(1, "lnbReceiverIndex", INDEX,
               "Number of the receiver, given to its name when it is first configured and kept over restarts.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbReceiverName", TEXT, "Name of the receiver.", value=lambda row: row.delivery.name),
        Column(3, "lnbReceiverAddress", TEXT, "Host and port it is sent to, as configured.",
               value=lambda row: row.delivery.address),
        Column(4, "lnbReceiverVersion", VERSION, "Version of SNMP it is spoken to in.",
               value=lambda row: row.delivery.version),
        Column(5, "lnbReceiverKind", KIND, "trap: not acknowledged. inform: acknowledged, and repeated until then.",
               value=lambda row: row.delivery.kind),
        Column(6, "lnbReceiverState", STATE,
               "up: notifications are sent to it. pinging: it did not acknowledge an inform; it is only asked from "
               "time to time whether it is there again, and then gets every active alarm once. failed: nothing can be "
               "sent, see lnbReceiverLastError; it is tried again. disabled: switched off in the configuration.",
               value=lambda row: row.delivery.state.value),
        Column(7, "lnbReceiverSent", COUNTER32,
               "Notifications put onto the network, repetitions and pings not counted.",
               value=lambda row: row.delivery.tally.sent),
        Column(8, "lnbReceiverAcknowledged", COUNTER32, "Informs it acknowledged, pings not counted.",
               value=lambda row: row.delivery.tally.acknowledged),
        Column(9, "lnbReceiverRetried", COUNTER32, "Repetitions of informs that were not acknowledged in time.",
               value=lambda row: row.delivery.tally.retried),
        Column(10, "lnbReceiverDropped", COUNTER32,
               "Notifications given up: the queue was full, the message too large, or the receiver answered with an "
               "error. Once the queue is empty every active alarm is sent to make up for a full queue.",
               value=lambda row: row.delivery.tally.dropped),
        Column(11, "lnbReceiverSuperseded", COUNTER32,
               "Notifications not sent because a newer one about the same alarm took their place, while the receiver "
               "was down or its queue full.", value=lambda row: row.delivery.tally.superseded),
        Column(12, "lnbReceiverFiltered", COUNTER32, "Notifications its filters keep from it.",
               value=lambda row: row.delivery.tally.filtered),
        Column(13, "lnbReceiverWithheld", COUNTER32,
               "Notifications it may not see, or that SNMPv1 cannot carry because they hold a Counter64.",
               value=lambda row: row.delivery.tally.withheld),
        Column(14, "lnbReceiverQueue", GAUGE, "Notifications that wait to be sent or to be acknowledged.",
               value=lambda row: row.delivery.waiting),
        Column(15, "lnbReceiverQueueLimit", UNSIGNED32, "Notifications that may wait to be sent.",
               value=lambda row: row.delivery.queue_limit),
        Column(16, "lnbReceiverLastError", TEXT,
               "What last went wrong on the way to it; empty for nothing since the agent started.",
               value=lambda row: row.delivery.last_error),
        Column(17, "lnbReceiverLastSent", DATE_AND_TIME, "When a message was last sent to it.",
               value=lambda row: row.delivery.last_sent),
        Column(18, "lnbReceiverLastAcknowledged", DATE_AND_TIME, "When it last acknowledged an inform.",
               value=lambda row: row.delivery.last_acknowledged),
        Column(19, "lnbReceiverLastSequence", UNSIGNED32,
               "The highest sequence number it acknowledged, or of traps the highest sent, since the agent started.",
               value=lambda row: row.delivery.last_sequence),
    ),
    feed=Feed.AGENT,
    source=_rows,
)  # fmt: skip

GROUP = Group(22, "lnbReceiver", "Receivers of notifications.", (RECEIVERS,))
