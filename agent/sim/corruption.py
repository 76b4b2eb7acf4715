"""Values of a wrong type at named places of a document."""

from __future__ import annotations

from agent.sim.shape import JsonObject, Node
from agent.sim.tree import NodeNotFoundError, child

# The first four were seen on devices in one field or another, the others are nasty guesses.
DEFAULT_VALUES: tuple[Node, ...] = ("N/A", None, "", "-", "never", True, [], {}, "12abc", -1, 1e300)
DEFAULT_PATHS = (
    "status/system/uptime",
    "status/system/sync-status/clock-status",
    "status/system/sync-status/est-time-quality",
    "status/notification/events/ntp-sync/triggered",
    "status/network/ports/lan0/speed",
    "status/network/interfaces/vif0/addresses",
    "status/chassis0/slots/pwr1/module/power-capacity",
    "status/chassis0/slots/clk1/module/satellites/good-satellites",
    "status/chassis0/slots/io1/module/info/sensors/temperature-1",
    "status/chassis0/slots/io1/module/ptp-instances/instance0/port-ds/port-state",
    "status/chassis0/slots/io1/module/ptp-instances/instance1/current-ds/offset-from-master",
    "status/chassis0/slots/io1/module/ptp-instances/instance0/packet-counters/rx/all",
    "status/ntp/sys/stratum",
    "status/syncmon/nodes/node0/offset",
)


def corrupt(root: JsonObject, paths: list[Node], values: list[Node]) -> None:
    """Put wrong values into the tree below `/api`; a path that is not in the tree is passed over."""
    chosen = values or list(DEFAULT_VALUES)
    for index, path in enumerate(paths or DEFAULT_PATHS):
        parts = [part for part in str(path).split("/") if part and part != "api"]
        if not parts:
            continue
        try:
            _replace(root, parts, chosen[index % len(chosen)])
        except NodeNotFoundError:
            continue


def _replace(root: JsonObject, parts: list[str], value: Node) -> None:
    parent: Node = root
    for part in parts[:-1]:
        parent = child(parent, part)
    target = child(parent, parts[-1])
    if isinstance(parent, dict):
        parent[parts[-1]] = value
    else:
        parent[parent.index(target)] = value
