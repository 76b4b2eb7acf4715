"""The configuration of the polled devices: which cell stands for which place, and its values written there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from agent.errors import DeviceError
from agent.mib.declaration import Column, Module
from agent.mib.encoding import Oid
from agent.mib.forms import Misfit, as_json, typed
from agent.mib.place import row_at, written_at
from agent.mib.render import Names
from agent.model.configuring import Change, Target, Verdict, Written
from agent.model.document import MISSING, Json, Member, find
from agent.model.health import DeviceState
from agent.model.message import Reason
from agent.service.handlers.configuring import Unwritable
from agent.service.handlers.ports import Refused, Standing
from agent.service.keeper import Keeper, Outcome
from agent.service.poller import Poller, Session
from agent.service.writerun import Run, WriteRun, pending_in
from agent.wire.writing import INCONSISTENT_VALUE, NO_CREATION, NOT_WRITABLE, RESOURCE_UNAVAILABLE

WRONG_VALUE = 10
WRITE_DEADLINE_S = 60.0
PENDING_PATH = "status/rest-api"
"""A small part of the status; the envelope around it holds the number of pending changes."""

Keepers = Callable[[], Mapping[str, Keeper]]
Standings = Callable[[str], "Standing | None"]


class DeviceConfigurator:
    """Writes the configuration of the polled devices. Used in the event loop's thread.

    Args:
        module: the declarations.
        keepers: the devices' keepers as they are now.
        standing: how a device stands.
    """

    def __init__(self, module: Module, keepers: Keepers, poller: Poller, standing: Standings) -> None:
        self._module = module
        self._names = Names([module])
        self._keepers = keepers
        self._poller = poller
        self._standing = standing
        self._own_pending: dict[str, int] = {}

    def resolve(self, oid: Oid) -> Target:
        """The value that a cell stands for.

        Raises:
            Unwritable: saying why there is none, or why not now.
        """
        found = self._names.object_at(tuple(oid))
        if found is None:
            raise Unwritable(NOT_WRITABLE, f"no object has the OID {'.'.join(map(str, oid))}")
        return self.target(found[0].column.name, found[1])

    def target(self, name: str, instance: Oid) -> Target:
        """The value that a cell stands for, by the name of its object.

        Raises:
            Unwritable: saying why there is none, or why not now.
        """
        located = self._module.objects.get(name)
        if located is None:
            raise Unwritable(NOT_WRITABLE, f"there is no object {name!r}")
        if located.column.writes is None:
            raise Unwritable(NOT_WRITABLE, f"{name} is not written to a device")
        keeper = self._keeper_of(name, instance)
        device = keeper.settings.name
        if not keeper.settings.writes.enabled:
            raise Unwritable(
                NOT_WRITABLE, f"device {device} takes no writes: the agent's configuration has no `writes: true` for it"
            )
        self.check_standing(device)
        return Target(device, name, tuple(instance), self._path(keeper, name, tuple(instance)))

    def check_standing(self, device: str) -> None:
        """Check that a device can be written now.

        Raises:
            Unwritable: it is not there, or not asked now.
        """
        keeper, standing = self._keepers().get(device), self._standing(device)
        if keeper is None or standing is None:
            raise Unwritable(NO_CREATION, f"no device {device!r} is configured")
        health = keeper.known.health
        if standing.obstacle:
            text = f"device {device} is not asked: {standing.obstacle}"
        elif health.state is not DeviceState.UP:
            text = f"device {device} is {health.state.value}: {health.detail or 'it has not answered yet'}"
        else:
            return
        raise Unwritable(RESOURCE_UNAVAILABLE, text, Reason.NOT_READY)

    def change(self, target: Target, value: object) -> Change:
        """A change of a target, once the value fits.

        Raises:
            Unwritable: it does not; the text says what is allowed.
        """
        column = self._column(target.object_name)
        keeper = self._keepers().get(target.device)
        present = find(keeper.known.root, _steps(target.path)) if keeper is not None else MISSING
        try:
            known = typed(column, value)
        except Misfit as problem:
            raise Unwritable(WRONG_VALUE, f"{target.text}: {problem}") from None
        try:
            return Change(target, known, as_json(column, known, present))
        except Misfit as problem:
            raise Unwritable(INCONSISTENT_VALUE, f"{target.text}: {problem}") from None

    async def read(self, device: str, targets: Sequence[Target], *, message: int = 0) -> Mapping[Target, Json]:
        """What the device says now; a value it does not have is left out.

        Raises:
            DeviceError: it did not answer as it should, or is not to be asked.
        """

        def ask(session: Session, keeper: Keeper) -> tuple[Run, dict[Target, Json], DeviceError | None]:
            run = self._run(session, keeper)
            objects: dict[str, dict[str, Json]] = {}
            try:
                for owner in dict.fromkeys(target.owner for target in targets):
                    objects[owner] = run.read(owner) or {}
            except DeviceError as problem:
                return run.run, {}, problem
            values = {
                target: objects[target.owner][target.member]
                for target in targets
                if target.member in objects[target.owner]
            }
            return run.run, values, None

        run, values, problem = (await self._poller.lend(device, message, ask)).value
        self._heed(device, run)
        if problem is not None:
            raise problem
        return values

    async def write(self, device: str, changes: Sequence[Change], *, message: int = 0) -> Sequence[Written]:
        """Write in order and read back; one result per change, in the order given. Never raises a DeviceError.

        What was read back is served from then on, and a poll follows that reads the configuration anew.
        """
        return (await self.written(device, changes, message=message))[0]

    async def written(
        self, device: str, changes: Sequence[Change], *, message: int = 0, deadline_s: float | None = None
    ) -> tuple[Sequence[Written], int, int]:
        """As `write`, and the numbers of the first and the last HTTP exchange that it took, 0 for none."""
        try:
            self.check_standing(device)
            if not self._keepers()[device].settings.writes.enabled:
                raise Refused(Reason.NOT_READY, f"device {device} takes no writes")
            lent = await self._poller.lend(device, message, partial(self._write, changes, deadline_s))
        except (DeviceError, Refused) as problem:
            return [Written(one, Verdict.REFUSED, str(problem)) for one in changes], 0, 0
        run, keeper, outcome = lent.value
        if outcome is not None and self._keepers().get(device) is keeper:
            keeper.accept(outcome)
        self._note_pending(device, run)
        self._heed(device, run)
        if run.error is None:
            self._poller.poll_soon(device)
        return run.results, lent.first, lent.last

    async def foreign_changes(self, device: str, *, message: int = 0) -> str:
        """What the device holds ready that is not ours, for a person; "" for nothing.

        Raises:
            DeviceError: it did not answer as it should, or is not to be asked.
        """

        def ask(session: Session, keeper: Keeper) -> Json:
            return session.get(PENDING_PATH, deadline_s=keeper.settings.poll.whole_deadline_s)

        count = pending_in((await self._poller.lend(device, message, ask)).value) or 0
        own = self._own_pending[device] = min(self._own_pending.get(device, 0), count)
        if count <= own:
            return ""
        return f"{device} has pending changes that are not the agent's ({count - own} of {count})"

    def own_changes(self, device: str) -> int:
        """How many of the changes that a device holds ready are ours, as of the last time it was asked."""
        return self._own_pending.get(device, 0)

    def _write(
        self, changes: Sequence[Change], deadline_s: float | None, session: Session, keeper: Keeper
    ) -> tuple[Run, Keeper, Outcome | None]:
        """In a worker thread, with the device for itself."""
        run = self._run(session, keeper, deadline_s).write(changes)
        fresh = {path: _named(keeper, path, node) for path, node in run.answers.items()}
        return run, keeper, keeper.revised(fresh) if fresh else None

    def _run(self, session: Session, keeper: Keeper, deadline_s: float | None = None) -> WriteRun:
        columns = {name: located.column for name, located in self._module.objects.items() if located.column.writes}
        return WriteRun(session, keeper.settings.writes, columns, deadline_s or WRITE_DEADLINE_S)

    def _heed(self, device: str, run: Run) -> None:
        if run.error is not None:
            self._poller.answered(device, run.error)

    def _note_pending(self, device: str, run: Run) -> None:
        if len(run.pending) == 2:
            own = self._own_pending.get(device, 0) + run.pending[1] - run.pending[0]
            self._own_pending[device] = max(min(own, run.pending[1]), 0)

    def _keeper_of(self, name: str, instance: Oid) -> Keeper:
        index = instance[0] if instance else 0
        keeper = next((keeper for keeper in self._keepers().values() if keeper.index == index), None)
        if keeper is None:
            raise Unwritable(NO_CREATION, f"{name}: no device has the index {index}")
        return keeper

    def _path(self, keeper: Keeper, name: str, instance: Oid) -> str:
        found = keeper.plan.column(name)
        cell = ".".join([name, *map(str, instance)])
        if found is None:
            raise Unwritable(NOT_WRITABLE, f"{name} is not read from the device's document")
        table, column = found
        row = row_at(table, keeper.view(), keeper.known.memory, instance)
        if row is None:
            raise Unwritable(NO_CREATION, f"{cell}: there is no such row")
        names = written_at(table, column, row)
        if names is None:
            raise Unwritable(NO_CREATION, f"{cell}: the device has no such value")
        if names[0] != "configuration" or len(names) < 3:
            raise Unwritable(NOT_WRITABLE, f"{cell}: {'/'.join(names)} is no part of the configuration")
        if any("/" in part or part in ("", ".", "..") for part in names):
            raise Unwritable(NOT_WRITABLE, f"{cell}: {names!r} cannot be a path")
        return "/".join(names)

    def _column(self, name: str) -> Column:
        return self._module.objects[name].column


def _named(keeper: Keeper, path: str, node: Json) -> Json:
    """An object as it stands in the document: a member has no name of its own in it, an element of a list has."""
    known = find(keeper.known.root, _steps(path))
    if isinstance(node, dict) and isinstance(known, dict) and "object-id" not in known:
        return {name: value for name, value in node.items() if name != "object-id"}
    return node


def _steps(path: str) -> tuple[Member, ...]:
    return tuple(Member(part) for part in path.split("/"))
