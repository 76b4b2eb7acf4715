"""What a written JSON body changes in the configuration tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.sim.limits import RefusedError, checked
from agent.sim.shape import JsonObject, Node
from agent.sim.tree import NodeNotFoundError, child, descend

# One value under two names: the host name of the system is that of the network.
_TWINS = {"network/general/hostname": "system/hostname"}


@dataclass(frozen=True)
class Change:
    """A leaf of the configuration, by its path below it, with its value before and after."""

    path: str
    old: Node
    new: Node

    def description(self) -> JsonObject:
        """The change for a listing."""
        return {"path": self.path, "old": self.old, "new": self.new}


def changes_of(configuration: JsonObject, path: Sequence[str], body: Node) -> list[Change]:
    """The leaves that a body names, in its order, those that stay as they are included.

    A body is merged: members it does not name stay. Elements of lists are named by their object-id, and a leaf that is
    written by its own path has `value`, as in the answer to a GET. All of it is inferred.

    Raises:
        NodeNotFoundError: the path names no node.
        RefusedError: the body does not fit the node.
    """
    node = descend(configuration, path)
    if not isinstance(node, (dict, list)):
        if not isinstance(body, dict) or not {"value"} <= set(body) <= {"value", "object-id"}:
            raise RefusedError(400, f"{'/'.join(path)}: an object with the member value expected")
        body = body["value"]
    return list(_changes(node, body, "/".join(path)))


def _changes(node: Node, body: Node, path: str) -> Iterator[Change]:
    if isinstance(node, dict):
        yield from _of_object(node, body, path)
    elif isinstance(node, list):
        yield from _of_list(node, body, path)
    else:
        yield Change(_TWINS.get(path, path), node, checked(path, node, body))


def _of_object(node: JsonObject, body: Node, path: str) -> Iterator[Change]:
    if not isinstance(body, dict):
        raise RefusedError(400, f"{path}: object expected")
    for name, value in body.items():
        if name == "object-id":
            own = node.get("object-id", path.rsplit("/", 1)[-1])
            if value != own:
                raise RefusedError(400, f"{path}: object-id is {own}, not {value!r}")
        elif name not in node:
            raise RefusedError(400, f"{path}: unknown member {name!r}")
        else:
            yield from _changes(node[name], value, f"{path}/{name}" if path else name)


def _of_list(node: list[Node], body: Node, path: str) -> Iterator[Change]:
    """Elements can be changed, not added or removed: how the device would do that is not known."""
    if not isinstance(body, list):
        raise RefusedError(400, f"{path}: list expected")
    for item in body:
        name = item.get("object-id") if isinstance(item, dict) else None
        try:
            element = child(node, str(name))
        except NodeNotFoundError:
            raise RefusedError(400, f"{path}: no element {name!r}") from None
        yield from _changes(element, item, f"{path}/{name}")
