"""Attributes: every leaf of a device's documents that no typed column serves, so that nothing it says is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from agent.mib.declaration import Access, Column, Feed, Group, Index, Table
from agent.mib.groups.common import DEVICE
from agent.mib.syntax import INDEX, INTEGER32, enumeration, text
from agent.mib.view import DeviceView
from agent.model.document import Json, leaves
from agent.model.reading import written

TYPE = enumeration("string", "integer", "real", "truth", "null", "empty")
PATH_LIMIT = 1024


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """One leaf."""

    device_index: int
    index: int
    path: str
    value: Json


def _rows(view: DeviceView) -> Iterator[AttributeRow]:
    for count, leaf in enumerate(leaves(view.root, without=view.notes.served.keys)):
        if count >= view.attribute_limit:
            view.notes.mismatch(
                "lnbAttributeTable", leaf.path, leaf.value, f"more than {view.attribute_limit} attributes"
            )
            return
        index = view.identities.index("attribute", leaf.path)
        yield AttributeRow(view.index, index, leaf.path, leaf.value)


def _type(row: AttributeRow) -> str:
    value = row.value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, (list, dict)):
        return "empty"
    return "string" if isinstance(value, str) else "integer" if isinstance(value, int) else "real"


def _integer(row: AttributeRow) -> int | None:
    """The value as an integer, where it is one that fits; truth is 1 and 0."""
    value: Any = row.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and -(2**31) <= value < 2**31:
        return int(value)
    return None


def _index(row: AttributeRow) -> Iterable[int]:
    return (row.index,)


ATTRIBUTES = Table(
    1,
    "lnbAttributeTable",
    "Every leaf of a device's status, and of its cards' configuration, that no typed column of this MIB serves: "
    "members this MIB does not know, values it cannot read, and words that say nothing (never, N/A).",
    "One leaf.",
    (DEVICE, Index("lnbAttributeIndex", _index)),
    (
        Column(1, "lnbAttributeIndex", INDEX, "Number of the leaf, given when its path is first seen, kept for ever.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbAttributePath", text(PATH_LIMIT),
               "Path of the leaf. Below /status and /configuration it is the path of the REST API without /api.",
               value=lambda row: row.path),
        Column(3, "lnbAttributeType", TYPE,
               "JSON type of the value; empty stands for an empty list or object.", value=_type),
        Column(4, "lnbAttributeInteger", INTEGER32,
               "The value, where it is a whole number within 32 bits, or truth (1 and 0).", value=_integer),
        Column(5, "lnbAttributeText", text(PATH_LIMIT), "The value as text; for null and empty the empty string.",
               value=lambda row: "" if _type(row) in ("null", "empty") else written(row.value)),
    ),
    feed=Feed.LEFTOVERS,
    source=_rows,
)  # fmt: skip

GROUP = Group(6, "lnbAttributes", "Leaves that no typed column serves.", (ATTRIBUTES,))
