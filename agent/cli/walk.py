"""`walk`: what the agent serves, from a running agent or from a recorded document."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import click
from pydantic import ValidationError
from rich.console import Console

from agent.cli.options import config_option
from agent.cli.show import console, grid
from agent.config import (
    DEFAULT_ROOT,
    CommunitySettings,
    DeviceSettings,
    Settings,
    UserSettings,
    first_problem,
    load_settings,
    parse_listen,
)
from agent.errors import ConfigError, UsageError
from agent.mib.declaration import Module
from agent.mib.encoding import Oid
from agent.mib.host import declared
from agent.mib.module import northbound, parse_oid
from agent.mib.render import Names, ReadCell
from agent.mib.standard import STANDARD
from agent.offline import shelf_of, walk_store
from agent.service.capture import read_documents
from agent.snmp.manager import Manager

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
PROGRESS_EVERY = 5000


@click.command()
@click.argument("what", metavar="[NAME|OID]", required=False)
@config_option
@click.option("--agent", "address", metavar="HOST:PORT", help="Ask this agent rather than the configured one.")
@click.option("--community", metavar="SECRET", help="Community: ${VARIABLE}, file:/path, or the configured first one.")
@click.option("--user", metavar="NAME", help="SNMPv3 user of the configuration.")
@click.option(
    "--document",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
    help="Walk what would be served of this recorded document (an answer to GET /api/status, or a capture).",
)
@click.option(
    "--overlay",
    "overlays",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --document: overlay to apply; may be given several times.",
)
@click.option("--context", metavar="NAME", default="", help="Walk this context, such as m3000 or m3000/ptp1.")
@click.option("--table", "as_table", is_flag=True, help="Print tables rather than lines.")
def walk(  # noqa: PLR0913 - one parameter per option
    *,
    what: str | None,
    config_path: Path,
    address: str | None,
    community: str | None,
    user: str | None,
    document: Path | None,
    overlays: tuple[Path, ...],
    context: str,
    as_table: bool,
) -> None:
    """Print every cell below NAME or OID (default: everything of this agent's own MIB).

    With --document the device's own context is called "document".
    """
    if document is not None:
        module = northbound(DEFAULT_ROOT)
        cells = _document_cells(document, overlays, context, base_of(module, what))
        _print(cells, module, as_table=as_table)
        return
    settings = load_settings(config_path)
    module = northbound(settings.root_oid)
    manager = _manager(settings, address, community, user, context)
    _print(_with_progress(manager.walk(base_of(module, what))), module, as_table=as_table)


def base_of(module: Module, what: str | None) -> Oid:
    """The OID of a table, object, group or OID in text; the module's objects by default.

    Raises:
        UsageError: it is none of these.
    """
    if what is None:
        return (*module.root, 1)
    name = what.rpartition("::")[2]
    for one in (module, STANDARD, *declared()):
        if name in one.parts:
            return one.parts[name][0]
    named = Names((*declared(), STANDARD, module)).named(name)
    if named is not None:
        return named.oid
    for group in module.groups:
        if group.name == name:
            return (*module.root, 1, group.arc)
    try:
        return parse_oid(name)
    except ValueError:
        raise UsageError(f"{what!r} is no OID and no name of this MIB; `lantime-agent explain` lists them") from None


def _document_cells(path: Path, overlays: tuple[Path, ...], context: str, base: Oid) -> Iterator[ReadCell]:
    place = "standard input" if str(path) == "-" else str(path)
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        raise ConfigError(place, f"is not UTF-8 text: {problem}") from problem
    answers = read_documents(text, place)
    device = DeviceSettings(name="document", address="document.invalid")
    shelf = shelf_of(answers, Settings(overlays=overlays), device)
    return walk_store(shelf.source(context), base)


def _manager(settings: Settings, address: str | None, community: str | None, user: str | None, context: str) -> Manager:
    host, port = _target(address or settings.snmp.listen[0])
    return Manager(_EVERYWHERE.get(host, host), port, _identity(settings, community, user), context)


def _target(text: str) -> tuple[str, int]:
    try:
        return parse_listen(text)
    except ValueError as problem:
        raise UsageError(f"--agent: {problem}") from None


def _identity(settings: Settings, community: str | None, user: str | None) -> CommunitySettings | UserSettings:
    if community is not None:
        if not community.startswith(("${", "file:", "credential:")):
            raise UsageError("--community: other users see command lines; write ${VARIABLE} or file:/path")
        try:
            return CommunitySettings.model_validate({"name": community})
        except ValidationError as problem:
            raise UsageError(f"--community: {first_problem(problem)}") from None
    if user is not None:
        for one in settings.snmp.users:
            if one.name == user:
                return one
        raise UsageError(f"--user: no user {user!r} in the configuration")
    if settings.snmp.communities:
        return settings.snmp.communities[0]
    if settings.snmp.users:
        return settings.snmp.users[0]
    raise UsageError("the configuration has no community and no user to ask with")


def _with_progress(cells: AsyncIterator[ReadCell]) -> list[ReadCell]:
    """All cells; a long walk says on a terminal how far it is."""

    async def collect() -> list[ReadCell]:
        read: list[ReadCell] = []
        shown = Console(stderr=True).status("walking") if sys.stderr.isatty() else None
        if shown:
            shown.start()
        try:
            async for cell in cells:
                read.append(cell)
                if shown and len(read) % PROGRESS_EVERY == 0:
                    shown.update(f"walking: {len(read)} cells")
        finally:
            if shown:
                shown.stop()
        return read

    return asyncio.run(collect())


def _print(cells: Iterable[ReadCell], module: Module, *, as_table: bool) -> None:
    names = Names((*declared(), STANDARD, module))
    if not as_table:
        for cell in cells:
            click.echo(names.line(cell))
        return
    by_table: dict[str, list[ReadCell]] = {}
    for cell in cells:
        found = names.object_at(cell.oid)
        if found is not None:
            by_table.setdefault(found[0].part.name, []).append(cell)
    screen = console()
    for name, members in by_table.items():
        screen.print(grid(name, members, names))
