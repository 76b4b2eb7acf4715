"""The reference page of the documentation: every table, object and notification, printed as Markdown.

    python -m agent.mib.reference docs/alarms.md

prints the notifications anew at the end of the page on alarms.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from agent.mib.declaration import Access, Column, Module, Notification, Scalars, Table
from agent.mib.module import northbound
from agent.mib.plan import make_plan

HEAD = """\
# Objects of {name}

Printed from the declarations by `lantime-agent mib --reference`; not edited by hand. OIDs are below the module's root,
{root}. *Path* is where the value stands in the device's JSON, relative to the row; alternatives are tried in order.
An object without a path is computed by the agent. *m* marks measured values, which are absent while a device is down.
"""

NOTIFICATIONS = "## Notifications"


def print_reference(module: Module) -> str:
    """The whole page."""
    paths = make_plan(module).paths()
    lines = [HEAD.format(name=module.name, root=".".join(map(str, module.root)))]
    for group in module.groups:
        lines += [f"## {group.name}", "", group.description, ""]
        for part in group.parts:
            lines += _part(module, part, paths)
    lines += print_notifications(module)
    return "\n".join(lines)


def print_notifications(module: Module) -> Iterator[str]:
    """The notifications with cause and remedy, as sections of a page."""
    if not module.notifications:
        return
    yield NOTIFICATIONS
    yield ""
    carried = {one.objects for one in module.notifications}
    usual = max(carried, key=lambda objects: sum(one.objects == objects for one in module.notifications))
    yield f"OIDs are below {'.'.join(map(str, module.root))}.0. Notifications about alarms carry, in this order:"
    yield f"{_code(usual, all_of=True)}."
    yield ""
    for notification in sorted(module.notifications, key=lambda one: one.arc):
        yield from _notification(notification, usual)


def _notification(notification: Notification, usual: tuple[str, ...]) -> Iterator[str]:
    yield f"### {notification.name} ({notification.arc})"
    yield ""
    yield notification.description
    yield ""
    if notification.objects != usual:
        yield f"- Carries: {_code(notification.objects, all_of=True)}."
    yield f"- Cause: {notification.cause}"
    yield f"- Remedy: {notification.remedy}"
    yield ""


def _part(module: Module, part: Table | Scalars, paths: dict[str, tuple[str, ...]]) -> Iterator[str]:
    oid = ".".join(map(str, module.parts[part.name][0][len(module.root) :]))
    yield f"### {part.name} ({oid})"
    yield ""
    if isinstance(part, Table):
        yield part.description
        yield ""
        yield f"Index: {', '.join(index.name for index in part.index)}."
        if part.name in paths:
            yield f"Rows: {_code(paths[part.name])}."
        yield ""
    yield "| arc | object | syntax | unit | path | |"
    yield "|---|---|---|---|---|---|"
    for column in part.columns:
        yield _line(column, paths)
    yield ""


def _line(column: Column, paths: dict[str, tuple[str, ...]]) -> str:
    syntax = column.syntax.smi.partition(" {")[0]
    if column.syntax.labels and column.syntax.smi.startswith("INTEGER"):
        syntax = "enumeration"
    where = "index" if column.access is Access.NOT_ACCESSIBLE else _code(paths.get(column.name, ()))
    mark = "m" if column.measured else ""
    return f"| {column.arc} | {column.name} | {syntax} | {column.units} | {where} | {mark} |"


def _code(paths: tuple[str, ...], *, all_of: bool = False) -> str:
    shown = [f"`{path}`" for path in paths[: None if all_of else 3]]
    if len(paths) > 3 and not all_of:
        shown.append(f"{len(paths) - 3} more")
    return ", ".join(shown)


def renew_page(page: Path) -> None:
    """Print the notifications anew at the end of a page, from their heading on."""
    head = page.read_text(encoding="utf-8").partition(NOTIFICATIONS)[0]
    page.write_text(head + "\n".join(print_notifications(northbound())), encoding="utf-8")


if __name__ == "__main__":
    renew_page(Path(sys.argv[1]))
