"""`explain`: what an object is and where its value comes from."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from agent.app import Plans, load_overlays
from agent.config import DEFAULT_ROOT
from agent.errors import UsageError
from agent.mib.declaration import Access, Located, Module, Notification, Scalars, Table
from agent.mib.host import VIEWS, declared
from agent.mib.module import northbound, parse_oid
from agent.mib.render import Names, dotted
from agent.mib.standard import STANDARD


@click.command()
@click.argument("what", metavar="NAME|OID", required=False)
@click.option("--root", default=DEFAULT_ROOT, help="OID of the module, when configured otherwise.")
@click.option(
    "--overlay",
    "overlays",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Show paths with this overlay applied; may be given several times.",
)
@click.option("--generation", type=int, default=10, show_default=True, help="API generation the overlays are for.")
def explain(what: str | None, root: str, overlays: tuple[Path, ...], generation: int) -> None:
    """Explain an object, table or notification by NAME or OID; without one, list the tables and notifications."""
    module = northbound(root)
    plans = Plans(module, load_overlays(module, overlays))
    paths = plans(generation).paths()
    writes = plans(generation).writes()
    for host in plans.hosts(generation, tuple(VIEWS)):
        paths = {**host.paths(), **paths}
    lines = _tables(module) if what is None else _explained(module, what, paths, writes)
    click.echo("\n".join(lines))


def _tables(module: Module) -> Iterator[str]:
    for group in module.groups:
        yield f"{group.name}: {group.description}"
        for part in group.parts:
            yield f"    {part.name:<28} {dotted(module.parts[part.name][0])}"
    yield "notifications:"
    for notification in module.notifications:
        yield f"    {notification.name:<28} {dotted(module.notification_oid(notification))}"


Paths = dict[str, tuple[str, ...]]


def _explained(module: Module, what: str, paths: Paths, writes: Paths) -> Iterator[str]:
    modules = (*declared(), STANDARD, module)
    names = Names(modules)
    text = what.rpartition("::")[2]
    for one in modules:
        if text in one.parts:
            yield from _table(one, text, paths)
            return
    for notification in module.notifications:
        if text.lstrip(".") in (notification.name, dotted(module.notification_oid(notification))):
            yield from _notification(module, notification)
            return
    instance: tuple[int, ...] = ()
    if text.lstrip(".")[:1].isdigit():
        try:
            found = names.object_at(parse_oid(text))
        except ValueError:
            raise UsageError(f"{what!r} is neither a name nor an OID") from None
        if found is None:
            raise UsageError(f"no object at {what}; `lantime-agent explain` lists the tables")
        located, instance = found
    else:
        name, _, rest = text.partition(".")
        named = names.named(name)
        if named is None:
            close = difflib.get_close_matches(name, [each for one in modules for each in _all_names(one)], n=3)
            hint = f"; did you mean {', '.join(close)}?" if close else ""
            raise UsageError(f"no object or table named {name!r}{hint}")
        located = named
        instance = parse_oid(rest) if rest else ()
    yield from _object(located, instance, paths)
    if located.column.name in writes:
        yield from _writing(located, writes)


def _all_names(module: Module) -> list[str]:
    return [*module.objects, *module.parts, *(one.name for one in module.notifications)]


def _notification(module: Module, notification: Notification) -> Iterator[str]:
    yield f"{notification.name}  .{dotted(module.notification_oid(notification))}"
    yield "notification, carries:"
    yield from (f"    {name}" for name in notification.objects)
    for text in (notification.description, f"cause: {notification.cause}", f"remedy: {notification.remedy}"):
        yield textwrap.fill(text, 100)


def _table(module: Module, name: str, paths: dict[str, tuple[str, ...]]) -> Iterator[str]:
    base, part = module.parts[name]
    yield f"{name}  .{dotted(base)}"
    if isinstance(part, Table):
        yield textwrap.fill(part.description, 100)
        yield f"index: {', '.join(index.name for index in part.index)}"
        if name in paths:
            yield f"rows from: {_listed(paths[name])}"
    yield ""
    for column in part.columns:
        mark = "" if column.access is not Access.NOT_ACCESSIBLE else "  (index)"
        yield f"    {column.arc:>3}  {column.name:<32} {column.syntax.smi.partition(' {')[0]}{mark}"


def _object(located: Located, instance: tuple[int, ...], paths: dict[str, tuple[str, ...]]) -> Iterator[str]:
    column, part = located.column, located.part
    yield f"{column.name}  .{dotted(located.oid)}"
    yield f"syntax: {column.syntax.smi}" + (f", in {column.units}" if column.units else "")
    yield f"access: {column.access.value}"
    if isinstance(part, Scalars):
        yield f"scalar of {located.group.name}"
    else:
        yield f"column of {part.name}, indexed by {', '.join(index.name for index in part.index)}"
        if part.name in paths:
            yield f"rows from: {_listed(paths[part.name])}"
    if instance:
        yield f"instance: {dotted(instance)}"
    yield textwrap.fill(column.description, 100)
    if column.name in paths:
        yield f"read from: {_listed(paths[column.name])}"
    elif column.access is not Access.NOT_ACCESSIBLE:
        yield "computed by the agent"
    if column.measured:
        yield "measured: absent while the device is down"


def _writing(located: Located, writes: Paths) -> Iterator[str]:
    form = located.column.writes
    yield f"written to: {_listed(writes[located.column.name])}"
    if form is not None and form.allowed:
        yield f"allowed: {form.allowed}"
    if form is not None and form.words:
        yield textwrap.fill(f"in words: {', '.join(f'{label} is {word}' for label, word in form.words.items())}", 100)


def _listed(paths: tuple[str, ...]) -> str:
    return ", else ".join(paths)
