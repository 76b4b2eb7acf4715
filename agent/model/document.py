"""Reading a LANTIME's JSON: the merged document, paths into it, and its leaves.

All documents of one device are kept as one tree:

    {"system-information": …, "changes": …, "links": …,      from the envelope
     "status": …,                                            below /api/status
     "configuration": …}                                     below /api/configuration

A path names places in that tree. Its steps are separated by dots:

    uptime                      a member
    slots[]                     every element of a list, or every member of an object: one row each
    ntp[object-id=sys]          the element whose member has that value
    mrs[0]                      the element at that position
    $2                          the member named by the row's third key (the first is $0)
    ^                           the enclosing element (from a PTP instance to its slot)
    .                           the row's own node

List elements are known by their `object-id`, then `slot-id`, then position, so that a path
reads like the device's own URLs.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from agent.errors import OperatorError

Json = Any
"""A JSON value as the standard library reads it."""


class Missing:
    """The place is not in the document (JSON null is a value, not a missing one)."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True)
class Member:
    """Go to a member of an object, or to the list element of that name."""

    name: str


@dataclass(frozen=True, slots=True)
class Each:
    """Every element of a list or member of an object."""


@dataclass(frozen=True, slots=True)
class Match:
    """The element whose member `name` reads `value`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Position:
    """The element at a position."""

    number: int


@dataclass(frozen=True, slots=True)
class Up:
    """One row level up; only at the start of a path."""


@dataclass(frozen=True, slots=True)
class KeyOf:
    """The member named by one of the row's keys."""

    number: int


Step = Member | Each | Match | Position | Up | KeyOf

_DOT = re.compile(r"\.(?![^\[\]]*\])")
"""A dot between steps; one within brackets belongs to the value there ("[object-id=fw_7.06]")."""

_BRACKET = re.compile(r"\[(?:(?P<position>\d+)|(?P<name>[^=\]]+)=(?P<value>[^\]]*)|)\]")


@dataclass(frozen=True, slots=True)
class Path:
    """A parsed path; `text` is what was written."""

    text: str
    steps: tuple[Step, ...]

    @property
    def levels(self) -> int:
        """How many row levels the path opens (the number of its `[]`)."""
        return sum(isinstance(step, Each) for step in self.steps)


def parse_path(text: str) -> Path:
    """Parse a path.

    Raises:
        OperatorError: naming the part that is not a step.
    """
    if text == ".":
        return Path(text, ())
    steps: list[Step] = []
    for part in _DOT.split(text):
        if part == "^":
            if any(not isinstance(step, Up) for step in steps):
                raise OperatorError(f"path {text!r}: '^' is allowed only at the start")
            steps.append(Up())
            continue
        if re.fullmatch(r"\$\d", part):
            steps.append(KeyOf(int(part[1])))
            continue
        steps.extend(_parse_part(text, part))
    return Path(text, tuple(steps))


def _parse_part(text: str, part: str) -> Iterator[Step]:
    name, bracket, _ = part.partition("[")
    if not name and not bracket:
        raise OperatorError(f"path {text!r}: an empty step; write member names separated by single dots")
    if name:
        yield Member(name)
    rest = part[len(name) :]
    while rest:
        found = _BRACKET.match(rest)
        if found is None:
            raise OperatorError(f"path {text!r}: {rest!r} is none of [], [number], [member=value]")
        if found["position"] is not None:
            yield Position(int(found["position"]))
        elif found["name"] is not None:
            yield Match(found["name"], found["value"])
        else:
            yield Each()
        rest = rest[found.end() :]


def element_name(element: Json, position: int) -> str:
    """The name of a list element: its object-id, its slot-id, or its position."""
    if isinstance(element, dict):
        for member in ("object-id", "slot-id"):
            name = element.get(member)
            if isinstance(name, (str, int)) and not isinstance(name, bool) and name != "":
                return str(name)
    return str(position)


def children(node: Json) -> Iterator[tuple[str, Json]]:
    """Elements of a list or members of an object, with their names; nothing for a leaf."""
    if isinstance(node, list):
        for position, element in enumerate(node):
            yield element_name(element, position), element
    elif isinstance(node, dict):
        for name, member in node.items():
            if name != "object-id":
                yield name, member


Place = tuple[Json, Any]
"""A container and the key (str) or position (int) in it: where a leaf stands."""


def locate(node: Json, steps: tuple[Step, ...]) -> Place | None:
    """The container and key that the steps lead to, or None.

    The steps must not hold `Each` or `Up`; with no steps there is no container, hence None.
    """
    place: Place | None = None
    for step in steps:
        place = _enter(node, step)
        if place is None:
            return None
        node = place[0][place[1]]
    return place


def _enter(node: Json, step: Step) -> Place | None:
    if isinstance(step, Member):
        name = step.name
        if isinstance(node, dict):
            return (node, name) if name in node else None
        if isinstance(node, list):
            for position, element in enumerate(node):
                if element_name(element, position) == name:
                    return node, position
        return None
    if isinstance(step, Position):
        return (node, step.number) if isinstance(node, list) and step.number < len(node) else None
    if isinstance(step, Match) and isinstance(node, list):
        for position, element in enumerate(node):
            if isinstance(element, dict) and str(element.get(step.name)) == step.value:
                return node, position
    return None


def find(node: Json, steps: tuple[Step, ...]) -> Json | Missing:
    """The node that the steps lead to, or MISSING."""
    for step in steps:
        place = _enter(node, step)
        if place is None:
            return MISSING
        node = place[0][place[1]]
    return node


class Record(NamedTuple):
    """One row found in a document.

    Attributes:
        keys: the element names on the way, one per `[]` of the path.
        chain: the root, the element at each `[]`, and what trailing members lead to; the last is the row's own node.
        place: where the row's own node stands in its container.
    """

    keys: tuple[str, ...]
    chain: tuple[Json, ...]
    place: Place | None = None

    @property
    def node(self) -> Json:
        """The row's own node."""
        return self.chain[-1]


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """How a path opens records: from those of its part up to the `[]` before. Equal parts are one object.

    Attributes:
        base: how that part does; None for the root.
        steps: the steps from there on, without `[]`.
        each: whether a `[]` follows them.
    """

    base: Opening | None
    steps: tuple[Step, ...]
    each: bool


@cache
def opening(steps: tuple[Step, ...]) -> Opening | None:
    """How the steps of a path open records; None for no steps, which open the root."""
    if not steps:
        return None
    each = isinstance(steps[-1], Each)
    start = end = len(steps) - each
    while start and not isinstance(steps[start - 1], Each):
        start -= 1
    return Opening(opening(steps[:start]), steps[start:end], each)


def opened(root: Json, how: Opening | None, known: dict[Opening, list[Record]]) -> list[Record]:
    """The records that are opened, in document order.

    What was opened in the same document before is taken from `known`, to which the rest is added.
    """
    if how is None:
        return [Record((), (root,))]
    found = known.get(how)
    if found is None:
        found = known[how] = []
        for above in opened(root, how.base, known):
            _open(above, how, found)
    return found


def _open(above: Record, how: Opening, found: list[Record]) -> None:
    node, place = above.chain[-1], above.place
    if how.steps:
        place = locate(node, how.steps)
        if place is None:
            return
        node = place[0][place[1]]
    if not how.each:
        found.append(Record(above.keys, (*above.chain, node), place))
        return
    for name, child, key in _elements(node):
        found.append(Record((*above.keys, name), (*above.chain, child), (node, key)))


def records(root: Json, path: Path) -> Iterator[Record]:
    """Every record a path opens, in document order; one with no keys for a path without `[]`."""
    return iter(opened(root, opening(path.steps), {}))


def _elements(node: Json) -> Iterator[tuple[str, Json, Any]]:
    if isinstance(node, list):
        for position, element in enumerate(node):
            yield element_name(element, position), element, position
    elif isinstance(node, dict):
        for name, member in node.items():
            if name != "object-id":
                yield name, member, name


class Leaf(NamedTuple):
    """One leaf of a document: its REST path (without /api), where it stands, and its value."""

    path: str
    container: Json
    key: Any

    @property
    def value(self) -> Json:
        """The JSON value; an empty list or object counts as a leaf."""
        return self.container[self.key]


def leaves(root: Json, path: str = "", without: Mapping[int, Container[Any]] | None = None) -> list[Leaf]:
    """Every leaf below a node.

    The object-id of a list element is part of the path, not a leaf, unless the element holds nothing else. A second
    element of the same name has its position in its path, too ("/ntp/sys#3").

    Args:
        root: the node.
        path: its path.
        without: id of a container, and the keys of leaves in it that are left out.
    """
    found: list[Leaf] = []
    if isinstance(root, (dict, list)):
        _gather(root, path, without or {}, found, in_list=False)
    return found


def _gather(node: Json, path: str, without: Mapping[int, Container[Any]], found: list[Leaf], *, in_list: bool) -> None:
    left_out = without.get(id(node), ())
    if isinstance(node, list):
        for name, value, key in _renamed(node):
            if value and isinstance(value, (dict, list)):
                _gather(value, f"{path}/{name}", without, found, in_list=True)
            elif key not in left_out:
                found.append(Leaf(f"{path}/{name}", node, key))
        return
    for name, value in node.items():
        if name == "object-id":
            continue
        if value and isinstance(value, (dict, list)):
            _gather(value, f"{path}/{name}", without, found, in_list=False)
        elif name not in left_out:
            found.append(Leaf(f"{path}/{name}", node, name))
    if "object-id" in node and "object-id" not in left_out and not (in_list and _only_names(node)):
        found.append(Leaf(f"{path}/object-id", node, "object-id"))


def _renamed(node: list[Json]) -> Iterator[tuple[str, Json, Any]]:
    taken: set[str] = set()
    for name, element, position in _elements(node):
        shown = f"{name}#{position}" if name in taken else name
        taken.add(shown)
        yield shown, element, position


def _only_names(element: dict[str, Json]) -> bool:
    return len(element) > 1 and element_name(element, -1) == str(element["object-id"])


ENVELOPE: Final = ("system-information", "changes", "links")
LISTS: Final = frozenset({"slots"})
"""Members that hold lists of named elements, so that a subtree fetched alone lands in the right place."""


def graft(root: Mapping[str, Json], path: str, answer: Json) -> dict[str, Json]:
    """The document with one REST answer put in its place; the given document is not changed.

    Args:
        root: a merged document.
        path: REST path below /api ("status", "status/chassis0/slots/io1/module").
        answer: the whole answer, with its envelope, or the bare node.
    """
    merged = dict(root)
    data = answer
    if isinstance(answer, Mapping) and "data" in answer:
        data = answer["data"]
        for member in ENVELOPE:
            # The link is that of one request; only the status' own is worth a place in the merged document.
            if member in answer and (member != "links" or path.strip("/") == "status"):
                merged[member] = answer[member]
    return _grafted(merged, path.strip("/").split("/"), data)


def _grafted(known: Json, names: list[str], data: Json) -> dict[str, Json]:
    node: dict[str, Json] = dict(known) if isinstance(known, Mapping) else {}
    name, rest = names[0], names[1:]
    if not rest:
        node[name] = data
    elif name in LISTS:
        node[name] = _grafted_element(node.get(name), rest, data)
    else:
        node[name] = _grafted(node.get(name), rest, data)
    return node


def put(root: Mapping[str, Json], path: str, node: Json) -> Mapping[str, Json]:
    """The document with another node at a REST path that it has; without that place it stays as it is."""
    changed = _put(root, path.strip("/").split("/"), node)
    return root if changed is None else changed


def _put(known: Json, names: list[str], node: Json) -> Json:
    """The changed container; None when the names lead nowhere."""
    place = _enter(known, Member(names[0]))
    if place is None:
        return None
    container, key = place
    inner = _put(container[key], names[1:], node) if len(names) > 1 else node
    if inner is None and len(names) > 1:
        return None
    changed = list(container) if isinstance(container, list) else dict(container)
    changed[key] = inner
    return changed


def prune(root: Mapping[str, Json], path: str) -> Json:
    """The document without the node at a REST path below /api; the given document is not changed."""
    return _pruned(root, path.strip("/").split("/"))


def _pruned(known: Json, names: list[str]) -> Json:
    name, rest = names[0], names[1:]
    if isinstance(known, list):
        kept = list(known)
        for position, element in enumerate(known):
            if element_name(element, position) == name:
                kept[position : position + 1] = [_pruned(element, rest)] if rest else []
        return kept
    if not isinstance(known, Mapping) or name not in known:
        return known
    node = dict(known)
    if rest:
        node[name] = _pruned(node[name], rest)
    else:
        del node[name]
    return node


def _grafted_element(known: Json, names: list[str], data: Json) -> list[Json]:
    elements: list[Json] = list(known) if isinstance(known, list) else []
    name, rest = names[0], names[1:]
    for position, element in enumerate(elements):
        if element_name(element, position) == name:
            elements[position] = _grafted(element, rest, data) if rest else data
            return elements
    fresh = {"object-id": name, "slot-id": name}
    elements.append(_grafted(fresh, rest, data) if rest else data)
    return elements
