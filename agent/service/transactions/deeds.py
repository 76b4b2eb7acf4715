"""What a transaction wants done on a device, done: looking, writing, giving old values back."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Final

from agent.errors import DeviceError
from agent.model.configuring import Change, Edit, EditState, Target, Transaction, Verdict
from agent.model.configuring.happening import Event, Look, Put, Restore, Restored, Seen, Todo, Write, Wrote
from agent.model.configuring.step import is_of_others
from agent.model.configuring.transaction import same
from agent.model.document import MISSING, Json, Missing
from agent.service.handlers.configuring import Configurator

log = logging.getLogger(__name__)

IN_THE_DARK: Final = frozenset({EditState.WRITING, EditState.UNKNOWN, EditState.DIFFERS, EditState.RESTORING})
"""States of edits of which the device may hold the new value ready, whatever it says now."""


class Deeds:
    """Acts on devices. Used in the event loop's thread."""

    def __init__(self, configurator: Configurator) -> None:
        self._configurator = configurator

    async def done(self, todo: Todo, transaction: Transaction, obstacle: str) -> Event:
        """Do what is to be done. A fault of our own is nothing known, never nothing done.

        Args:
            todo: what.
            transaction: whose.
            obstacle: why its device must not be written, "" when it may be; looked at before a device is.
        """
        try:
            if isinstance(todo, Look):
                return Seen(todo.device, problem=obstacle) if obstacle else await self._look(todo, transaction.message)
            if isinstance(todo, Write):
                return await self._write(todo, transaction)
            return await self._restore(todo, transaction.message)
        except Exception as problem:
            log.exception("transaction-crashed number=%d doing=%s", transaction.index, type(todo).__name__)
            text = f"a fault of the agent ({type(problem).__name__}); its log says more"
        if isinstance(todo, Look):
            return Seen(todo.device, problem=text)
        if isinstance(todo, Write):
            return Wrote(tuple(Put(edit.index, Verdict.UNKNOWN, text) for edit in todo.edits))
        return Restored(problem=text)

    async def _look(self, todo: Look, message: int) -> Seen:
        device = todo.device
        targets = {edit.index: edit.target for edit in todo.edits if edit.target}
        try:
            foreign = await self._configurator.foreign_changes(device, message=message)
            if foreign:
                return Seen(device, problem=f"{foreign}; they are to be applied or discarded there first")
            found = await self._configurator.read(device, tuple(targets.values()), message=message)
        except DeviceError as problem:
            return Seen(device, problem=str(problem))
        return Seen(device, {index: found[target] for index, target in targets.items() if target in found})

    async def _write(self, todo: Write, transaction: Transaction) -> Wrote:
        numbers = ",".join(str(edit.index) for edit in todo.edits)
        log.info("transaction-writes number=%d device=%s edits=%s", transaction.index, todo.device, numbers)
        changes = [_change(edit, edit.wanted) for edit in todo.edits]
        return Wrote(await self._puts(todo.device, todo.edits, changes, transaction.message))

    async def _restore(self, todo: Restore, message: int) -> Restored:
        targets = [edit.target for edit in todo.edits if edit.target]
        try:
            found = await self._configurator.read(todo.device, targets, message=message)
        except DeviceError as problem:
            return Restored(problem=str(problem))
        held = await self._held_ready(todo, found, message)
        puts: list[Put] = []
        alone, back = [], []
        for edit in todo.edits:
            value = found.get(edit.target, MISSING) if edit.target else MISSING
            settled = _settled(edit, value, held)
            if settled is not None:
                puts.append(settled)
            elif is_of_others(edit, value):
                alone.append(Put(edit.index, Verdict.REFUSED, after=value))
            else:
                back.append(edit)
        back.reverse()
        if back:
            changes = [_change(edit, edit.old) for edit in back]
            puts += await self._puts(todo.device, back, changes, message)
        return Restored(tuple(puts), tuple(alone))

    async def _held_ready(self, todo: Restore, found: Mapping[Target, Json], message: int) -> str:
        """What a device that says the old value may still hold ready of ours (changes.pending-changes)."""
        is_doubted = any(
            edit.state in IN_THE_DARK and edit.target and same(found.get(edit.target, MISSING), edit.old)
            for edit in todo.edits
        )
        if not is_doubted:
            return ""
        try:
            foreign = await self._configurator.foreign_changes(todo.device, message=message)
        except DeviceError as problem:
            return f"it says the old value; whether it holds the new one ready is not known: {problem}"
        own = self._configurator.own_changes(todo.device)
        return "it says the old value, and holds changes ready that may be ours" if own or foreign else ""

    async def _puts(
        self, device: str, edits: Sequence[Edit], changes: Sequence[Change], message: int
    ) -> tuple[Put, ...]:
        """What came of writing edits; one that nothing was said of may be written or not."""
        written = await self._configurator.write(device, changes, message=message)
        by_target = {one.change.target: one for one in written}
        puts = []
        for edit, change in zip(edits, changes, strict=True):
            one = by_target.get(change.target)
            if one is None:
                puts.append(Put(edit.index, Verdict.UNKNOWN, "nothing was said of it"))
            else:
                puts.append(Put(edit.index, one.verdict, one.detail, one.before, one.after))
        return tuple(puts)


def _settled(edit: Edit, value: Json | Missing, held: str) -> Put | None:
    """What came of an edit that needs no write to be restored, or cannot be; None for any other."""
    if isinstance(value, Missing):
        return Put(edit.index, Verdict.REFUSED, "the device's configuration does not have this value any more")
    if same(value, edit.old) and held and edit.state in IN_THE_DARK:
        return Put(edit.index, Verdict.REFUSED, held, value, value)
    if same(value, edit.old):
        return Put(edit.index, Verdict.WRITTEN, before=value, after=value)
    if isinstance(edit.old, Missing):
        return Put(edit.index, Verdict.REFUSED, "what was there before is not known", value, value)
    return None


def _change(edit: Edit, value: Json | Missing) -> Change:
    assert edit.target is not None  # noqa: S101 - only edits with both come here
    assert not isinstance(value, Missing)  # noqa: S101
    return Change(edit.target, value, value)
