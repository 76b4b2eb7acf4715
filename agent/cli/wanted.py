"""What is wanted of devices, met with the cells they have: an edit for each cell."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from agent.errors import UsageError

CONFIGURATION = "configuration/"


def edits_for(device: str, wanted: Mapping[str, Any], cells: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One edit for each cell that something is wanted of, in the order of the cells.

    Args:
        device: its name, for what is said.
        wanted: value by place: object name for all its rows, with a row's index for one, or path.
        cells: `cell` (object name with its whole index) and `path` of what the device has.

    Raises:
        UsageError: a place names nothing that the device has and that may be written.
    """
    values: dict[str, Any] = {}
    for place in sorted(wanted, key=_weight):
        values.update(dict.fromkeys(cells_at(device, place, cells), wanted[place]))
    return [{"target": one["cell"], "value": values[one["cell"]]} for one in cells if one["cell"] in values]


def cells_at(device: str, place: str, cells: Sequence[Mapping[str, Any]]) -> list[str]:
    """The cells at a place.

    Raises:
        UsageError: there are none; the text says what may have been meant.
    """
    there = matching(place, cells)
    if not there:
        raise UsageError(f"{device}: {place}: {_unknown(place, cells)}")
    return there


def matching(place: str, cells: Sequence[Mapping[str, Any]]) -> list[str]:
    """The cells at a place; empty for none."""
    if "/" in place:
        path = place if place.startswith(CONFIGURATION) else f"{CONFIGURATION}{place.strip('/')}"
        return [one["cell"] for one in cells if one["path"] == path]
    name, _, index = place.partition(".")
    names = []
    for one in cells:
        own_name, _, whole = one["cell"].partition(".")
        _, _, below_device = whole.partition(".")
        if own_name == name and index in ("", whole, below_device):
            names.append(one["cell"])
    return names


def _weight(place: str) -> int:
    """A name alone says less than a row or a path."""
    return 1 if "/" in place or "." in place else 0


def _unknown(place: str, cells: Sequence[Mapping[str, Any]]) -> str:
    known = [one["path"].removeprefix(CONFIGURATION) for one in cells] if "/" in place else _names(cells)
    close = difflib.get_close_matches(place.partition(".")[0] if "/" not in place else place, known, n=3)
    hint = f"; did you mean {', '.join(close)}?" if close else "; `lantime-agent config get` lists what there is"
    return f"the device has no such value that may be written{hint}"


def _names(cells: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted({one["cell"].partition(".")[0] for one in cells})
