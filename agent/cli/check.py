"""`check`: is the configuration right, and do the devices answer as it expects?"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from agent.app import Plans, check_startable, load_overlays
from agent.cli.grants import grants, warnings
from agent.cli.listener import Listener
from agent.cli.options import config_option, device_named
from agent.config import DeviceSettings, Settings, load_settings
from agent.device.client import Client
from agent.mib.host import STANDARD_VIEW, VENDOR_VIEW
from agent.mib.host.view import children
from agent.mib.module import northbound
from agent.model.envelope import api_version, generation, slot_ids
from agent.service.keeper import Keeper, Limits, Surroundings, Survey
from agent.service.state import STATE_FILE, KeptIndexes
from agent.wire.crypto import check_crypto
from agent.wire.shelf import Shelf
from agent.wire.store import Store


@click.command()
@config_option
@click.option(
    "--device", "names", multiple=True, metavar="NAME", help="Also ask this device; may be given several times."
)
@click.option("--all-devices", is_flag=True, help="Also ask every device.")
@click.option("--paths", "show_paths", is_flag=True, help="List each path found, missing and unmapped.")
def check(
    *,
    config_path: Path,
    names: tuple[str, ...],
    all_devices: bool,
    show_paths: bool,
) -> None:
    """Check the configuration; with --device also reachability, credentials, API version and paths."""
    settings = load_settings(config_path)
    check_startable(settings)
    check_crypto(settings.snmp)
    module = northbound(settings.root_oid)
    overlays = {device.name: _overlays(settings, device) for device in settings.devices}
    for paths in overlays.values():
        load_overlays(module, paths)
    click.echo(f"{config_path}: good")
    click.echo("\n".join(_summary(settings)))
    asked = settings.devices if all_devices else [device_named(settings, name) for name in names]
    good = True
    for device in asked:
        plans = Plans(module, load_overlays(module, overlays[device.name]))
        report = _ask(settings, device, plans, show_paths=show_paths)
        good = next(report) == "good" and good
        click.echo("\n".join(report))
    if not good:
        sys.exit(1)


def _overlays(settings: Settings, device: DeviceSettings) -> tuple[Path, ...]:
    return (*settings.overlays, *device.overlays)


def _summary(settings: Settings) -> Iterator[str]:
    fronts = f"; {settings.snmp.fronts} processes answer" if settings.snmp.fronts > 1 else ""
    yield f"  listens on {', '.join(settings.snmp.listen)}{fronts}"
    yield f"  module at {settings.root_oid}; state in {settings.state_dir}"
    yield from (f"  {line}" for line in grants(settings.snmp))
    for device in settings.devices:
        writes = ", is written" if device.writes.enabled else ""
        how = f"{_credentials(device)}, every {device.poll.interval_s:g} s{writes}"
        yield f"  device {device.name}: {device.base_url}, {how}"
        yield from (f"    {line}" for line in _host(device))
    yield from (f"  warning: {line}" for line in warnings(settings))


_SHOWN = {STANDARD_VIEW: "standard MIBs", VENDOR_VIEW: "the vendor's MIB"}


def _host(device: DeviceSettings) -> Iterator[str]:
    """Where and as what a device is a host of its own."""
    yield f"is a host in the context {device.name}: COMMUNITY@{device.name}, or -n {device.name} in v3"
    if device.listen:
        yield f"is the same host at {', '.join(device.listen)}, where no context need be named"
    shown = [_SHOWN[view] for view in _SHOWN if view in device.host.views]
    yield f"shows there {' and '.join(shown) or 'its system group alone'}, beside its rows of this agent's own tables"


def _credentials(device: DeviceSettings) -> str:
    if not device.enabled:
        return "switched off"
    if device.username is None:
        return "no credentials, will not be polled"
    return f"user {device.user}, {device.auth.value}, proxy {device.proxy_mode}"


def _ask(settings: Settings, device: DeviceSettings, plans: Plans, *, show_paths: bool) -> Iterator[str]:
    """Yields good or bad, then the lines of the report."""
    listener = Listener()
    limits = Limits(settings.attributes.max_count, settings.http.max_count, http_tracking=False)
    # Every card at once, so that no path counts as missing because its turn had not come.
    patient = {"configuration_batch": 100, "deadline_s": max(device.poll.whole_deadline_s, 120)}
    device = device.model_copy(update={"poll": device.poll.model_copy(update=patient)})
    indexes = KeptIndexes(settings.state_dir / STATE_FILE)
    keeper = Keeper(1, device, Surroundings(plans, Shelf(Store()), indexes, limits))
    client = Client(device, listener)
    try:
        outcome = keeper.poll(client)
    finally:
        client.close()
    keeper.accept(outcome)
    root = keeper.known.root
    survey = keeper.survey()
    problems = survey.slot_problems
    yield "bad" if outcome.error or problems else "good"
    yield f"{device.name}: {device.base_url}"
    for exchange in listener.exchanges:
        status = f"{exchange.status_code} {exchange.status}" if exchange.status_code else exchange.state.value
        spent = f", {exchange.response_size or 0} octets, {exchange.round_trip_ms} ms" if exchange.status_code else ""
        yield f"  {exchange.method} {exchange.uri}: {status}{spent}"
    if outcome.error:
        yield f"  {outcome.error.reason}: {outcome.error}"
    if problems:
        yield f"  slot problems: {problems}"
    if not root:
        return
    yield f"  credentials {keeper.known.health.credentials.value}; API version {api_version(root) or 'not said'}"
    yield f"  slots: {', '.join(slot_ids(root)) or 'none'}"
    yield from _contexts(keeper, indexes)
    yield from (
        f"  drift: {drift.object_name} at {drift.place}: {drift.raw}: {drift.problem}" for drift in keeper.known.drift
    )
    yield from _path_report(survey, plans(generation(root)).paths(), show_paths=show_paths)


def _contexts(keeper: Keeper, indexes: KeptIndexes) -> Iterator[str]:
    """The hosts in it: by the numbers that the agent gave, or would give."""
    found = sorted(children(keeper.view(), keeper.known.memory), key=lambda one: (one.kind, one.place.prefix))
    if found and not indexes.readable:
        yield "  the agent has given no numbers yet, or they cannot be read here; it begins with these contexts:"
    yield from (f"  context {child.context}: {child.kind} {child.name}" for child in found)


def _path_report(survey: Survey, paths: Mapping[str, tuple[str, ...]], *, show_paths: bool) -> Iterator[str]:
    missing = sorted(name for name in paths if name not in survey.found)
    counts = f"{len(survey.found)} found, {len(missing)} missing, {len(survey.unmapped)} leaves unmapped"
    yield f"  paths: {counts} (lnbAttributeTable serves them)"
    if show_paths:
        yield from (f"  found: {name} <- {survey.found[name]}" for name in sorted(survey.found))
        yield from (f"  missing: {name} <- {', '.join(paths[name])}" for name in missing)
        yield from (f"  unmapped: {path}" for path in survey.unmapped)
