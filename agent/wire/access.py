"""Who may see and set what (RFC 3415 3): model, name, level and context in, a view or a refusal out. Fails closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

from agent.wire.view import EVERYTHING, View, intersection, make_view

Network = IPv4Network | IPv6Network


class Model(IntEnum):
    """Security models (RFC 3411 5)."""

    ANY = 0
    V1 = 1
    V2C = 2
    USM = 3


class Level(IntEnum):
    """Security levels (RFC 3411 5), in rising order."""

    NO_AUTH_NO_PRIV = 1
    AUTH_NO_PRIV = 2
    AUTH_PRIV = 3


class Match(IntEnum):
    """How a row's context is compared (vacmAccessContextMatch)."""

    EXACT = 1
    PREFIX = 2


class Refusal(Enum):
    """Why there is no view (RFC 3415 3.2)."""

    NO_GROUP = "noGroupName"
    NO_ACCESS_ENTRY = "noAccessEntry"
    NO_CONTEXT = "noSuchContext"
    NO_VIEW = "noSuchView"


@dataclass(frozen=True, slots=True)
class AccessRow:
    """What a group may do, asked by such a model, from this level up, in such contexts: names of views."""

    level: Level
    read: str = ""
    write: str = ""
    notify: str = ""
    model: Model = Model.ANY
    context: str = ""
    match: Match = Match.EXACT

    def admits(self, model: int, level: int, context: str) -> bool:
        """Whether the row is a candidate (RFC 3415 3.2 step 4)."""
        if self.model not in (Model.ANY, model) or self.level > level:
            return False
        return context.startswith(self.context) if self.match is Match.PREFIX else context == self.context


REMEMBERED: Final = 1024
"""Answers that are kept, at most."""

_WITHOUT_COMMUNITIES = make_view([(0,), (1,), (2,)], [(1, 3, 6, 1, 6, 3, 18)])
_WITHOUT_SYSTEM = make_view([(0,), (1,), (2,)], [(1, 3, 6, 1, 2, 1, 1)])

Asked = tuple[int, str, int, str, str]


@dataclass(frozen=True, slots=True)
class Access:
    """The whole access policy; what is not granted is refused.

    Attributes:
        groups: the group of a security name of one model.
        rows: the rows of each group.
        views: the views that rows name.
        contexts: what each context shows; a granted view is cut to it.
        insecure_writes: what may be written at less than authPriv; a view for writing is cut to it then.
    """

    groups: Mapping[tuple[int, str], str]
    rows: Mapping[str, tuple[AccessRow, ...]] = field(default_factory=dict)
    views: Mapping[str, View] = field(default_factory=dict)
    contexts: Mapping[str, View] = field(default_factory=lambda: {"": EVERYTHING})
    insecure_writes: View = EVERYTHING
    _known: dict[Asked, View] = field(default_factory=dict, init=False, repr=False, compare=False)

    def read_view(self, model: int, name: str, level: int, context: str) -> View | Refusal:
        """The view for reading, or why there is none."""
        return self._view((model, name, level, context, "read"))

    def write_view(self, model: int, name: str, level: int, context: str) -> View | Refusal:
        """The view for writing, or why there is none."""
        return self._view((model, name, level, context, "write"))

    def notify_view(self, model: int, name: str, level: int, context: str) -> View | Refusal:
        """The view of what notifications may tell, or why there is none.

        It is not cut to what the context shows: what is told of a device also has objects of the agent, like a number.
        """
        return self._view((model, name, level, context, "notify"))

    def _view(self, asked: Asked) -> View | Refusal:
        known = self._known.get(asked)
        if known is not None:
            return known
        model, name, level, context, kind = asked
        row = self._row(model, name, level, context)
        if isinstance(row, Refusal):
            return row
        granted = self.views.get(getattr(row, kind))
        if granted is None:
            return Refusal.NO_VIEW
        view = granted if kind == "notify" else intersection(granted, self.contexts[context])
        if kind == "write" and context:  # a host's name is the device's to say; the agent's is set in its own context
            view = intersection(view, _WITHOUT_SYSTEM)
        if level < Level.AUTH_PRIV:  # a community is a password: SNMP-COMMUNITY-MIB is not for open channels
            view = intersection(view, _WITHOUT_COMMUNITIES)
            if kind == "write":  # what is written to a device is not for open channels either
                view = intersection(view, self.insecure_writes)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[asked] = view
        return view

    def _row(self, model: int, name: str, level: int, context: str) -> AccessRow | Refusal:
        """The row that counts, by the steps of RFC 3415 3.2."""
        if context not in self.contexts:  # step 1
            return Refusal.NO_CONTEXT
        group = self.groups.get((model, name))  # step 2
        if group is None:
            return Refusal.NO_GROUP
        rows = [row for row in self.rows.get(group, ()) if row.admits(model, level, context)]
        return foremost(rows) if rows else Refusal.NO_ACCESS_ENTRY  # steps 3 and 4


def foremost(rows: Iterable[AccessRow]) -> AccessRow:
    """Of several rows that match the one that counts (RFC 3415 4, vacmAccessTable).

    The model's own rather than any; then the longest context, which one that is the same always is; then the highest
    level.
    """
    return max(rows, key=lambda row: (row.model is not Model.ANY, len(row.context), row.level))


def within(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether an IP address, with or without a zone, lies in one of the networks; without networks every one does."""
    if not networks:
        return True
    here = ip_address(address.partition("%")[0])
    return any(here in network for network in networks)
