"""One value of a device's configuration, a change of it, and what came of that."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from agent.model.document import MISSING, Json, Missing


@dataclass(frozen=True, slots=True)
class Target:
    """One value of a device's configuration that may be written.

    Attributes:
        device: name of the device in the agent's configuration.
        object_name: the MIB object that stands for it.
        instance: sub-identifiers behind the object's OID.
        path: where it stands, as REST path below /api; the last part is the member of the object before it.
    """

    device: str
    object_name: str
    instance: tuple[int, ...]
    path: str

    @property
    def owner(self) -> str:
        """REST path of the object that holds the value, which is what is read and posted."""
        return self.path.rpartition("/")[0]

    @property
    def member(self) -> str:
        """Name of the value in that object."""
        return self.path.rpartition("/")[2]

    @property
    def text(self) -> str:
        """The cell, as the MIB names it."""
        return ".".join([self.object_name, *map(str, self.instance)])


@dataclass(frozen=True, slots=True)
class Change:
    """A value that a target is to have.

    Attributes:
        value: as the object's syntax has it: a number, text, truth or label.
        raw: the same as it is sent to the device.
    """

    target: Target
    value: object
    raw: Json


class Verdict(Enum):
    """What came of one change."""

    WRITTEN = "written"
    """The device took it, and says the same when it is asked."""
    REFUSED = "refused"
    """The device, or the agent on its behalf, said no."""
    UNREACHABLE = "unreachable"
    """The request did not reach the device; nothing has changed."""
    UNKNOWN = "unknown"
    """The answer was lost, and reading back did not tell whether it took effect."""
    DIFFERS = "differs"
    """The device took it, and says something else when it is asked."""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of one change.

    Attributes:
        detail: why it was not written, for a person; "" when it was.
        before: the value read just before it was to be written, MISSING when that is not known.
        after: the value read after it, MISSING when that is not known.
    """

    change: Change
    verdict: Verdict
    detail: str = ""
    before: Json | Missing = MISSING
    after: Json | Missing = MISSING


def restoring(written: Written) -> Change | None:
    """The change that takes another one back; None when it is not known what was there before."""
    if isinstance(written.before, Missing):
        return None
    return Change(written.change.target, written.before, written.before)
