"""What the branches of the vendor's MIB share: where they stand, their syntaxes, and rows of slots."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, TypeVar

from agent.mib.declaration import Column, Group, Scalars, Table
from agent.mib.encoding import Oid
from agent.mib.groups.common import SLOTS
from agent.mib.host.view import root_row
from agent.mib.module import northbound
from agent.mib.syntax import Reader, Syntax, closed, text
from agent.mib.view import Row, parsed
from agent.model import reading
from agent.model.document import Json, records
from agent.model.reading import ABSENT, Absent

T = TypeVar("T")

LANTIME: Final[Oid] = (1, 3, 6, 1, 4, 1, 5597, 30)
"""mbgLantimeNG."""
STATUS: Final[Oid] = (*LANTIME, 0)
CONFIGURATION: Final[Oid] = (*LANTIME, 1)
TRAPS: Final[Oid] = (*LANTIME, 3, 0)
NOT_AVAILABLE: Final = "n/a"
"""What the MIB has for a text that is not known."""


def _ascii(value: Any) -> bytes:
    return str(value).encode("ascii", "replace")[:255]


DISPLAY: Final = replace(text(), smi="DisplayString", encode=_ascii)


def words(**numbers: int) -> Syntax:
    """An enumeration of the MIB: a word that is none of its labels is no value, since readers know no others."""
    syntax = closed(**numbers)
    known = {word.lower(): word for word in numbers}

    def read(raw: Any) -> str | Absent:
        word = reading.label(raw)
        return word if isinstance(word, Absent) else known.get(word.lower(), ABSENT)

    return replace(syntax, read=read)


SWITCH: Final = words(off=0, on=1)
"""MeinbergSwitch."""


def switch(raw: Json) -> str | Absent:
    """A truth value as MeinbergSwitch."""
    value = reading.truth(raw)
    return value if isinstance(value, Absent) else "on" if value else "off"


def renamed(own: Syntax, **labels: str) -> Reader:
    """A reader of one of our enumerations into the labels of another; the words not named are no value there."""

    def read(raw: Any) -> str | Absent:
        word = own.read(raw)
        return word if isinstance(word, Absent) else labels.get(word, ABSENT)

    return read


def group(name: str, oid: Oid, *parts: Scalars | Table) -> Group:
    """A group at its own place."""
    return Group(0, name, "MBG-SNMP-LTNG-MIB.", parts, oid=oid)


def states(name: str, oid: Oid, *parts: Scalars | Table) -> Group:
    """A group of what measures or tells a state: all of it goes while the device is down."""
    return group(name, oid, *(replace(part, columns=tuple(map(_measured, part.columns))) for part in parts))


def _measured(column: Column) -> Column:
    return replace(column, measured=True)


def paths_of(*names: str) -> tuple[str, ...]:
    """Where columns of our own are read from."""
    return tuple(path for name in names for path in northbound().objects[name].column.paths)


def fixed(value: T) -> Callable[[Row], T | None]:
    """A value that the MIB has for what is not there, as soon as the device has been read."""
    return lambda row: value if row.view.root.get("status") else None


def of_device(row: Row, path: str) -> Json:
    """The raw value at a path from the root of the device's document."""
    return root_row(row.view).find(path)


def understood(reader: Reader, raw: Json) -> Any:
    """A raw value as a reader understands it, None where it says nothing or cannot be understood.

    For what decides on rows, and for cells that have to be there whatever the device writes.
    """
    try:
        value = reader(raw)
    except reading.Unreadable:
        return None
    return None if isinstance(value, Absent) else value


def ending(row: Row, pattern: str) -> int | None:
    """The number in the name of a row's slot or port, None where the name is not like that."""
    found = re.fullmatch(pattern, row.keys[0])
    return int(found[1]) if found else None


def slots(row: Row) -> list[Row]:
    """Every slot of the device's chassis, as rows."""
    return [Row(row.view, record) for record in records(row.view.root, parsed(SLOTS))]


def events(row: Row) -> list[Row]:
    """Every notification event of the device, as rows."""
    return [Row(row.view, record) for record in records(row.view.root, parsed("status.notification.events[]"))]
