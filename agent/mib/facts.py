"""Facts from cells: what alarm rules look at, taken from what is served, so that overlays count for alarms, too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from agent.mib import encoding
from agent.mib.build import Cells
from agent.mib.declaration import Module
from agent.mib.encoding import unpacked
from agent.mib.syntax import Syntax
from agent.model.alarm.catalogue import WATCHED_COLUMNS
from agent.model.alarm.facts import Facts, Key


def facts_of(module: Module, cells: Iterable[Cells], names: Iterable[str] = WATCHED_COLUMNS) -> Facts:
    """The cells of the named objects, typed; all others are passed over.

    Args:
        module: where the objects are declared.
        cells: built cells, those of other objects among them.
        names: the objects wanted.
    """
    wanted = {module.objects[name].oid: name for name in names}
    columns: dict[str, Mapping[Key, Any]] = {}
    indexes: dict[int, list[Key]] = {}
    for column in cells:
        name = wanted.get(column.oid)
        if name is None:
            continue
        if id(column.keys) not in indexes:  # columns of one table mostly share their keys
            indexes[id(column.keys)] = [unpacked(key) for key in column.keys]
        typed = _reader(module.objects[name].column.syntax)
        columns[name] = dict(zip(indexes[id(column.keys)], map(typed, column.contents), strict=True))
    return Facts(columns)


_Reader = Callable[[bytes], Any]
_READERS: dict[int, tuple[Syntax, _Reader]] = {}
"""By the syntax' id, which the entry keeps from being another's; syntaxes are declared once."""


def _reader(syntax: Syntax) -> _Reader:
    if id(syntax) not in _READERS:
        _READERS[id(syntax)] = syntax, _new_reader(syntax)
    return _READERS[id(syntax)][1]


def _new_reader(syntax: Syntax) -> _Reader:
    """Content octets to text, label, truth or number; times and other octets stay as they are."""
    if syntax.smi == "TruthValue":
        return lambda content: content == b"\x01"
    if syntax.labels:
        words = {syntax.encode(word): word for word in syntax.labels}
        return words.get
    if syntax.kind == "text":
        return lambda content: content.decode("utf-8", "replace")
    if syntax.tag == encoding.OCTET_STRING:
        return lambda content: content
    return lambda content: int.from_bytes(content, "big", signed=True)
