"""`mib`: the SMIv2 text."""

from __future__ import annotations

import click

from agent.config.settings import DEFAULT_ROOT, Settings
from agent.errors import UsageError
from agent.mib.module import northbound
from agent.mib.smi import print_module


@click.command()
@click.option(
    "--root", default=DEFAULT_ROOT, show_default=True, help="OID of the module, as root_oid."
)
def mib(root: str) -> None:
    """Print LANTIME-NORTHBOUND-MIB."""
    try:
        checked = Settings(root_oid=root)
    except ValueError as problem:
        raise UsageError(f"--root {root}: {problem}") from None
    click.echo(print_module(northbound(checked.root_oid)), nl=False)
