"""The vendor's objects and notifications for the documentation, printed from the declarations.

`python -m agent.mib.host.vendor.reference docs/vendor.md` prints them anew between the marks in that page.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from agent.mib.declaration import Column, Group
from agent.mib.host.vendor import GROUPS
from agent.mib.host.vendor.common import LANTIME
from agent.mib.host.vendor.notifications import EVENTS, NUMBERS, STAND_INS, Told

_COMMAND: Final = "printed by `python -m agent.mib.host.vendor.reference docs/vendor.md`"


def _marks(what: str) -> tuple[str, str]:
    return f"<!-- {what}, {_COMMAND} -->", f"<!-- end of {what} -->"


def print_objects() -> str:
    """All objects served as Markdown; OIDs are what stands behind the vendor's arc."""
    lines = ["| object | behind B | what it is | where it is read |", "|---|---|---|---|"]
    lines += [line for group in GROUPS for line in _of_group(group)]
    return "\n".join(lines)


def _of_group(group: Group) -> Iterator[str]:
    for part in group.parts:
        base = (*group.oid, part.arc) if part.arc else group.oid
        below = (*base, 1) if hasattr(part, "index") else base
        for column in part.columns:
            oid = ".".join(map(str, (*below, column.arc)[len(LANTIME) :]))
            units = f" ({column.units})" if column.units else ""
            yield f"| {column.name} | .{oid} | {column.description}{units} | {_source(column)} |"


def _source(column: Column) -> str:
    if column.follows:
        return f"as {column.follows}"
    return "<br>".join(f"`{path}`" for path in column.paths) or "computed"


def print_notifications() -> str:
    """All notifications sent as Markdown: by what they are begun and ended."""
    lines = ["| what | begins | ends |", "|---|---|---|"]
    lines += [_told(f"event {key}{' (name inferred)' if one.inferred else ''}", one) for key, one in EVENTS.items()]
    for one in STAND_INS:
        where = "" if one.resource in ("*", "?*") else f" of {one.resource}"
        value = "" if one.value == "*" else f", {one.value}"
        instead = f" (unless the device lists {' or '.join(one.covered)})" if one.covered else ""
        lines.append(_told(f"alarm {one.alarm_type}{where}{value}{instead}", one.told))
    return "\n".join([*lines, _told("heartbeat", Told("Heartbeat")), _told("test", Told("TestNotification"))])


def _told(what: str, told: Told) -> str:
    instead = f", or {_named(told.instead)} while {told.unless} is triggered" if told.instead else ""
    return f"| {what} | {_named(told.begins)} | {_named(told.ends) + instead if told.ends else ''} |"


def _named(name: str) -> str:
    return f"{name} ({NUMBERS[name]})"


PARTS: Final[Mapping[str, Callable[[], str]]] = {"objects": print_objects, "notifications": print_notifications}


def printed(page: str) -> str:
    """A page with everything between its marks.

    Raises:
        ValueError: marks are missing.
    """
    for what, make in PARTS.items():
        begin, end = _marks(what)
        before, found, rest = page.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"no {begin!r} and {end!r}")
        page = f"{before}{begin}\n\n{make()}\n\n{end}{after}"
    return page


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(printed(path.read_text(encoding="utf-8")), encoding="utf-8")
