"""How good the states are that have a good and a bad side; what is named in no list is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from agent.errors import DeclarationError
from agent.mib.declaration import Module


class Verdict(IntEnum):
    """How good a state is, numbered as Nagios and others do."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Judgement:
    """Labels of an enumeration by how good they are."""

    ok: tuple[str, ...]
    warning: tuple[str, ...] = ()
    critical: tuple[str, ...] = ()

    def of(self, label: str) -> Verdict:
        """How good a label is."""
        if label in self.ok:
            return Verdict.OK
        if label in self.warning:
            return Verdict.WARNING
        return Verdict.CRITICAL if label in self.critical else Verdict.UNKNOWN


_CLOCK = Judgement(("synchronized",), ("holdover",), ("notSynchronized",))
_OSCILLATOR = Judgement(("warmedUp",), ("notWarmedUp",))
_PRESENCE = Judgement(("present",), (), ("missing",))

JUDGED: Mapping[str, Judgement] = {
    "lnbDeviceState": Judgement(("up",), ("stale",), ("down",)),
    "lnbDeviceCredentialState": Judgement(("accepted",), ("missing",), ("rejected",)),
    "lnbDeviceRestState": Judgement(("ok",), (), ("disabled", "unsupportedVersion")),
    "lnbSyncClockState": _CLOCK,
    "lnbSyncOscillatorState": _OSCILLATOR,
    "lnbSyncAntenna": Judgement(("connected",), (), ("notConnected", "disconnected", "shortCircuit", "faulty")),
    "lnbSlotState": Judgement(("occupied", "empty"), ("notFound", "otherCard"), ("missing",)),
    "lnbModuleState": Judgement(("present",), ("otherCard",), ("missing", "noPower")),
    "lnbClockState": _CLOCK,
    "lnbClockOscillatorState": _OSCILLATOR,
    "lnbPtpPresence": _PRESENCE,
    "lnbPtpPortState": Judgement(
        ("master", "passive", "slave"),
        ("initializing", "listening", "preMaster", "uncalibrated"),
        ("uninitialized", "faulty", "disabled"),
    ),
    "lnbSyncmonNodeState": _PRESENCE,
    "lnbSyncmonNodeStatus": Judgement(("ok",), ("alert",), ("notReachable",)),
    "lnbReceiverState": Judgement(("up", "disabled"), ("pinging",), ("failed",)),
}


def judged(module: Module, name: str) -> Mapping[str, Verdict]:
    """The labels of a state with how good each is, in the order of their numbers.

    Raises:
        DeclarationError: a label that is judged does not exist.
    """
    judgement, labels = JUDGED[name], module.objects[name].column.syntax.labels
    for label in (*judgement.ok, *judgement.warning, *judgement.critical):
        if label not in labels:
            raise DeclarationError(f"packs: {name} has no label {label}")
    return {label: judgement.of(label) for label in sorted(labels, key=labels.__getitem__)}
