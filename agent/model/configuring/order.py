"""In which order a transaction is applied, and so in which it is taken back.

Devices by name. On a device by kind: what keeps time first (cards, NTP), then services, notifications and the system,
and the network last, since a wrong address cuts the device off from what would still have to be written. Values of one
configuration object stand together: they are one POST.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from agent.model.configuring.change import Target
from agent.model.configuring.transaction import Edit

_KINDS: Final = ("chassis", "ntp", "services", "notification", "system")
_NETWORK: Final = frozenset({"network", "interfaces", "ports", "ip", "ipv4", "ipv6"})
_LAST: Final = len(_KINDS) + 1

Place = tuple[str, int, str, int]


def in_order(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Edits with a target, as they are applied."""
    return tuple(sorted((edit for edit in edits if edit.target is not None), key=_place))


def batches(edits: Iterable[Edit]) -> list[tuple[Edit, ...]]:
    """The same, split into what is written at once: values of one configuration object of one device."""
    return [tuple(group) for _, group in groupby(in_order(edits), key=lambda edit: _place(edit)[:3])]


def kind_of(target: Target) -> int:
    """Place of a target's kind; the network is the last."""
    parts = target.owner.split("/")
    if parts and parts[0] == "configuration":
        parts = parts[1:]
    first = parts[0] if parts else ""
    if first == "network" or (first.startswith("chassis") and _NETWORK.intersection(parts)):
        return _LAST
    return next((place for place, kind in enumerate(_KINDS) if first.startswith(kind)), len(_KINDS))


def _place(edit: Edit) -> Place:
    target = edit.target
    assert target is not None  # noqa: S101 - `in_order` takes none without
    return target.device, kind_of(target), target.owner, edit.index
