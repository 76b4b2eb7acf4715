"""The lists of alarms and notifications as standards have them, served anew where they changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Final, TypeVar

from agent.mib.build import build
from agent.mib.declaration import Feed, Module
from agent.mib.encoding import Oid
from agent.mib.groups.alarm import AlarmView
from agent.mib.host.lists import LISTS, LOGS, WHOLE, Entry, ListView, WholeView
from agent.mib.plan import Plan, make_plan
from agent.model.alarm.table import Alarm
from agent.service.notifylog import Logged
from agent.service.sink import Sink
from agent.wire import ber
from agent.wire.block import Block, make_blocks
from agent.wire.shelf import host_owner

OWNER: Final = "alarmlists"
"""Owner of all lists in the default context."""
PART: Final = "alarms"
"""The part of a device's own context that is its list."""
PIECE: Final = 64
"""Numbers of notifications that are served together: only the pieces that changed are built anew."""


T = TypeVar("T")


@dataclass(slots=True)
class _List:
    """A list as it is served.

    Attributes:
        state: what its blocks were made of.
        pieces: blocks of the log by piece, with the numbers in it.
    """

    state: tuple[tuple[Alarm, ...], tuple[int, ...]] | None = None
    pieces: dict[int, tuple[tuple[int, ...], list[Block]]] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)


class AlarmLists:
    """ALARM-MIB and NOTIFICATION-LOG-MIB over the alarms of the watcher. Used in the event loop's thread.

    Args:
        module: whose notifications are sent.
        started: when the agent began.
        ticks_at: sysUpTime at a time.
    """

    def __init__(
        self, module: Module, engine_id: bytes, started: datetime, ticks_at: Callable[[datetime], int], sink: Sink
    ) -> None:
        self._module = module
        self._engine_id = engine_id
        self._started = started
        self._ticks_at = ticks_at
        self._sink = sink
        self._oids = {one.name: module.notification_oid(one) for one in module.notifications}
        self._whole, self._list, self._log = make_plan(WHOLE), make_plan(LISTS), make_plan(LOGS)
        self._entries: dict[int, Entry] = {}
        self._lists: dict[str, _List] = {}
        self._known: frozenset[int] | None = None
        self._logged = 0

    @property
    def owners(self) -> list[str]:
        """All names under which blocks are served."""
        return [OWNER, *(host_owner(name, PART) for name in self._lists if name)]

    def show(self, view: AlarmView, logged: Sequence[Logged]) -> None:
        """Serve the lists as they are now."""
        self._take(logged)
        alarms = _by_name((alarm.site.name, alarm) for alarm in view.alarms)
        entries = _by_name((entry.name, entry) for entry in self._entries.values())
        for name in self._lists.keys() - alarms.keys() - entries.keys() - {""}:
            del self._lists[name]
            self._sink.swap(host_owner(name, PART), [])
        for name in {"", *alarms, *entries}:
            self._show_list(name, view, tuple(alarms.get(name, ())), tuple(entries.get(name, ())))
        changed = self._ticks(view.changed) if view.changed else 0
        whole = WholeView(view, self._module, changed, self._logged)
        blocks = [block for one in self._lists.values() for block in one.blocks]
        self._sink.swap(OWNER, [*_blocks(self._whole, whole), *blocks])

    def _show_list(self, name: str, view: AlarmView, alarms: tuple[Alarm, ...], entries: tuple[Entry, ...]) -> None:
        sequences = tuple(one.entry.sequence for one in entries)
        shown = self._lists.setdefault(name, _List())
        if shown.state == (alarms, sequences):
            return
        shown.state = alarms, sequences
        here = ListView(name, view, self._engine_id, self._oid, alarms, entries, frozenset(sequences))
        shown.pieces = dict(self._pieces(here, shown.pieces))
        logs = [block for _, blocks in shown.pieces.values() for block in blocks]
        shown.blocks = [*_blocks(self._list, here), *logs]
        if name:
            self._sink.swap(host_owner(name, PART), shown.blocks)

    def _pieces(
        self, view: ListView, before: dict[int, tuple[tuple[int, ...], list[Block]]]
    ) -> Iterator[tuple[int, tuple[tuple[int, ...], list[Block]]]]:
        for number, members in groupby(view.entries, key=lambda one: one.entry.sequence // PIECE):
            entries = tuple(members)
            sequences = tuple(one.entry.sequence for one in entries)
            known = before.get(number)
            if known is None or known[0] != sequences:
                here = ListView(view.name, view.whole, view.engine_id, view.oids, entries=entries)
                known = sequences, _blocks(self._log, here)
            yield number, known

    def _take(self, logged: Sequence[Logged]) -> None:
        """Read what is new in the log, and forget what went."""
        now = {one.sequence: one for one in logged}
        for sequence in self._entries.keys() - now.keys():
            del self._entries[sequence]
        fresh = [one for sequence, one in now.items() if sequence not in self._entries]
        if self._known is None:  # what was kept from before is not put there now
            self._known = frozenset(now)
        self._logged += sum(one.sequence not in self._known for one in fresh)
        for one in fresh:
            self._entries[one.sequence] = self._entry(one)

    def _entry(self, logged: Logged) -> Entry:
        notice = logged.notice
        # A notice that was kept has the sysUpTime of the agent that decided on it, which may have been another.
        ticks = notice.uptime_ticks if logged.entry.sent >= self._started else 0
        return Entry(logged.entry.device, logged.entry, ticks, notice.oid, tuple(map(ber.varbind, notice.varbinds)))

    def _ticks(self, moment: datetime) -> int:
        return self._ticks_at(moment) if moment >= self._started else 0

    def _oid(self, name: str) -> Oid:
        return self._oids[name]


def _by_name(named: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for name, one in named:
        found.setdefault(name, []).append(one)
    return found


def _blocks(plan: Plan, view: object) -> list[Block]:
    return list(make_blocks(build(plan, (Feed.ALARMS,), view, {})[0]))
