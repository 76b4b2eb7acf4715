"""GET, GETNEXT and GETBULK over the store (RFC 3416 4.2.1 to 4.2.3), in finished varbinds, within a size limit.

Names come and go packed (agent.mib.encoding.packed). What is not in view does not exist.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Final, Protocol

from agent.mib import encoding
from agent.wire import ber
from agent.wire.store import Found
from agent.wire.view import View

NO_SUCH_OBJECT = b"\x80\x00"
NO_SUCH_INSTANCE = b"\x81\x00"
END_OF_MIB_VIEW = b"\x82\x00"
_AROUND_NAME: Final = 8
"""Octets of a varbind with a small value beside those of its name."""


class Source(Protocol):
    """Where cells come from; the store is one."""

    def get(self, key: bytes) -> bytes | None:
        """The varbind of an instance."""

    def next(self, key: bytes) -> Found | None:
        """The first cell behind a key."""

    def run(self, key: bytes, count: int, end: bytes) -> tuple[list[bytes], bytes]:
        """Varbinds from a cell on: one at least, at most so many, none at or behind `end`; and the last one's key."""

    def stretch(self, key: bytes, count: int, end: bytes, room: int) -> tuple[bytes, int, bytes]:
        """The same as they stand one behind the other, as far as they fit into so many octets; how many, last key."""

    def first_of(self, view: View, key: bytes, count: int) -> Found:
        """Of so many cells of one column, from one that there is, the first in view, or else the last."""

    def next_column(self, key: bytes) -> Found | None:
        """The first cell behind all of the column that a key lies in."""

    def is_declared(self, key: bytes) -> bool:
        """Whether the object is declared, the instance existing or not."""


@dataclass(frozen=True, slots=True)
class TooBig:
    """The answer would not fit (RFC 3416 4.2.1: tooBig, index 0, no varbinds)."""


@dataclass(frozen=True, slots=True)
class NoSuchName:
    """The answer to a v1 request that names something there is not (RFC 1157 4.1.2)."""

    index: int


def _exception(key: bytes, value: bytes) -> bytes:
    return encoding.tlv(0x30, encoding.tlv(encoding.OBJECT_IDENTIFIER, _name(key)) + value)


def _name(key: bytes) -> bytes:
    """Content octets of a name; a name of fewer than two sub-identifiers is filled up, since BER cannot say it."""
    numbers = encoding.unpacked(key)
    return encoding.oid((*numbers, 0, 0)[: max(len(numbers), 2)])


def get(source: Source, view: View, names: Sequence[bytes], limit: int) -> list[bytes] | TooBig:
    """Varbinds of the named instances, with exceptions for the ones there are not."""
    varbinds = []
    for name in names:
        varbind = source.get(name) if name in view else None
        if varbind is None:
            declared = name in view and source.is_declared(name)
            varbind = _exception(name, NO_SUCH_INSTANCE if declared else NO_SUCH_OBJECT)
        varbinds.append(varbind)
    return _whole(varbinds, limit)


def _whole(varbinds: list[bytes], limit: int) -> list[bytes] | TooBig:
    return varbinds if sum(map(len, varbinds)) <= limit else TooBig()


def get_v1(source: Source, view: View, names: Sequence[bytes], limit: int) -> list[bytes] | TooBig | NoSuchName:
    """As `get` for v1: what is missing, or a Counter64 (RFC 3584 4.2.2.1), is noSuchName with its position."""
    varbinds = []
    for position, name in enumerate(names, 1):
        varbind = source.get(name) if name in view else None
        if varbind is None or is_counter64(varbind):
            return NoSuchName(position)
        varbinds.append(varbind)
    return varbinds if sum(map(len, varbinds)) <= limit else TooBig()


def is_counter64(varbind: bytes) -> bool:
    """Whether a varbind's value is one that v1 cannot carry."""
    _, start, _ = ber.header(varbind, 0)
    _, _, name_end = ber.header(varbind, start)
    return varbind[name_end] == encoding.COUNTER64


def following(source: Source, view: View, key: bytes) -> Found | None:
    """The first cell behind a key that is in view."""
    return _from(source, view, source.next(key))


def _from(source: Source, view: View, found: Found | None) -> Found | None:
    """This cell, or where it is not in view the first behind it that is."""
    while found is not None and found.key not in view:
        start = view.resume(found.key)
        if start is None:
            return None
        varbind = source.get(start)
        if varbind is not None:  # `next` would step over it
            return Found(start, varbind)
        found = source.next(start)
        if found is not None and view.LOOK_AHEAD:
            found = source.first_of(view, found.key, view.LOOK_AHEAD)
    return found


def get_next(source: Source, view: View, names: Sequence[bytes], limit: int) -> list[bytes] | TooBig:
    """Varbinds of the cells behind the named places."""
    varbinds = []
    for name in names:
        found = following(source, view, name)
        varbinds.append(_end(name) if found is None else found.varbind)
    return _whole(varbinds, limit)


def get_next_v1(source: Source, view: View, names: Sequence[bytes], limit: int) -> list[bytes] | TooBig | NoSuchName:
    """As `get_next` for v1: the end is noSuchName (RFC 1157 4.1.3), and Counter64 is stepped over (RFC 3584 4.2.2.1).

    A column has one type, so all of it is stepped over at once.
    """
    varbinds = []
    for position, name in enumerate(names, 1):
        found = following(source, view, name)
        while found is not None and is_counter64(found.varbind):
            found = _from(source, view, source.next_column(found.key))
        if found is None:
            return NoSuchName(position)
        varbinds.append(found.varbind)
    return varbinds if sum(map(len, varbinds)) <= limit else TooBig()


def get_bulk(
    source: Source, view: View, names: Sequence[bytes], non_repeaters: int, max_repetitions: int, limit: int
) -> list[bytes]:
    """Varbinds of a GETBULK, cut before the first that does not fit; negative numbers count as zero.

    Repetitions end early once every repeater is at the end of the view (RFC 3416 4.2.3).
    """
    first = min(max(non_repeaters, 0), len(names))
    varbinds = _fitting(list(_each_next(source, view, names[:first])), limit)
    if len(varbinds) < first or max_repetitions <= 0 or first == len(names):
        return varbinds
    room = limit - sum(map(len, varbinds))
    places = list(names[first:])
    while max_repetitions > 0 and room >= 0:
        # As many rows as fit if the cells are about as long as their names; where they are not, it goes on or is cut.
        rows = min(max_repetitions, room // sum(len(name) // 4 + _AROUND_NAME for name in places) + 1)
        columns = [_column(source, view, name, rows) for name in places]
        places = [place for _, place in columns]
        tallest = max(len(cells) for cells, _ in columns)
        height = min(tallest + 1, rows)  # one row more, in which all are at the end
        padded = [
            cells if len(cells) == height else [*cells[:height], *[_end(place)] * (height - len(cells))]
            for cells, place in columns
        ]
        wanted = list(chain.from_iterable(zip(*padded, strict=True)))
        fitting = _fitting(wanted, room)
        varbinds += fitting
        if tallest < rows or len(fitting) < len(wanted):
            break
        room -= sum(map(len, fitting))
        max_repetitions -= rows
    return varbinds


def get_bulk_column(source: Source, view: View, name: bytes, max_repetitions: int, limit: int) -> list[bytes]:
    """What `get_bulk` answers for one repeater and nothing else, in pieces of any number of varbinds.

    In blocks they stand one behind the other as they do in the answer.
    """
    pieces: list[bytes] = []
    while max_repetitions > 0:
        found = following(source, view, name)
        if found is None:
            return [*pieces, *_fitting([_end(name)], limit)]
        piece, count, name = source.stretch(found.key, max_repetitions, view.reach(found.key), limit)
        if not count:
            break  # the next one does not fit
        pieces.append(piece)
        limit -= len(piece)
        max_repetitions -= count
    return pieces


def _fitting(varbinds: list[bytes], room: int) -> list[bytes]:
    """The varbinds before the first that does not fit."""
    if sum(map(len, varbinds)) <= room:
        return varbinds
    ends = list(accumulate(map(len, varbinds)))
    return varbinds[: bisect_right(ends, room)]


def _each_next(source: Source, view: View, names: Iterable[bytes]) -> Iterator[bytes]:
    for name in names:
        found = following(source, view, name)
        yield _end(name) if found is None else found.varbind


def _column(source: Source, view: View, name: bytes, rows: int) -> tuple[list[bytes], bytes]:
    """Varbinds of so many cells behind a name, fewer where the view ends; and the last one's key."""
    cells: list[bytes] = []
    place = name
    while len(cells) < rows:
        found = following(source, view, place)
        if found is None:
            break
        run, place = source.run(found.key, rows - len(cells), view.reach(found.key))
        cells += run
    return cells, place


def _end(name: bytes) -> bytes:
    return _exception(name, END_OF_MIB_VIEW)
