"""What a declaration is: columns, tables, scalars and groups, each said once.

A table's rows come from places in the device's document (`rows=("status.chassis0.slots[]",)`) or from a function of
the view; a column's value comes from paths relative to its row, in order of preference, or from a function of the row.
Everything else — MIB text, served cells, reference page, `explain`, the list of paths read — is printed from these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

from agent.errors import DeclarationError
from agent.mib.encoding import Oid
from agent.mib.syntax import TEXT, Reader, Syntax
from agent.model import reading

PREFIX: Final = "lnb"
"""What the names of our own objects begin with."""
LABEL_LIMIT: Final = 32
"""Characters a name of our own may have (RFC 2578 3.1 recommends it, some managers demand it)."""
STANDARD_LIMIT: Final = 64
"""Characters a name in any MIB may have (RFC 2578 3.1)."""


def _check_length(name: str) -> None:
    limit = LABEL_LIMIT if name.startswith(PREFIX) else STANDARD_LIMIT
    if len(name) > limit:
        raise DeclarationError(f"{name}: longer than {limit} characters")


class Access(Enum):
    """MAX-ACCESS of an object."""

    READ_ONLY = "read-only"
    READ_WRITE = "read-write"
    READ_CREATE = "read-create"
    NOT_ACCESSIBLE = "not-accessible"


@dataclass(frozen=True, slots=True)
class Form:
    """How an object's value is written to the device.

    Attributes:
        words: the device's words for labels that are not the label in lower case with hyphens.
        fits: whether a value that fits the syntax can be right; every one can unless given.
        allowed: what can be, for a person; "" when the syntax says it all.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    fits: Callable[[Any], bool] | None = None
    allowed: str = ""


PLAIN: Final = Form()


@dataclass(frozen=True, slots=True)
class Column:
    """One columnar object, or one scalar when it stands in `Scalars`.

    Attributes:
        arc: last sub-identifier; given once, then locked.
        paths: where the value stands, relative to the row, in order of preference.
        value: function of the row, for values that are not (only) a path; None means an absent cell.
        otherwise: function of the row, for where no path leads to a value; only where another MIB's readers need it.
        read: how the raw value is understood, when not as its syntax does.
        follows: the column whose overlay this one shares (a text beside a number is read from the same place).
        measured: goes when the device is down or the row's thing is missing; identity and status stay.
        live: read when asked for rather than when built (sysUpTime and the agent's own counters, nothing else).
        writes: it is written to the device, at the place it is read from unless an overlay says another, in this form.
    """

    arc: int
    name: str
    syntax: Syntax
    description: str
    paths: tuple[str, ...] = ()
    value: Callable[[Any], Any] | None = None
    read: Reader | None = None
    units: str = ""
    follows: str = ""
    measured: bool = False
    live: bool = False
    access: Access = Access.READ_ONLY
    otherwise: Callable[[Any], Any] | None = None
    writes: Form | None = None

    def __post_init__(self) -> None:
        if self.writes and (self.access is not Access.READ_WRITE or not self.paths):
            raise DeclarationError(f"{self.name}: what is written to the device is read-write and has paths")
        _check_length(self.name)
        if self.paths and self.value:
            raise DeclarationError(f"{self.name}: has both paths and a function")
        if not (self.paths or self.value or self.access is Access.NOT_ACCESSIBLE):
            raise DeclarationError(f"{self.name}: has neither paths nor a function")


@dataclass(frozen=True, slots=True)
class Index:
    """One object of an INDEX clause: its name, and the sub-identifiers it has in a row."""

    name: str
    parts: Callable[[Any], Iterable[int]]


class Feed(Enum):
    """What a table is built from, and so when it is built anew; leftovers of a document are built after the rest."""

    AGENT = "agent"
    STATUS = "status"
    DOCUMENT = "document"
    EXCHANGES = "exchanges"
    MESSAGES = "messages"
    TRANSACTIONS = "transactions"
    ALARMS = "alarms"
    LEFTOVERS = "leftovers"


@dataclass(frozen=True, slots=True)
class Table:
    """One conceptual table.

    Attributes:
        rows: paths that open one row per element; of alternatives the first that opens any row counts. "@name.rest"
            stands for the row paths of another table with the rest behind them.
        every: rows of all paths together rather than of the first.
        source: function of the view that yields rows, instead of paths.
        keep: name of the column that says present or missing; rows of vanished things then stay for the hold.
        when: a row counts only if this holds.
        row_name: name of the conceptual row, where another MIB has not named it after the table.
    """

    arc: int
    name: str
    description: str
    row: str
    index: tuple[Index, ...]
    columns: tuple[Column, ...]
    feed: Feed = Feed.DOCUMENT
    rows: tuple[str, ...] = ()
    every: bool = False
    source: Callable[[Any], Iterable[Any]] | None = None
    keep: bool = False
    when: Callable[[Any], bool] | None = None
    row_name: str = ""

    def __post_init__(self) -> None:
        if not (self.row_name or self.name.endswith("Table")):
            raise DeclarationError(f"{self.name}: a table's name ends in Table")
        if bool(self.rows) == bool(self.source):
            raise DeclarationError(f"{self.name}: rows come either from paths or from a function")
        _unique(self.name, self.columns)

    @property
    def entry(self) -> str:
        """Name of the conceptual row."""
        return self.row_name or self.name.removesuffix("Table") + "Entry"

    @property
    def served(self) -> tuple[Column, ...]:
        """The columns that can be read."""
        return tuple(column for column in self.columns if column.access is not Access.NOT_ACCESSIBLE)


@dataclass(frozen=True, slots=True)
class Scalars:
    """Scalar objects below one arc; arc 0 puts them directly below their group."""

    arc: int
    name: str
    columns: tuple[Column, ...]
    feed: Feed = Feed.AGENT

    def __post_init__(self) -> None:
        _unique(self.name, self.columns)


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification type, below `<root>.0` (RFC 2578 8.5).

    Attributes:
        arc: given once, then locked.
        objects: names of the columns whose instances it carries, in order.
        cause: why it is sent, for the reference page.
        remedy: what an operator can do about it, for the reference page.
    """

    arc: int
    name: str
    description: str
    objects: tuple[str, ...]
    cause: str = ""
    remedy: str = ""

    def __post_init__(self) -> None:
        _check_length(self.name)


@dataclass(frozen=True, slots=True)
class Group:
    """One group of the MIB: a node with scalars and tables below it.

    Attributes:
        arc: below the module's objects; standard groups have an `oid` of their own instead.
    """

    arc: int
    name: str
    description: str
    parts: tuple[Scalars | Table, ...]
    oid: Oid = ()

    def __post_init__(self) -> None:
        arcs = [part.arc for part in self.parts]
        if len(set(arcs)) != len(arcs):
            raise DeclarationError(f"{self.name}: an arc is given twice")


@dataclass(frozen=True, slots=True)
class Module:
    """A MIB module: a root, its groups and its notifications."""

    name: str
    root: Oid
    groups: tuple[Group, ...]
    notifications: tuple[Notification, ...] = ()
    parts: dict[str, tuple[Oid, Scalars | Table]] = field(init=False, compare=False)
    objects: dict[str, Located] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        parts: dict[str, tuple[Oid, Scalars | Table]] = {}
        objects: dict[str, Located] = {}
        for group in self.groups:
            group_oid = group.oid or (*self.root, 1, group.arc)
            for part in group.parts:
                base = (*group_oid, part.arc) if part.arc else group_oid
                parts[part.name] = (base, part)
                below = (*base, 1) if isinstance(part, Table) else base
                for column in part.columns:
                    if column.name in objects:
                        raise DeclarationError(f"{column.name}: declared twice")
                    objects[column.name] = Located((*below, column.arc), column, part, group)
        self._check_notifications(objects)
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "objects", objects)

    def _check_notifications(self, objects: dict[str, Located]) -> None:
        arcs, names = [one.arc for one in self.notifications], {one.name for one in self.notifications}
        if len(set(arcs)) != len(arcs) or len(names) != len(arcs) or names & objects.keys():
            raise DeclarationError(f"{self.name}: a notification's arc or name is given twice")
        for notification in self.notifications:
            for name in notification.objects:
                if name not in objects or objects[name].column.access is Access.NOT_ACCESSIBLE:
                    raise DeclarationError(f"{notification.name}: {name} is no readable object of the module")

    def notification_oid(self, notification: Notification) -> Oid:
        """Value of snmpTrapOID.0: below `<root>.0`, so that v1 and v2 notifications translate (RFC 2578 8.5)."""
        return (*self.root, 0, notification.arc)


@dataclass(frozen=True, slots=True)
class Located:
    """An object with its OID (without instance), its table or scalars, and its group."""

    oid: Oid
    column: Column
    part: Scalars | Table
    group: Group


def _unique(owner: str, columns: tuple[Column, ...]) -> None:
    arcs = [column.arc for column in columns]
    if len(set(arcs)) != len(arcs):
        raise DeclarationError(f"{owner}: an arc is given twice")


def described(
    arc: int, name: str, syntax: Syntax, what: str, *paths: str, measured: bool = False
) -> tuple[Column, ...]:
    """An enumeration and, in the next arc, the device's own word for it.

    A word outside the enumeration reads other(…) in the first and stays readable in the second.
    """
    return (
        Column(arc, name, syntax, f"{what} A word this MIB does not know reads other.", paths, measured=measured),
        Column(
            arc + 1,
            f"{name}Text",
            TEXT,
            f"The device's own word for {name}.",
            paths,
            read=reading.word,
            follows=name,
            measured=measured,
        ),
    )


def with_text(column: Column, read: Reader) -> tuple[Column, ...]:
    """A number and, in the next arc, the same value as text in the unit that suits its size ("dynamic units")."""
    beside = Column(
        column.arc + 1,
        f"{column.name}Text",
        TEXT,
        f"{column.name} as text, in the unit that suits its size.",
        column.paths,
        read=read,
        follows=column.name,
        measured=column.measured,
    )
    return (column, beside)


def setting(arc: int, name: str, syntax: Syntax, what: str, *paths: str, **further: Any) -> Column:
    """A value of a device's configuration that may be written; `form` says how, where that is not plain."""
    form = further.pop("form", PLAIN)
    if syntax.kind == "text":
        further.setdefault("read", reading.verbatim)
    return Column(arc, name, syntax, what, paths, access=Access.READ_WRITE, writes=form, **further)


def described_setting(
    arc: int, name: str, syntax: Syntax, what: str, *paths: str, form: Form = PLAIN
) -> tuple[Column, ...]:
    """As `described`, of a value of a device's configuration that may be written by its number."""
    shown, beside = described(arc, name, syntax, what, *paths)
    return replace(shown, access=Access.READ_WRITE, writes=form), beside
