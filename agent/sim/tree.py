"""Finding nodes in a JSON tree: members of objects by name, elements of lists by object-id."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

from agent.sim.shape import JsonObject, Node


class NodeNotFoundError(LookupError):
    """The path names no node of the tree."""


def child(node: Node, part: str) -> Node:
    """A member of an object by name, an element of a list by its object-id.

    Raises:
        NodeNotFoundError: there is none.
    """
    if isinstance(node, dict) and part in node:
        return node[part]
    if isinstance(node, list):
        for item in node:
            if isinstance(item, dict) and item.get("object-id") == part:
                return item
    raise NodeNotFoundError(part)


def descend(root: Node, path: Sequence[str]) -> Node:
    """The node at a path.

    Raises:
        NodeNotFoundError: a part of the path names nothing.
    """
    for part in path:
        root = child(root, part)
    return root


def overlay(root: JsonObject, values: Mapping[str, Node]) -> JsonObject:
    """Put values at their paths; one whose place the tree does not have (its card is out) is passed over."""
    for path, value in values.items():
        *parents, name = path.split("/")
        try:
            holder = descend(root, parents)
        except NodeNotFoundError:
            continue
        if isinstance(holder, dict) and name in holder:
            holder[name] = copy.deepcopy(value)
    return root
