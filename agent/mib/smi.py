"""The SMIv2 text of the module (RFC 2578 to 2580), printed from the declarations."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from agent.mib.declaration import Access, Column, Group, Module, Notification, Scalars, Table
from agent.mib.encoding import Oid
from agent.mib.module import IDENTITY, REVISIONS

ORGANIZATION = "LANTIME northbound agent"
CONTACT = "See the README of the lantime-northbound-agent package."
DESCRIPTION = """\
Objects of the northbound SNMP agent for Meinberg LANTIME time servers: what the agent learns from the devices' REST
APIs, how it fares in learning it, and what it raises alarms about. The first index of every table is the device, but
for messages, transactions, the history, the notification log and the alarm types. What a device does not say is an
absent instance, never an invented value; a word that an enumeration does not know reads other and stands in the text
column beside it. Times are UTC. No object holds a password, token or cookie; serial numbers, addresses and positions of
devices are readable and may be sensitive. Writable, by who has a view for writing, are"""
WIDTH = 100
NOTIFICATION_GROUP = 1000
"""Arc of the group of notifications, far from those of the groups of objects, which are the groups' own."""


def _module_description(module: Module) -> str:
    own = [one.column.name for one in module.objects.values() if _is_own(one.column)]
    tables = dict.fromkeys(one.part.name for one in module.objects.values() if one.column.writes)
    to_devices = f"and, written to a device that is configured to take it, objects of {', '.join(tables)}"
    return f"{DESCRIPTION} {', '.join(own)}" + (f", {to_devices}." if tables else ".")


def _is_own(column: Column) -> bool:
    """Whether an object is written to the agent rather than to a device."""
    return column.access in (Access.READ_WRITE, Access.READ_CREATE) and column.writes is None


def print_module(module: Module) -> str:
    """The whole text."""
    parts = [
        f"{module.name} DEFINITIONS ::= BEGIN\n",
        _imports(module),
        _identity(module),
        *(_group(group) for group in module.groups),
        *_notifications(module),
        _conformance(module),
        "END\n",
    ]
    return "\n".join(parts)


def _columns(module: Module) -> Iterator[Column]:
    for group in module.groups:
        for part in group.parts:
            yield from part.columns


def _imports(module: Module) -> str:
    wanted = {
        "SNMPv2-SMI": {"MODULE-IDENTITY", "OBJECT-TYPE"} | ({_known(module.root)} - {"iso"}),
        "SNMPv2-CONF": {"MODULE-COMPLIANCE", "OBJECT-GROUP"},
    }
    if module.notifications:
        wanted["SNMPv2-SMI"].add("NOTIFICATION-TYPE")
        wanted["SNMPv2-CONF"].add("NOTIFICATION-GROUP")
    for column in _columns(module):
        for source, name in column.syntax.imports:
            wanted.setdefault(source, set()).add(name)
    lines = ["IMPORTS"]
    for source in sorted(wanted, key=lambda name: (name != "SNMPv2-SMI", name)):
        names = textwrap.wrap(", ".join(sorted(wanted[source])), WIDTH - 8)
        lines += [f"    {line}" for line in names]
        lines.append(f"        FROM {source}")
    lines[-1] += ";"
    return "\n".join(lines) + "\n"


def _identity(module: Module) -> str:
    root = module.root
    parent, arcs = _parents(root)
    revisions = "".join(f'    REVISION "{when}"\n    DESCRIPTION\n{_quoted(what, 8)}\n' for when, what in REVISIONS)
    return (
        f"{IDENTITY} MODULE-IDENTITY\n"
        f'    LAST-UPDATED "{REVISIONS[0][0]}"\n'
        f'    ORGANIZATION "{ORGANIZATION}"\n'
        f"    CONTACT-INFO\n{_quoted(CONTACT, 8)}\n"
        f"    DESCRIPTION\n{_quoted(_module_description(module), 8)}\n"
        f"{revisions}"
        f"    ::= {{ {parent} {root[-1]} }}\n\n"
        f"{arcs}"
        f"lnbObjects OBJECT IDENTIFIER ::= {{ {IDENTITY} 1 }}\n"
        f"lnbConformance OBJECT IDENTIFIER ::= {{ {IDENTITY} 2 }}\n"
    )


_NODES = {
    "enterprises": (1, 3, 6, 1, 4, 1), "experimental": (1, 3, 6, 1, 3), "internet": (1, 3, 6, 1), "dod": (1, 3, 6),
    "org": (1, 3),
}  # fmt: skip
"""Nodes that SNMPv2-SMI names, the longest first."""


def _known(root: Oid) -> str:
    """The well-known node that a root hangs below."""
    return next((name for name, node in _NODES.items() if root[: len(node)] == node and len(root) > len(node)), "iso")


def _parents(root: Oid) -> tuple[str, str]:
    """Name of the root's parent node, and definitions of the nodes between it and a well-known one."""
    known = _known(root)
    lines = []
    for number, arc in enumerate(root[len(_NODES.get(known, (1,))) : -1], 1):
        name = f"lnbArc{number}"
        lines.append(f"{name} OBJECT IDENTIFIER ::= {{ {known} {arc} }}\n")
        known = name
    return known, "".join(lines)


def _quoted(text: str, indent: int) -> str:
    """A quoted text, wrapped and indented; SMIv2 has no way to write a double quote in one."""
    margin = " " * indent
    plain = " ".join(text.replace('"', "'").split())
    return textwrap.fill(
        f'"{plain}"',
        WIDTH,
        initial_indent=margin,
        subsequent_indent=f"{margin} ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def _group(group: Group) -> str:
    lines = [f"-- {group.description}", f"{group.name} OBJECT IDENTIFIER ::= {{ lnbObjects {group.arc} }}", ""]
    for part in group.parts:
        lines.append(_scalars(group, part) if isinstance(part, Scalars) else _table(group, part))
    return "\n".join(lines)


def _scalars(group: Group, scalars: Scalars) -> str:
    lines = [f"{scalars.name} OBJECT IDENTIFIER ::= {{ {group.name} {scalars.arc} }}", ""]
    lines += [_object(column, scalars.name) for column in scalars.columns]
    return "\n".join(lines)


def _table(group: Group, table: Table) -> str:
    sequence = table.entry[0].upper() + table.entry[1:]
    members = ",\n".join(f"        {column.name} {_sequence_type(column)}" for column in table.columns)
    index = ", ".join(one.name for one in table.index)
    return "\n".join(
        [
            f"{table.name} OBJECT-TYPE\n"
            f"    SYNTAX SEQUENCE OF {sequence}\n"
            f"    MAX-ACCESS not-accessible\n"
            f"    STATUS current\n"
            f"    DESCRIPTION\n{_quoted(table.description, 8)}\n"
            f"    ::= {{ {group.name} {table.arc} }}\n",
            f"{table.entry} OBJECT-TYPE\n"
            f"    SYNTAX {sequence}\n"
            f"    MAX-ACCESS not-accessible\n"
            f"    STATUS current\n"
            f"    DESCRIPTION\n{_quoted(table.row, 8)}\n"
            f"    INDEX {{ {index} }}\n"
            f"    ::= {{ {table.name} 1 }}\n",
            f"{sequence} ::=\n    SEQUENCE {{\n{members}\n    }}\n",
            *(_object(column, table.entry) for column in table.columns),
        ]
    )


def _sequence_type(column: Column) -> str:
    """The type in a SEQUENCE: the syntax without its refinement (RFC 2578 7.1.12)."""
    return column.syntax.smi.partition(" {")[0].partition(" (")[0]


def _object(column: Column, parent: str) -> str:
    syntax = column.syntax.smi
    if len(syntax) > WIDTH - 12:
        name, _, labels = syntax.partition(" { ")
        wrapped = textwrap.fill(labels.removesuffix(" }"), WIDTH - 8, initial_indent=" " * 8, subsequent_indent=" " * 8)
        syntax = f"{name} {{\n{wrapped}\n    }}"
    units = f'    UNITS "{column.units}"\n' if column.units else ""
    return (
        f"{column.name} OBJECT-TYPE\n"
        f"    SYNTAX {syntax}\n"
        f"{units}"
        f"    MAX-ACCESS {column.access.value}\n"
        f"    STATUS current\n"
        f"    DESCRIPTION\n{_quoted(describe(column), 8)}\n"
        f"    ::= {{ {parent} {column.arc} }}\n"
    )


def describe(column: Column) -> str:
    """The description with where the value comes from."""
    if not column.paths or column.follows:
        return column.description
    if column.writes is not None:
        allowed = f" {column.writes.allowed}" if column.writes.allowed else ""
        return f"{column.description}{allowed} Read from and written to {_listed(column.paths)}."
    return f"{column.description} Read from {_listed(column.paths)}."


def _listed(paths: Iterable[str]) -> str:
    paths = list(paths)
    shown = paths if len(paths) <= 3 else [*paths[:2], f"{len(paths) - 2} more places"]
    return " or ".join(shown)


def _notifications(module: Module) -> Iterator[str]:
    """The notification types, below an arc 0 as RFC 2578 8.5 wants it."""
    if module.notifications:
        yield (
            "-- Notifications. All that are about alarms carry the same objects.\n"
            f"lnbNotifications OBJECT IDENTIFIER ::= {{ {IDENTITY} 0 }}\n"
        )
    for notification in module.notifications:
        yield (
            f"{notification.name} NOTIFICATION-TYPE\n"
            f"    OBJECTS {{\n{_names(notification.objects)}\n    }}\n"
            f"    STATUS current\n"
            f"    DESCRIPTION\n{_quoted(describe_notification(notification), 8)}\n"
            f"    ::= {{ lnbNotifications {notification.arc} }}\n"
        )


def describe_notification(notification: Notification) -> str:
    """The description with cause and remedy."""
    return f"{notification.description} Cause: {notification.cause} Remedy: {notification.remedy}"


def _names(names: Iterable[str]) -> str:
    return textwrap.fill(", ".join(names), WIDTH - 8, initial_indent=" " * 8, subsequent_indent=" " * 8)


def _conformance(module: Module) -> str:
    lines = [
        "lnbCompliances OBJECT IDENTIFIER ::= { lnbConformance 1 }",
        "lnbGroups OBJECT IDENTIFIER ::= { lnbConformance 2 }",
        "",
    ]
    names = []
    for group in module.groups:
        objects = [
            column.name for part in group.parts for column in part.columns if column.access is not Access.NOT_ACCESSIBLE
        ]
        name = f"{group.name}ObjectGroup"
        names.append(name)
        lines.append(
            f"{name} OBJECT-GROUP\n"
            f"    OBJECTS {{\n{_names(objects)}\n    }}\n"
            f"    STATUS current\n"
            f"    DESCRIPTION\n{_quoted(group.description, 8)}\n"
            f"    ::= {{ lnbGroups {group.arc} }}\n"
        )
    if module.notifications:
        names.append("lnbNotificationGroup")
        lines.append(
            f"lnbNotificationGroup NOTIFICATION-GROUP\n"
            f"    NOTIFICATIONS {{\n{_names(one.name for one in module.notifications)}\n    }}\n"
            f"    STATUS current\n"
            f"    DESCRIPTION\n{_quoted('What the agent sends.', 8)}\n"
            f"    ::= {{ lnbGroups {NOTIFICATION_GROUP} }}\n"
        )
    lines.append(
        f"lnbCompliance MODULE-COMPLIANCE\n"
        f"    STATUS current\n"
        f"    DESCRIPTION\n{_quoted('What an agent of this module serves, as far as its devices tell it.', 8)}\n"
        f"    MODULE\n"
        f"    MANDATORY-GROUPS {{\n{_names(names)}\n    }}\n"
        f"    ::= {{ lnbCompliances 1 }}\n"
    )
    return "\n".join(lines)
