"""A plan: the declarations with their paths parsed and any overlay applied, ready to be run over documents."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from agent.errors import ConfigError, OperatorError
from agent.mib.cell import Content, content_of
from agent.mib.declaration import Column, Feed, Module, Scalars, Table
from agent.mib.encoding import Oid
from agent.mib.view import Finder, finder, parsed
from agent.model.document import Each, KeyOf, Member, Opening, Path, Up, opening

WHOLE: Final = ""
"""Stands among the names of members for all of a node; no path has a member of that name."""


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """A column with its finders, one per path.

    Attributes:
        content: how a raw value becomes content octets.
        looks_up: whether a path leads out of the row's own node.
        heads: the members of the row's node that its cells are made of; WHOLE among them where it may be any.
        writes: where it is written, when an overlay says another place than where it is read.
    """

    oid: Oid
    column: Column
    paths: tuple[Path, ...]
    finders: tuple[Finder, ...]
    content: Content
    looks_up: bool
    heads: frozenset[str]
    writes: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A table, or scalars, with row paths and column plans."""

    part: Table | Scalars
    rows: tuple[Path, ...]
    openings: tuple[Opening | None, ...]
    columns: tuple[ColumnPlan, ...]
    heads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All tables and scalars, by what they are built from."""

    module: Module
    parts: Mapping[Feed, tuple[TablePlan, ...]]

    def paths(self) -> dict[str, tuple[str, ...]]:
        """Object or table name and the paths it is read from."""
        plans = [plan for plans in self.parts.values() for plan in plans]
        rows = {plan.part.name: tuple(path.text for path in plan.rows) for plan in plans if plan.rows}
        cells = {
            column.column.name: tuple(path.text for path in column.paths)
            for plan in plans
            for column in plan.columns
            if column.paths
        }
        return {**rows, **cells}

    def writes(self) -> dict[str, tuple[str, ...]]:
        """Name of each object that is written to a device and the paths it is written to."""
        return {
            column.column.name: tuple(path.text for path in column.writes or column.paths)
            for plans in self.parts.values()
            for plan in plans
            for column in plan.columns
            if column.column.writes is not None
        }

    def column(self, name: str) -> tuple[TablePlan, ColumnPlan] | None:
        """The table and the column of an object that is read from the device's document."""
        for plan in self.parts[Feed.DOCUMENT]:
            for column in plan.columns:
                if column.column.name == name:
                    return plan, column
        return None


def make_plan(
    module: Module,
    overrides: Mapping[str, tuple[str, ...]] | None = None,
    base: Module | None = None,
    writes: Mapping[str, tuple[str, ...]] | None = None,
) -> Plan:
    """The plan of a module.

    Args:
        module: the declarations.
        overrides: object or table name to the paths that replace the declared ones.
        base: another module, whose tables' rows those of this one may be opened from ("@name").
        writes: object name to the paths it is written to, where these are not the paths it is read from.
    """
    overrides, writes = overrides or {}, writes or {}
    tables = {**(base.parts if base else {}), **module.parts}
    parts: dict[Feed, list[TablePlan]] = {feed: [] for feed in Feed}
    for arc, part in module.parts.values():
        rows: tuple[str, ...] = ()
        below = arc
        if isinstance(part, Table):
            rows = row_paths(tables, part, overrides)
            below = (*arc, 1)
        columns = tuple(
            _column_plan((*below, column.arc), column, _paths(column, overrides), writes.get(column.name, ()))
            for column in (part.served if isinstance(part, Table) else part.columns)
        )
        paths = tuple(parsed(path) for path in rows)
        openings = tuple(opening(path.steps) for path in paths)
        heads = tuple(sorted({head for column in columns for head in column.heads} - {WHOLE}))
        parts[part.feed].append(TablePlan(part, paths, openings, columns, heads))
    return Plan(module, {feed: tuple(plans) for feed, plans in parts.items()})


Parts = Mapping[str, tuple[Oid, Scalars | Table]]


def row_paths(parts: Parts, table: Table, overrides: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The row paths of a table; "@name.rest" stands for each row path of another table, and the rest behind it."""
    paths: list[str] = []
    for text in overrides.get(table.name, table.rows):
        name, _, rest = text.removeprefix("@").partition(".")
        _, base = parts.get(name, (None, None))
        if not text.startswith("@") or not isinstance(base, Table):
            paths.append(text)
            continue
        behind = f".{rest}" if rest else ""
        paths += [f"{path}{behind}" for path in row_paths(parts, base, overrides)]
    return tuple(paths)


def _paths(column: Column, overrides: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return overrides.get(column.name) or overrides.get(column.follows) or column.paths


def _column_plan(oid: Oid, column: Column, texts: tuple[str, ...], writes: tuple[str, ...]) -> ColumnPlan:
    paths = tuple(parsed(text) for text in texts)
    looks_up = any(isinstance(step, Up) for path in paths for step in path.steps)
    heads = frozenset(_head(path) for path in paths)
    if not paths or column.otherwise is not None:
        heads = heads | {WHOLE}
    finders = tuple(finder(text) for text in texts)
    return ColumnPlan(
        oid, column, paths, finders, content_of(column), looks_up, heads, tuple(parsed(text) for text in writes)
    )


def _head(path: Path) -> str:
    first = path.steps[0] if path.steps else None
    return first.name if isinstance(first, Member) else WHOLE


def check_overrides(module: Module, overrides: Mapping[str, tuple[str, ...]], place: str) -> None:
    """Check that an overlay names objects there are, with paths that can be read.

    Raises:
        ConfigError: naming the object, and what is allowed.
    """
    tables = {name: part for name, (_, part) in module.parts.items() if isinstance(part, Table) and part.rows}
    cells = {name: located for name, located in module.objects.items() if located.column.paths}
    for name, paths in overrides.items():
        where = f"{place}: paths.{name}"
        if name not in tables and name not in cells:
            raise ConfigError(where, _unknown(name, [*tables, *cells]))
        if not paths:
            raise ConfigError(where, "at least one path")
        for text in paths:
            try:
                path = parsed(text)
            except OperatorError as problem:
                raise ConfigError(where, str(problem)) from None
            _check_levels(where, path, module, tables.get(name))


def check_writes(module: Module, writes: Mapping[str, tuple[str, ...]], place: str) -> None:
    """Check that an overlay names objects that are written to devices, with paths that lead to one place each.

    Raises:
        ConfigError: naming the object, and what is allowed.
    """
    known = [name for name, located in module.objects.items() if located.column.writes is not None]
    for name, paths in writes.items():
        where = f"{place}: writes.{name}"
        if name not in known:
            raise ConfigError(where, _unknown(name, known, "written to the device"))
        if not paths:
            raise ConfigError(where, "at least one path")
        for text in paths:
            try:
                path = parsed(text)
            except OperatorError as problem:
                raise ConfigError(where, str(problem)) from None
            if not path.steps or isinstance(path.steps[-1], (Up, Each)):
                raise ConfigError(where, f"{text!r} does not end in the member that is written")
            _check_levels(where, path, module, None)


def _check_levels(where: str, path: Path, module: Module, table: Table | None) -> None:
    if table is None:
        if any(isinstance(step, Each) for step in path.steps):
            raise ConfigError(where, f"{path.text!r}: '[]' opens rows and belongs into a table's path, not a column's")
        return
    if any(isinstance(step, (Up, KeyOf)) for step in path.steps):
        raise ConfigError(where, f"{path.text!r}: '^' and '$n' belong into a column's path, not a table's")
    levels = {parsed(text).levels for text in row_paths(module.parts, table, {})}
    if path.levels not in levels:
        wanted = " or ".join(str(level) for level in sorted(levels))
        raise ConfigError(where, f"{path.text!r} has {path.levels} '[]'; the index of this table needs {wanted}")


def _unknown(name: str, known: list[str], what: str = "read from the device") -> str:
    close = difflib.get_close_matches(name, known, n=3)
    hint = f"; did you mean {', '.join(close)}?" if close else "; `lantime-agent explain` lists them"
    return f"no object of that name is {what}{hint}"
