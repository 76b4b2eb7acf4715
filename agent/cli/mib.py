"""`mib`: the SMIv2 text."""

from __future__ import annotations

import click
from pydantic import ValidationError

from agent.config import DEFAULT_ROOT, Settings, first_problem
from agent.errors import UsageError
from agent.mib.module import northbound
from agent.mib.reference import print_reference
from agent.mib.smi import print_module


@click.command()
@click.option("--reference", is_flag=True, help="Print the reference page (Markdown) rather than the MIB text.")
@click.option("--root", default=DEFAULT_ROOT, show_default=True, help="OID of the module, as root_oid.")
def mib(*, root: str, reference: bool) -> None:
    """Print LANTIME-NORTHBOUND-MIB."""
    try:
        checked = Settings(root_oid=root)
    except ValidationError as problem:
        raise UsageError(f"--root {root}: {first_problem(problem)}") from None
    printed = (print_reference if reference else print_module)(northbound(checked.root_oid))
    click.echo(printed, nl=False)
