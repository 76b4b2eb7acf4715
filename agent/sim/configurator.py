"""Reading and changing the configuration of a simulated device, as a client of it and behind the client's back."""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Sequence

from agent.sim.catalogue import Fault
from agent.sim.configuration import configuration_tree
from agent.sim.device import Device
from agent.sim.settings import Change, changes_of
from agent.sim.shape import JsonObject, Node
from agent.sim.tree import descend

MODES = ("merge", "staged", "off")
_OTHER = "admin"


@dataclasses.dataclass(frozen=True)
class WriteOptions:
    """How the device takes writes. Whether a real one merges or stages is not public, nor is how it is told to apply.

    Attributes:
        mode: `merge`: a POST takes effect at once; `staged`: it lands in a candidate and counts as pending changes
            until it is applied; `off`: the configuration is read-only, POST is answered 405.
        apply_after_s: a staged change is applied by itself after so many seconds (None: it is not).
        apply_path: POST to this path below `/api/` applies all that is staged ("": there is no such path).
        discard_path: POST to this path forgets what is staged ("": there is no such path).
    """

    mode: str = "merge"
    apply_after_s: float | None = None
    apply_path: str = ""
    discard_path: str = ""

    def __post_init__(self) -> None:
        """Refuse what would have no effect."""
        if self.mode not in MODES:
            raise ValueError(f"mode must be one of {MODES}, not {self.mode!r}")
        after = self.apply_after_s
        if after is not None and (isinstance(after, bool) or not isinstance(after, (int, float)) or after < 0):
            raise ValueError(f"apply_after_s must be a number of seconds or null, not {after!r}")
        for name in ("apply_path", "discard_path"):
            path = getattr(self, name)
            if not isinstance(path, str) or (path and not path.startswith("/api/")):
                raise ValueError(f"{name} must begin with /api/ or be empty, not {path!r}")


class Configurator:
    """The configuration of one device.

    Paths are those below `/api/configuration`, as "system/hostname" or
    "chassis0/slots/io1/module/ptp-instances/instance0/domain-number".

    Attributes:
        options: how writes of clients are taken.
    """

    def __init__(self, device: Device, options: WriteOptions) -> None:
        self.options = options
        self._device = device

    def tree(self, faults: Sequence[Fault] = (), *, candidate: bool = False) -> JsonObject:
        """The whole configuration in effect, or as it will be once everything accepted is.

        Args:
            faults: those of the device: a card that is out has no configuration.
            candidate: with what is accepted or staged and not in effect yet.
        """
        moment = self._device.moment(faults)
        if candidate:
            values = self._device.store.candidate()
            moment = dataclasses.replace(moment, conditions=dataclasses.replace(moment.conditions, configured=values))
        return configuration_tree(moment)

    def get(self, path: str) -> Node:
        """The value or object in effect at a path.

        Raises:
            LookupError: there is none.
        """
        return copy.deepcopy(descend(self.tree(), _parts(path)))

    def change(self, path: str, value: Node) -> None:
        """Change a value, or members of an object, at once and behind the back of every client.

        Raises:
            LookupError: the path names nothing.
            ValueError: the value does not fit.
        """
        self._device.store.put(self._changes(path, value, candidate=False))

    def check(self, path: str, value: Node) -> None:
        """Whether `change` would do.

        Raises:
            ValueError: it would not.
        """
        try:
            self._changes(path, value, candidate=False)
        except LookupError as error:
            raise ValueError(f"there is no {path!r} in the configuration: {error}") from None

    def stage(self, path: str, value: Node, owner: str = _OTHER) -> None:
        """Make pending changes of somebody else.

        Raises:
            LookupError: the path names nothing.
            ValueError: the value does not fit.
        """
        self._device.store.accept(self._changes(path, value, candidate=True), owner, None, staged=True)

    @property
    def pending(self) -> list[tuple[str, Change]]:
        """Owner and change of what is staged, in the order of writing."""
        return self._device.store.pending()

    def apply(self) -> None:
        """Let all that is staged take effect, whoever staged it."""
        self._device.store.apply()

    def discard(self) -> None:
        """Forget all that is staged."""
        self._device.store.discard()

    def reset(self) -> None:
        """Back to the factory settings, with nothing pending."""
        self._device.store.reset()

    def changes(self, path: Sequence[str], body: Node, faults: Sequence[Fault] = ()) -> list[Change]:
        """What a client's body at a path would change, under faults of the device.

        Raises:
            LookupError: the path names nothing.
            RefusedError: the body does not fit.
        """
        return changes_of(self.tree(faults, candidate=True), path, body)

    def take(self, changes: Sequence[Change], owner: str, slow_s: float) -> str:
        """Take a client's changes as the options say; the outcome is `applied`, `accepted` or `staged`."""
        options = self.options
        if options.mode == "staged":
            after_s = None if options.apply_after_s is None else options.apply_after_s + slow_s
            self._device.store.accept(changes, owner, after_s, staged=True)
            return "staged"
        in_effect = self._device.store.accept(changes, owner, slow_s, staged=False)
        return "applied" if in_effect else "accepted"

    def _changes(self, path: str, value: Node, *, candidate: bool) -> list[Change]:
        tree, parts = self.tree(candidate=candidate), _parts(path)
        is_leaf = not isinstance(descend(tree, parts), (dict, list))
        bare = is_leaf and not isinstance(value, dict)
        return changes_of(tree, parts, {"value": value} if bare else value)


def adjusted(change: Change, faults: Sequence[Fault]) -> Change:
    """The change with the value that the device makes of it under the faults that round and clamp."""
    for fault in faults:
        if fault.kind.name == "value-adjusted" and _names(fault.text("leaf"), change.path):
            change = dataclasses.replace(change, new=_adjusted(change.new, fault))
    return change


def is_ignored(change: Change, faults: Sequence[Fault]) -> bool:
    """Whether the device passes over the change."""
    leaves = [fault.text("leaf") for fault in faults if fault.kind.name == "write-ignored"]
    return any(not leaf or _names(leaf, change.path) for leaf in leaves)


def _names(leaf: str, path: str) -> bool:
    """Whether the end of the path is this leaf."""
    return path == leaf or path.endswith("/" + leaf)


def _adjusted(value: Node, fault: Fault) -> Node:
    """The number rounded and clamped (halves away from zero), in its own type; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    step, bounds = fault.number("step"), fault.items("range")
    number = float(value)
    if step:
        number = math.copysign(math.floor(abs(number) / step + 0.5) * step, number)
    if len(bounds) == 2:
        number = min(max(number, bounds[0]), bounds[1])
    return int(number) if isinstance(value, int) else number


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]
