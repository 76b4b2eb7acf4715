"""`config`: the devices' configuration, read, compared and changed in transactions of the running agent."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console

from agent.cli.configclient import ConfigClient, Refused, run
from agent.cli.configview import (
    DeviceProgress,
    changes_in,
    counted,
    print_difference,
    print_outcome,
    print_transactions,
    shown,
)
from agent.cli.options import config_option, device_named
from agent.cli.wanted import cells_at
from agent.config import Settings, load_desired, load_settings
from agent.errors import UsageError

DONE: Final = 0
REFUSED: Final = 1
ROLLED_BACK: Final = 3
INCOMPLETE: Final = 4
DIFFERENT: Final = 5
UNCONFIRMED: Final = 75

CODES: Final = {"committed": DONE, "valid": DONE, "discarded": DONE, "rolledBack": ROLLED_BACK,
                "incomplete": INCOMPLETE, "pendingConfirm": UNCONFIRMED}  # fmt: skip
"""Exit codes by the state a transaction came to; any other is a refusal."""

Wanted = Mapping[str, Mapping[str, Any]]

confirm_option = click.option(
    "--confirm", "confirm_s", type=click.IntRange(1, 86_400), metavar="SECONDS",
    help="Take all of it back unless it is confirmed within so many seconds.",
)  # fmt: skip
yes_option = click.option("--yes", is_flag=True, help="Do not ask before it is written.")


@click.group()
def config() -> None:
    """Read, compare and change the devices' configuration, through the running agent.

    Exit codes: 0 done; 1 refused, nothing was written; 2 wrong usage; 3 rolled back, all is as before; 4 a rollback
    left differences; 5 diff found differences; 71 no agent answers; 75 written, and waits to be confirmed.
    """


@config.command("get")
@config_option
@click.argument("device")
@click.argument("places", metavar="[PLACE]...", nargs=-1)
@click.option("--fresh", is_flag=True, help="Have the device asked for it now.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def get_(
    config_path: Path,
    device: str,
    places: tuple[str, ...],
    fresh: bool,  # noqa: FBT001 - click passes it by name
    as_json: bool,  # noqa: FBT001
) -> None:
    """Show what of a DEVICE may be written.

    It is what was last read, or with --fresh what the device says now.

    A PLACE is an object's name, alone or with a row's index, or a path below /api/configuration.
    """
    settings = load_settings(config_path)
    device_named(settings, device)

    async def work(client: ConfigClient) -> int:
        if fresh:
            await client.fresh(device)
        cells, unread = await client.cells(device), await client.unread(device)
        if unread:
            click.echo(f"{unread} cards and branches of {device} are yet to be read; --fresh waits for them", err=True)
        picked = {cell for place in places for cell in cells_at(device, place, cells)}
        cells = [one for one in cells if not places or one["cell"] in picked]
        if as_json:
            click.echo(json.dumps(cells, indent=2))
        for one in cells if not as_json else ():
            click.echo(f"{one['cell']} = {shown(one['value'])}")
        return DONE

    _exit(settings, work)


@config.command("set")
@config_option
@click.argument("device")
@click.argument("pairs", metavar="PLACE=VALUE...", nargs=-1, required=True)
@confirm_option
@yes_option
def set_(
    config_path: Path,
    device: str,
    pairs: tuple[str, ...],
    confirm_s: int | None,
    yes: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Change values of a DEVICE, all of them or none."""
    settings = load_settings(config_path)
    device_named(settings, device)
    _exit(settings, partial(_apply, wanted={device: _values(pairs)}, confirm_s=confirm_s, yes=yes, dry_run=False))


def _values(pairs: tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    for pair in pairs:
        place, sign, value = pair.partition("=")
        if not sign or not place:
            raise UsageError(f"{pair!r}: what is wanted is given as PLACE=VALUE")
        if place in values:
            raise UsageError(f"{place} is given twice")
        values[place] = value
    return values


@config.command()
@config_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def diff(config_path: Path, file: Path) -> None:
    """Compare FILE with the devices; write nothing.

    FILE is YAML: devices, their names, and values by PLACE, as for `get`.
    """
    settings = load_settings(config_path)
    _exit(settings, partial(_apply, wanted=_wanted(settings, file), confirm_s=None, yes=True, dry_run=True))


def _wanted(settings: Settings, file: Path) -> Wanted:
    """What a file wants of devices, all of which are configured."""
    wanted = load_desired(file).devices
    for name in wanted:
        device_named(settings, name)
    return wanted


@config.command()
@config_option
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@confirm_option
@yes_option
@click.option("--dry-run", is_flag=True, help="Compare only, as diff does.")
def apply(
    config_path: Path,
    file: Path,
    confirm_s: int | None,
    yes: bool,  # noqa: FBT001 - click passes it by name
    dry_run: bool,  # noqa: FBT001
) -> None:
    """Give devices the values in FILE, all or none.

    They are compared with what the devices say now, the difference is shown, and a question asked; then they are
    written. FILE is YAML: devices, their names, and values by PLACE, as for `get`.
    """
    settings = load_settings(config_path)
    work = partial(_apply, wanted=_wanted(settings, file), confirm_s=confirm_s, yes=yes, dry_run=dry_run)
    _exit(settings, work)


@config.command()
@config_option
@click.argument("number", type=click.IntRange(min=1))
@confirm_option
@yes_option
def rollback(
    config_path: Path,
    number: int,
    confirm_s: int | None,
    yes: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Give what transaction NUMBER wrote its old value.

    It is a transaction of its own: compared, shown, asked for, then all of it or nothing.
    """

    async def work(client: ConfigClient) -> int:
        fresh = await client.reverting(number)
        return await _carry_out(client, fresh, confirm_s=confirm_s, yes=yes, dry_run=False)

    _exit(load_settings(config_path), work)


@config.command("list")
@config_option
def list_(config_path: Path) -> None:
    """List the transactions."""

    async def work(client: ConfigClient) -> int:
        print_transactions(Console(), await client.transactions())
        return DONE

    _exit(load_settings(config_path), work)


def _act_command(name: str, kind: str, help_text: str) -> None:
    @config.command(name, help=help_text)
    @config_option
    @click.argument("number", type=click.IntRange(min=1))
    def act(config_path: Path, number: int) -> None:
        async def work(client: ConfigClient) -> int:
            with DeviceProgress(Console(stderr=True)) as progress:
                found = await client.act(kind, number, progress.show)
            print_outcome(Console(), found)
            # What was asked for is done, even where that is to roll back.
            return DONE if (name, found["state"]) == ("cancel", "rolledBack") else _code(found)

        _exit(load_settings(config_path), work)


_act_command("confirm", "confirmConfig", "Have transaction NUMBER, which waits for it, stay.")
_act_command("cancel", "cancelConfig", "Take transaction NUMBER, which waits, back now.")
_act_command("discard", "discardConfig", "Give up transaction NUMBER.\n\nIt is open, or a rollback left some of it.")


async def _apply(client: ConfigClient, *, wanted: Wanted, confirm_s: int | None, yes: bool, dry_run: bool) -> int:
    number = await client.drafted(wanted)
    return await _carry_out(client, number, confirm_s=confirm_s, yes=yes, dry_run=dry_run)


async def _carry_out(client: ConfigClient, number: int, *, confirm_s: int | None, yes: bool, dry_run: bool) -> int:
    """Validate, show, ask, commit. What was only looked at is discarded, however this ends."""
    console, errors = Console(), Console(stderr=True)
    is_begun = False
    try:
        found = await client.act("validateConfig", number)
        print_difference(console, found)
        if found["state"] != "valid":
            print_outcome(errors, found)
            return REFUSED
        changes = changes_in(found)
        if dry_run or not changes:
            return DIFFERENT if changes else DONE
        if not yes and not await _agreed(f"Write {counted(changes, 'value')}?"):
            errors.print("nothing was written")
            return REFUSED
        is_begun = True
        kind = "commitConfig" if confirm_s is None else "commitConfirmedConfig"
        with DeviceProgress(errors) as progress:
            found = await client.act(kind, number, progress.show, confirmTimeout=confirm_s)
    finally:
        if not is_begun:
            await client.give_up(number)
    print_outcome(errors, found)
    if found["state"] in ("open", "valid", "invalid"):  # what changed since it was validated stopped it
        await client.give_up(number)
    if found["state"] == "pendingConfirm":
        return await _confirmed(client, number, errors)
    return _code(found)


async def _confirmed(client: ConfigClient, number: int, errors: Console) -> int:
    """Ask whether it is to stay, where somebody sits before it; else say how that is said."""
    until = (await client.transaction(number))["confirmBy"]
    if not sys.stdin.isatty():
        text = f"taken back at {until} unless `lantime-agent config confirm {number}` comes before"
        errors.print(text, soft_wrap=True)
        return UNCONFIRMED
    keeps = await _agreed(f"Keep it? (taken back by itself at {until})")
    found = await client.act("confirmConfig" if keeps else "cancelConfig", number)
    print_outcome(errors, found)
    return _code(found)


async def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("there is nobody to ask; --yes writes without asking")
    return await asyncio.to_thread(click.confirm, question, err=True)


def _code(found: Mapping[str, Any]) -> int:
    return CODES.get(found["state"], REFUSED)


def _exit(settings: Settings, work: Any) -> None:
    try:
        code = run(settings, work)
    except Refused as problem:
        click.echo(f"lantime-agent: {problem}", err=True)
        code = REFUSED
    if code:
        sys.exit(code)
