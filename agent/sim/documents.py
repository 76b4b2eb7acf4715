"""Whole answers: the envelope around a node of the status or configuration tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from agent.sim.chassis import chassis_branch
from agent.sim.codes import raw_system
from agent.sim.configuration import configuration_tree
from agent.sim.events import notification_branch
from agent.sim.legacy import legacy_status
from agent.sim.moment import Conditions, Moment, stamp
from agent.sim.monitor import rubidium_branch, syncmon_branch, syncteam_branch
from agent.sim.network import network_branch, services_branch
from agent.sim.ntp import ntp_branch
from agent.sim.shape import JsonObject, Node
from agent.sim.spec import SimSpec
from agent.sim.system import system_branch
from agent.sim.tree import NodeNotFoundError, descend

__all__ = ["NodeNotFoundError", "answer", "build_configuration", "build_status", "envelope", "tree", "walk"]

_HEALTHY = Conditions()

# In the order of the captured document.
_BRANCHES: dict[str, Callable[[Moment], Node]] = {
    "rest-api": lambda moment: {"api-version": moment.spec.release.api_version},
    "system": system_branch,
    "notification": notification_branch,
    "network": network_branch,
    "services": services_branch,
    "chassis0": chassis_branch,
    "ntp": ntp_branch,
    "syncmon": syncmon_branch,
    "syncteam": syncteam_branch,
}


def build_status(spec: SimSpec, now: datetime, conditions: Conditions = _HEALTHY) -> JsonObject:
    """The whole answer to `GET /api/status`."""
    return answer(Moment(spec, now, conditions), ["status"])


def build_configuration(spec: SimSpec, slot_id: str, now: datetime, conditions: Conditions = _HEALTHY) -> JsonObject:
    """The whole answer to `GET /api/configuration/chassis0/slots/<slot_id>/module`.

    Raises:
        NodeNotFoundError: there is no card in that slot.
    """
    path = ["configuration", "chassis0", "slots", slot_id, "module"]
    return answer(Moment(spec, now, conditions), path)


def answer(moment: Moment, path: Sequence[str], *, raw: bool = False, scheme: str = "") -> JsonObject:
    """The answer to a GET of the path (without `api`).

    Raises:
        NodeNotFoundError: the path names no node.
    """
    return envelope(moment, path, walk(tree(moment, path, raw=raw), path), scheme)


def envelope(moment: Moment, path: Sequence[str], data: Node, scheme: str = "") -> JsonObject:
    """The four members every answer has; the 7.05 firmware has no API version there."""
    spec = moment.spec
    information = {"API Version": f"LANTIME REST API V{spec.release.api_version}"}
    if not spec.release.api_version:
        information = {}
    information |= {
        "version": spec.release.firmware,
        "serial-number": spec.serial("chassis"),
        "hostname": moment.hostname,
        "time-stamp": stamp(moment.now),
        "model": spec.release.model,
    }
    protocol = scheme or ("https" if spec.is_v20 else "http")
    return {
        "system-information": information,
        "data": data,
        "changes": {"pending-changes": moment.conditions.pending_changes},
        "links": {"self": f"{protocol}://localhost/api/{'/'.join(path)}"},
    }


def tree(moment: Moment, path: Sequence[str] = (), *, raw: bool = False) -> JsonObject:
    """The tree below `/api`, built no further than the path needs."""
    root = path[0] if path else ""
    found: JsonObject = {}
    if root in ("", "status"):
        found["status"] = _status(moment, path[1:], raw=raw)
    if root in ("", "configuration"):
        found["configuration"] = configuration_tree(moment)
    return found


def _status(moment: Moment, path: Sequence[str], *, raw: bool) -> JsonObject:
    branches = dict(_BRANCHES)
    if moment.spec.rubidium:
        branches["chassis-xhe"] = rubidium_branch
    if path:
        branches = {name: build for name, build in branches.items() if name == path[0]}
    if len(path) > 2 and path[:2] == ["chassis0", "slots"]:
        branches["chassis0"] = lambda at: chassis_branch(at, only=path[2])
    found = {name: build(moment) for name, build in branches.items()}
    if moment.spec.generation == 8:
        return legacy_status(found)
    if raw and "system" in found:
        found["system"] = raw_system(found["system"])
    return found


def walk(root: JsonObject, path: Sequence[str]) -> Node:
    """The node at the path as `data` shows it.

    An object gets its own name as first member. A list is shown as such and a leaf as an
    object with `value`: both are inferred, as no capture has one.

    Raises:
        NodeNotFoundError: a part of the path names nothing.
    """
    node = descend(root, path)
    name = path[-1] if path else "api"
    if isinstance(node, dict):
        return node if "object-id" in node else {"object-id": name, **node}
    if isinstance(node, list):
        return node
    return {"object-id": name, "value": node}
