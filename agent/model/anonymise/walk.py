"""One way through a document, for whoever visits its leaves and its members' names.

The walk knows what the structure says: that lists have the name of their member, that some members are called by
users or secrets, that an element may be called by its own alias, and that two or three numbers may be a position.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from agent.model.anonymise.positions import AXES, axis_of
from agent.model.anonymise.roles import USER_LISTS, Role, is_secret, role_of
from agent.model.anonymise.words import Names, words_of
from agent.model.document import Json

_GENERIC_NAMES: Final = frozenset({"value", "text", "number", "raw"})
"""Names that mean what the name above them means (a leaf asked for by its own path answers so)."""

_NAMING: Final = frozenset({Role.SERIAL, Role.HOST, Role.TEXT, Role.USER})
"""What else an element may be called by."""


class Visitor(Protocol):
    """Gets what a document is made of and returns what is to stand there."""

    def name(self, text: str) -> str:
        """A member's name."""
        ...

    def owner(self, text: str, role: Role) -> str:
        """A member's name where the names are those of users or secrets."""
        ...

    def leaf(self, names: Names, value: Json) -> Json:
        """A leaf."""
        ...


def walk(node: Json, names: Names, visitor: Visitor) -> Json:
    """A document, or a part of one below these names, as its visitor leaves it."""
    if isinstance(node, Mapping):
        return _walk_members(node, names, visitor)
    if isinstance(node, list):
        axes = _list_axes(node, names)
        if axes:
            return [visitor.leaf((*names, axis), value) for axis, value in zip(axes, node, strict=True)]
        return [walk(element, names, visitor) for element in node]
    return visitor.leaf(_telling(names), node)


def _walk_members(node: Mapping[str, Json], names: Names, visitor: Visitor) -> dict[str, Json]:
    walked: dict[str, Json] = {}
    owners = _owners(node, names)
    for name, member in node.items():
        shown = visitor.name(name) if owners is None else visitor.owner(name, owners)
        while shown in walked:  # a leaf must not get lost, whatever the names
            shown += "'"
        called = name
        if name == "object-id":
            # An element may be called by its own alias or host name.
            same = (
                other for other, value in node.items() if other != name and isinstance(value, str) and value == member
            )
            called = next((other for other in same if role_of((*names, other)) in _NAMING), name)
        walked[shown] = walk(member, (*names, called), visitor)
    return walked


def _telling(names: Names) -> Names:
    """The names without a last one that tells nothing."""
    return _telling(names[:-1]) if len(names) > 1 and names[-1].lower() in _GENERIC_NAMES else names


def _owners(node: Mapping[str, Json], names: Names) -> Role | None:
    """What the members' names are, where every member is one user or one secret ({"communities": {"xyz": {…}}})."""
    if not node or not all(isinstance(member, Mapping) for member in node.values()):
        return None
    last = words_of(names[-1])[-1]
    if last in USER_LISTS:
        return Role.USER
    return Role.SECRET if last.endswith("s") and is_secret(names) else None


def _list_axes(node: list[Json], names: Names) -> tuple[str, ...]:
    """The axes of a position written as a list of two or three numbers."""
    if axis_of(names) != "text" or len(node) not in (2, 3):
        return ()
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in node):
        return ()
    far = any(abs(value) > 1000 for value in node[:2])
    return ("position-x", "position-y", "position-z")[: len(node)] if far else tuple(AXES)[: len(node)]
