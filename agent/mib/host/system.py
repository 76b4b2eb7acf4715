"""The system group of a host (RFC 3418): of a device, and of what in it is shown as a host too.

sysUpTime is not here: one engine answers in all contexts, and time stamps refer to its time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from agent.mib.declaration import Column, Feed, Group, Scalars
from agent.mib.encoding import Oid
from agent.mib.host.modules import shown_modules
from agent.mib.host.view import ChildView
from agent.mib.standard.modules import module_table
from agent.mib.standard.system import SERVICES
from agent.mib.syntax import INTEGER32, OBJECT_IDENTIFIER, TEXT, TIME_TICKS
from agent.mib.view import Row

LANTIME: Final[Oid] = (1, 3, 6, 1, 4, 1, 5597, 30)
"""mbgLantimeNG, by which managers tell a LANTIME."""


def host_name(row: Row) -> str:
    """The name a device has given itself, or else the one it has in the configuration."""
    return str(row.find("system-information.hostname") or row.view.settings.name)


def description(row: Row) -> str:
    """As devices describe themselves, as far as it is known."""
    model = row.find("system-information.model") or row.find("status.chassis0.model")
    version = row.find("system-information.version") or row.find("status.system.firmware.running")
    words = ["Meinberg LANTIME", str(model or "").strip(), f"V{str(version).removeprefix('fw_')}" if version else ""]
    return " ".join(word for word in words if word)


def _system(describe: Callable[[Any], str], name: Callable[[Any], str], settings: Callable[[Any], Any]) -> Scalars:
    return Scalars(
        0,
        "system",
        (
            Column(1, "sysDescr", TEXT, "What the host is.", value=describe),
            Column(2, "sysObjectID", OBJECT_IDENTIFIER, "Kind of host.", value=lambda _: LANTIME),
            Column(4, "sysContact", TEXT, "Who to ask.", value=lambda row: settings(row).contact),
            Column(5, "sysName", TEXT, "Name of the host.", value=name),
            Column(6, "sysLocation", TEXT, "Where it is.", value=lambda row: settings(row).location),
            Column(7, "sysServices", INTEGER32, "Layers served.", value=lambda _: SERVICES),
            Column(8, "sysORLastChange", TIME_TICKS, "When sysORTable last changed.", value=lambda _: 0),
        ),
        feed=Feed.DOCUMENT,
    )


MODULES = module_table("host", lambda view: shown_modules(view.settings.host.views), Feed.DOCUMENT)


def _of_device(row: Row) -> Any:
    return row.view.settings.host


def _child_name(view: ChildView) -> str:
    return f"{host_name(view.root)} {view.name}"


def _child_description(view: ChildView) -> str:
    return f"{description(view.root)}, {view.kind} {view.name}"


_OID: Final = (1, 3, 6, 1, 2, 1, 1)
_WHAT: Final = "RFC 3418."

GROUPS = (Group(1, "system", _WHAT, (_system(description, host_name, _of_device), MODULES), oid=_OID),)
CHILD_GROUPS = (
    Group(1, "system", _WHAT, (_system(_child_description, _child_name, lambda view: view.settings.host),), oid=_OID),
)
