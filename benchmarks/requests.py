"""What is asked: the same cells of every peer, in datagrams made before the clock runs."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks import table
from benchmarks.peers import COMMUNITY, Peer
from tests.snmp import messages

COUNT = 1000
"""Datagrams that differ in name and request-id; they are sent over and over."""
FULL = 500
_FIRST_ID = 1 << 24
_LAST_ROW = table.ROWS - FULL - 1
"""From here on even the longest GETBULK stays in its column."""


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of request.

    Attributes:
        body: the PDU with this request-id, for a peer, at a column and row.
        varbinds: how many an answer has, if it is whole.
    """

    name: str
    body: Callable[[Peer, int, int, int], bytes]
    varbinds: int


def _get(peer: Peer, number: int, column: int, row: int) -> bytes:
    return messages.pdu(messages.GET, [peer.name_of(column, row)], request_id=number)


def _get_next(peer: Peer, number: int, column: int, row: int) -> bytes:
    return messages.pdu(messages.GET_NEXT, [peer.name_of(column, row)], request_id=number)


def _get_row(peer: Peer, number: int, column: int, row: int) -> bytes:
    names = [peer.name_of(each, row) for each in range(1, table.COLUMNS + 1)]
    return messages.pdu(messages.GET, names, request_id=number)


def _bulk(repetitions: int) -> Callable[[Peer, int, int, int], bytes]:
    def body(peer: Peer, number: int, column: int, row: int) -> bytes:
        return messages.pdu(messages.GET_BULK, [peer.name_of(column, row)], request_id=number, b=repetitions)

    return body


GET, GET_NEXT, GET_10 = "GET", "GETNEXT", "GET of 10"
BULK_20, BULK_64, BULK_FULL = "GETBULK 20", "GETBULK 64", f"GETBULK {FULL}"
TASKS = (
    Task(GET, _get, 1),
    Task(GET_NEXT, _get_next, 1),
    Task(GET_10, _get_row, 10),
    Task(BULK_20, _bulk(20), 20),
    Task(BULK_64, _bulk(64), 64),
    Task(BULK_FULL, _bulk(FULL), FULL),
)


def bodies(task: Task, peer: Peer) -> Iterator[bytes]:
    """PDUs with running request-ids, at places that differ; the same places for every peer."""
    places = random.Random(1)
    for number in itertools.count(_FIRST_ID):
        yield task.body(peer, number, places.randint(1, table.COLUMNS), places.randint(1, _LAST_ROW))


def plain(task: Task, peer: Peer) -> list[bytes]:
    """Requests of v2c."""
    return [messages.message(body, community=COMMUNITY) for body in itertools.islice(bodies(task, peer), COUNT)]


def check(answer: messages.Answer, task: Task, peer: Peer) -> int:
    """See that an answer is what was asked for; how many varbinds it has, which some peers bound.

    Raises:
        RuntimeError: it is not, so that its rate would mean nothing.
    """
    tags, count = {tag for tag, _ in answer.values}, len(answer.varbinds)
    if answer.status or not count or tags != {messages.STRING} or count > task.varbinds:
        raise RuntimeError(f"{peer.name}, {task.name}: status {answer.status}, {count} varbinds, {tags}")
    return count
