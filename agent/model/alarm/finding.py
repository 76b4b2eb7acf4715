"""What a rule sees now, and a look at one device as the alarm table takes it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from agent.model.alarm.facts import Key, Site
from agent.model.severity import Severity

Identity = tuple[str, str, str]
"""Device, resource and alarm type: the same three are the same alarm, whatever its text and severity."""


class Condition(Enum):
    """Whether what a rule is about is the case.

    SAME says that it is as it was (inside a dead band; an edge that was seen once). UNKNOWN neither raises nor clears:
    the device is down, the cell absent.
    """

    TRUE = "true"
    FALSE = "false"
    SAME = "same"
    UNKNOWN = "unknown"


def known(value: bool | None) -> Condition:  # noqa: FBT001 - a condition is a truth value
    """A truth value as a condition; None is unknown."""
    return Condition.UNKNOWN if value is None else Condition.TRUE if value else Condition.FALSE


def above(value: float | None, limit: float, band: float) -> Condition:
    """Whether a value is above its limit, with a dead band below it in which nothing changes."""
    if value is None:
        return Condition.UNKNOWN
    if value > limit:
        return Condition.TRUE
    return Condition.FALSE if value <= limit - band else Condition.SAME


@dataclass(frozen=True, slots=True)
class Sight:
    """What a rule says of one resource.

    Attributes:
        resource: path within the device, such as io1/ptp-instance-0; "" for the device itself.
        value: the value looked at, for a person; may differ from poll to poll.
        text: what is wrong, without figures that change; the alarm type's own text when empty.
        object_name: MIB object looked at, and `key` its row; together they name the resource as an OID.
        severity: where it differs from case to case.
    """

    resource: str
    condition: Condition
    value: str = ""
    text: str = ""
    object_name: str = ""
    key: Key = ()
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A sight with what its alarm type and the configuration add.

    Attributes:
        once: something that happened and does not last; its alarm ends by acknowledgement, by the opposite event, or
            `clear_after_s` after it last happened.
    """

    site: Site
    resource: str
    alarm_type: str
    condition: Condition
    severity: Severity
    text: str
    value: str = ""
    object_name: str = ""
    key: Key = ()
    raise_after_s: float = 0
    clear_after_s: float = 0
    once: bool = False

    @property
    def identity(self) -> Identity:
        """Which alarm it is about."""
        return (self.site.name, self.resource, self.alarm_type)


@dataclass(frozen=True, slots=True)
class Look:
    """All that was seen of one device, or of the agent, at one time.

    Attributes:
        whole: alarm types of which every resource was looked at: one that is not among the findings is gone.
        unknown: alarm types of which nothing is known now.
        retired: alarm types whose alarms end (switched off, or the device was removed).
        faults: alarm types whose rule failed, with what it met; they count as unknown.
    """

    site: Site
    findings: tuple[Finding, ...] = ()
    whole: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    retired: frozenset[str] = frozenset()
    faults: tuple[tuple[str, str], ...] = ()
