"""View-based access control (RFC 3415 4): contexts, groups, rows and views as the configuration has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from agent.config import AccessSettings
from agent.config.view import Subtree
from agent.mib.declaration import Column, Feed, Group, Index, Scalars, Table
from agent.mib.encoding import Oid
from agent.mib.standard.rows import hidden, number_index, oid_index, storage, text_index
from agent.mib.standard.view import SelfView
from agent.mib.syntax import INTEGER32, OBJECT_IDENTIFIER, TEXT, closed, integer32, octets

MODELS: Final = {"any": 0, "v1": 1, "v2c": 2, "usm": 3}
LEVELS: Final = {"noAuthNoPriv": 1, "authNoPriv": 2, "authPriv": 3}


@dataclass(frozen=True, slots=True)
class RowOfGroup:
    """A row of a group (vacmAccessTable)."""

    group: str
    settings: AccessSettings


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """A family of a view (vacmViewTreeFamilyTable)."""

    view: str
    subtree: Subtree
    included: bool

    @property
    def oid(self) -> Oid:
        """The subtree."""
        return tuple(map(int, self.subtree.oid.split(".")))


def _rows(view: SelfView) -> Iterator[RowOfGroup]:
    return (RowOfGroup(name, row) for name, rows in view.settings.all_groups.items() for row in rows)


def _families(view: SelfView) -> Iterator[FamilyRow]:
    for name, one in view.settings.all_views.items():
        yield from (FamilyRow(name, subtree, included=True) for subtree in one.include)
        yield from (FamilyRow(name, subtree, included=False) for subtree in one.exclude)


CONTEXTS = Table(
    1,
    "vacmContextTable",
    "Contexts: the default one, and one for each device.",
    "One context.",
    (text_index("vacmContextName", lambda name: name),),
    (Column(1, "vacmContextName", TEXT, "Name of the context.", value=lambda name: name),),
    feed=Feed.AGENT,
    source=lambda view: view.contexts,
)
MEMBERS = Table(
    2,
    "vacmSecurityToGroupTable",
    "Which group a security name belongs to.",
    "One security name of one model.",
    (
        number_index("vacmSecurityModel", lambda row: MODELS[row.model]),
        text_index("vacmSecurityName", lambda row: row.name),
    ),
    (
        hidden(1, "vacmSecurityModel", INTEGER32, "The security model."),
        hidden(2, "vacmSecurityName", TEXT, "Name of a user, or a community's that is no secret."),
        Column(3, "vacmGroupName", TEXT, "Its group.", value=lambda row: row.group),
        *storage(4, "vacmSecurityToGroup"),
    ),
    feed=Feed.AGENT,
    source=lambda view: view.settings.members,
)
ACCESS = Table(
    4,
    "vacmAccessTable",
    "What groups may read, set and be told.",
    "One row of a group.",
    (
        text_index("vacmGroupName", lambda row: row.group),
        text_index("vacmAccessContextPrefix", lambda row: row.settings.context),
        number_index("vacmAccessSecurityModel", lambda row: MODELS[row.settings.model]),
        number_index("vacmAccessSecurityLevel", lambda row: LEVELS[row.settings.level]),
    ),
    (
        hidden(1, "vacmAccessContextPrefix", TEXT, "Context, or the beginning of its name."),
        hidden(2, "vacmAccessSecurityModel", INTEGER32, "The security model, 0 for any."),
        hidden(3, "vacmAccessSecurityLevel", INTEGER32, "The lowest level."),
        Column(4, "vacmAccessContextMatch", closed(exact=1, prefix=2), "How the context is compared.",
               value=lambda row: row.settings.match),
        Column(5, "vacmAccessReadViewName", TEXT, "View for reading.", value=lambda row: row.settings.read),
        Column(6, "vacmAccessWriteViewName", TEXT, "View for writing.", value=lambda row: row.settings.write),
        Column(7, "vacmAccessNotifyViewName", TEXT, "View of notifications.", value=lambda row: row.settings.notify),
        *storage(8, "vacmAccess"),
    ),
    feed=Feed.AGENT,
    source=_rows,
)  # fmt: skip
LOCK = Scalars(
    0,
    "vacmMIBViews",
    (
        Column(1, "vacmViewSpinLock", integer32(0, 2**31 - 1), "Advisory lock of changes, of which there are none.",
               value=lambda self: 0),
    ),
)  # fmt: skip
FAMILIES = Table(
    2,
    "vacmViewTreeFamilyTable",
    "Families of subtrees that make up the views.",
    "One family.",
    (
        text_index("vacmViewTreeFamilyViewName", lambda row: row.view),
        Index("vacmViewTreeFamilySubtree", lambda row: oid_index(row.oid)),
    ),
    (
        hidden(1, "vacmViewTreeFamilyViewName", TEXT, "The view."),
        hidden(2, "vacmViewTreeFamilySubtree", OBJECT_IDENTIFIER, "The subtree."),
        Column(3, "vacmViewTreeFamilyMask", octets(16), "Which sub-identifiers count; empty for all.",
               value=lambda row: row.subtree.mask_octets),
        Column(4, "vacmViewTreeFamilyType", closed(included=1, excluded=2), "Whether it is in view.",
               value=lambda row: "included" if row.included else "excluded"),
        *storage(5, "vacmViewTreeFamily"),
    ),
    feed=Feed.AGENT,
    source=_families,
)  # fmt: skip

GROUPS = (
    Group(7, "vacmMIBObjects", "RFC 3415.", (CONTEXTS, MEMBERS, ACCESS), oid=(1, 3, 6, 1, 6, 3, 16, 1)),
    Group(8, "vacmMIBViews", "RFC 3415.", (LOCK, FAMILIES), oid=(1, 3, 6, 1, 6, 3, 16, 1, 5)),
)
