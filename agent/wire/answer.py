"""GET, GETNEXT and GETBULK over the store (RFC 3416 4.2.1 to 4.2.3), in finished varbinds, within a size limit.

Names come and go packed (agent.mib.encoding.packed). What is not in view does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.mib import encoding
from agent.wire.store import Found
from agent.wire.view import View

NO_SUCH_OBJECT = b"\x80\x00"
NO_SUCH_INSTANCE = b"\x81\x00"
END_OF_MIB_VIEW = b"\x82\x00"


class Source(Protocol):
    """Where cells come from; the store is one."""

    def get(self, key: bytes) -> bytes | None:
        """The varbind of an instance."""

    def next(self, key: bytes) -> Found | None:
        """The first cell behind a key."""

    def is_declared(self, key: bytes) -> bool:
        """Whether the object is declared, the instance existing or not."""


@dataclass(frozen=True, slots=True)
class TooBig:
    """The answer would not fit (RFC 3416 4.2.1: tooBig, index 0, no varbinds)."""


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
    return varbinds if sum(map(len, varbinds)) <= limit else TooBig()


def following(source: Source, view: View, key: bytes) -> Found | None:
    """The first cell behind a key that is in view."""
    while True:
        found = source.next(key)
        if found is None or found.key in view:
            return found
        start = view.resume(found.key)
        if start is None:
            return None
        # A cell may stand exactly at the start of the range; the key just before it finds that one too.
        at_start = source.get(start)
        if at_start is not None:
            return Found(start, at_start)
        key = start


def get_next(source: Source, view: View, names: Sequence[bytes], limit: int) -> list[bytes] | TooBig:
    """Varbinds of the cells behind the named places."""
    varbinds = []
    for name in names:
        found = following(source, view, name)
        varbinds.append(_exception(name, END_OF_MIB_VIEW) if found is None else found.varbind)
    return varbinds if sum(map(len, varbinds)) <= limit else TooBig()


def get_bulk(
    source: Source, view: View, names: Sequence[bytes], non_repeaters: int, max_repetitions: int, limit: int
) -> list[bytes]:
    """Varbinds of a GETBULK, cut before the first that does not fit; negative numbers count as zero.

    Repetitions end early once every repeater is at the end of the view (RFC 3416 4.2.3).
    """
    first = min(max(non_repeaters, 0), len(names))
    varbinds: list[bytes] = []
    size = 0
    for name in names[:first]:
        found = following(source, view, name)
        varbind = _exception(name, END_OF_MIB_VIEW) if found is None else found.varbind
        size += len(varbind)
        if size > limit:
            return varbinds
        varbinds.append(varbind)
    places: list[bytes] = list(names[first:])
    for _ in range(max(max_repetitions, 0) if places else 0):
        ended = True
        for position, place in enumerate(places):
            found = following(source, view, place)
            if found is None:
                varbind = _exception(place, END_OF_MIB_VIEW)
            else:
                varbind, places[position], ended = found.varbind, found.key, False
            size += len(varbind)
            if size > limit:
                return varbinds
            varbinds.append(varbind)
        if ended:
            break
    return varbinds
