"""The faults a simulated device can have: their names, their parameters and what each is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from agent.sim.shape import JsonObject, Node


class Scope(Enum):
    """Where a fault takes effect."""

    DEVICE = "device"  # the device reports other values
    CONTENT = "content"  # the answer is late or holds nonsense, in addition to any other fault
    REFUSAL = "refusal"  # something else is answered, before the password is looked at
    DELIVERY = "delivery"  # the right answer is delivered badly
    WRITE = "write"  # a write meets a bad end, after the password was looked at
    EFFECT = "effect"  # a write does something else than it says, in addition to any other fault


Default = str | int | float | bool | list[Node] | None


@dataclass(frozen=True)
class FaultKind:
    """One entry of the catalogue.

    Attributes:
        name: name in the API.
        scope: where it takes effect.
        summary: one line for people.
        defaults: parameters with their defaults; the type of a default is the type of the parameter.
        target: parameters that tell several active faults of one name apart.
        momentary: it happens once and is not kept as active.
        once: it applies to one request unless `times` says otherwise.
    """

    name: str
    scope: Scope
    summary: str
    defaults: Mapping[str, Default] = field(default_factory=dict)
    target: tuple[str, ...] = ()
    momentary: bool = False
    once: bool = False


@dataclass(frozen=True)
class Fault:
    """An active fault.

    Attributes:
        kind: its entry in the catalogue.
        parameters: value of each parameter of the entry.
        since: when it was set.
        times: how many requests it still applies to (None: all).
        prefix: it applies to requests whose path begins so.
        method: it applies to requests of this method ("": all).
        skip: how many requests that it would apply to it still lets pass.
        ends_s: monotonic time at which it ends by itself (None: never).
    """

    kind: FaultKind
    parameters: Mapping[str, Default]
    since: datetime
    times: int | None = None
    prefix: str = ""
    method: str = ""
    skip: int = 0
    ends_s: float | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it distinct among the active faults."""
        return (self.kind.name, *(str(self.parameters[name]) for name in self.kind.target))

    def text(self, name: str) -> str:
        """A parameter as text."""
        return str(self.parameters[name])

    def number(self, name: str) -> float:
        """A numeric parameter."""
        value = self.parameters[name]
        return float(value) if isinstance(value, (int, float)) else 0.0

    def integer(self, name: str) -> int:
        """A numeric parameter as an integer."""
        return int(self.number(name))

    def flag(self, name: str) -> bool:
        """A Boolean parameter."""
        return self.parameters[name] is True

    def items(self, name: str) -> list[Node]:
        """A list parameter."""
        value = self.parameters[name]
        return value if isinstance(value, list) else []

    def description(self) -> JsonObject:
        """The fault for the listing."""
        return {
            "name": self.kind.name,
            "parameters": dict(self.parameters),
            "times": self.times,
            "prefix": self.prefix,
            "method": self.method,
            "skip": self.skip,
            "since": self.since.isoformat(),
        }


_KINDS = (
    FaultKind("unauthorized", Scope.REFUSAL, "401 whatever the password"),
    FaultKind(
        "rate-limited",
        Scope.REFUSAL,
        "429; with `after`, only beyond that number of requests in `window` seconds",
        {"retry_after": "", "after": 0, "window": 60.0},
    ),
    FaultKind("rest-disabled", Scope.REFUSAL, "404 with a web page, as if the REST API were switched off"),
    FaultKind("server-error", Scope.REFUSAL, "500 or another status", {"status": 500}),
    FaultKind("hang", Scope.REFUSAL, "the request is never answered"),
    FaultKind("wrong-content-type", Scope.REFUSAL, "200 with the web interface's login page"),
    FaultKind("not-json", Scope.REFUSAL, "200, application/json, but no JSON"),
    FaultKind("huge", Scope.REFUSAL, "a valid body of `size` bytes", {"size": 10 << 20, "chunked": False}),
    FaultKind("empty", Scope.REFUSAL, "200 without a body"),
    FaultKind("slow-drip", Scope.DELIVERY, "the body in small pieces", {"piece": 1, "interval": 0.2}),
    FaultKind("slow-headers", Scope.DELIVERY, "the headers in small pieces", {"piece": 1, "interval": 0.2}),
    FaultKind(
        "truncated",
        Scope.DELIVERY,
        "JSON cut in the middle; with `mismatch` Content-Length promises all of it",
        {"fraction": 0.5, "mismatch": False},
    ),
    FaultKind("reset", Scope.DELIVERY, "TCP reset after so many bytes of the body", {"after": 200}),
    FaultKind("delay", Scope.CONTENT, "the answer is late", {"seconds": 1.0}),
    FaultKind(
        "bad-fields",
        Scope.CONTENT,
        "values of a wrong type at `paths` (status/system/uptime ...)",
        {"paths": [], "values": []},
    ),
    FaultKind("write-refused", Scope.WRITE, "a write is refused", {"status": 403, "message": "not permitted"}),
    FaultKind(
        "config-locked",
        Scope.WRITE,
        "423: somebody else edits the configuration",
        {"owner": "admin", "retry_after": ""},
    ),
    FaultKind(
        "answer-lost",
        Scope.WRITE,
        "a write is not answered, after it was taken or (`taken` false) before; `how`: close or hang",
        {"taken": True, "how": "close"},
    ),
    FaultKind(
        "dies-at-write",
        Scope.WRITE,
        "connections are refused from this write on, for `seconds` or (0) until revived",
        {"taken": True, "answered": True, "seconds": 0.0},
        once=True,
    ),
    FaultKind(
        "value-adjusted",
        Scope.EFFECT,
        "the device rounds a number to a multiple of `step` and keeps it within `range` [low, high]",
        {"leaf": "delay-asymmetry", "step": 1.0, "range": []},
        ("leaf",),
    ),
    FaultKind(
        "write-ignored",
        Scope.EFFECT,
        "a write is answered 200 and changes nothing; with `leaf` not that one",
        {"leaf": ""},
        ("leaf",),
    ),
    FaultKind("slow-apply", Scope.EFFECT, "a write takes effect later than its answer", {"seconds": 2.0}),
    FaultKind(
        "changed-by-other",
        Scope.EFFECT,
        "at a write somebody else changes `path` to the one value in `value`, right after it or (`first`) before",
        {"path": "system/location", "value": ["elsewhere"], "first": False},
        ("path",),
        once=True,
    ),
    FaultKind(
        "reboot",
        Scope.DEVICE,
        "uptime and counters restart; meanwhile 503 (`unavailable`) or no listening port (`refuse`)",
        {"seconds": 2.0, "mode": "unavailable"},
        momentary=True,
    ),
    FaultKind("clock-jump", Scope.DEVICE, "the device's time is off", {"seconds": 3600.0}),
    FaultKind(
        "clock-unsync",
        Scope.DEVICE,
        "the system clock is `not-synchronized` or in `holdover`",
        {"state": "not-synchronized"},
    ),
    FaultKind(
        "antenna-fault",
        Scope.DEVICE,
        "antenna of clk1 `disconnected` or `short-circuit`",
        {"state": "disconnected"},
    ),
    FaultKind("link-down", Scope.DEVICE, "a LAN port (lan0) or an HPS100 (io1)", {"port": "lan0"}, ("port",)),
    FaultKind("psu-lost", Scope.DEVICE, "a power supply fails", {"slot": "pwr2"}, ("slot",)),
    FaultKind("event", Scope.DEVICE, "a notification event", {"event": "ntp-stopped", "triggered": 1}, ("event",)),
    FaultKind("card-pulled", Scope.DEVICE, "a card is out of its slot", {"slot": "io1"}, ("slot",)),
    FaultKind(
        "card-replaced",
        Scope.DEVICE,
        "another card is in the slot",
        {"slot": "io1", "model": "hps100"},
        ("slot",),
    ),
    FaultKind(
        "card-replugged",
        Scope.DEVICE,
        "a card is out for `seconds` and starts anew",
        {"slot": "io1", "seconds": 0.0},
        momentary=True,
    ),
    FaultKind(
        "ptp-port-state",
        Scope.DEVICE,
        "port state of a PTP instance",
        {"slot": "io1", "instance": 0, "state": "passive"},
        ("slot", "instance"),
    ),
    FaultKind(
        "grandmaster-change",
        Scope.DEVICE,
        "a PTP slave follows another grandmaster",
        {"slot": "io1", "instance": 1},
        ("slot", "instance"),
    ),
    FaultKind("slots-reordered", Scope.DEVICE, "the slots are listed in reverse order"),
)

CATALOGUE: Mapping[str, FaultKind] = MappingProxyType({kind.name: kind for kind in _KINDS})
