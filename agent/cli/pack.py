"""`pack`: files for receivers and network-management systems."""

from __future__ import annotations

from pathlib import Path

import click
from pydantic import ValidationError

from agent.cli.show import console
from agent.config import DEFAULT_ROOT, Settings, first_problem
from agent.errors import HostError, UsageError
from agent.mib.module import northbound
from agent.packs import PACKS, files_of


@click.command()
@click.argument("name", required=False, default="")
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="Write the files below this folder.")
@click.option("--root", default=DEFAULT_ROOT, show_default=True, help="OID of the module, as root_oid.")
def pack(*, name: str, output: Path | None, root: str) -> None:
    """Print or write files for a receiver or network-management system; without NAME list them, or write all."""
    try:
        checked = Settings(root_oid=root)
    except ValidationError as problem:
        raise UsageError(f"--root {root}: {first_problem(problem)}") from None
    if not name and output is None:
        _list()
        return
    files = files_of(northbound(checked.root_oid), name)
    if output is None:
        for path, text in files.items():
            click.echo(f"==> {path} <==\n{text}")
        return
    for path, text in files.items():
        _write(output / path, text)
        click.echo(output / path)


def _list() -> None:
    screen = console()
    for one in PACKS.values():
        screen.print(f"{one.name:12} {one.tool}: {one.gives}")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise HostError(f"{path} cannot be written: {problem.strerror}") from problem
