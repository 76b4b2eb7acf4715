"""`demo`: the whole main job against a simulated LANTIME, in one process."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from agent.app import App
from agent.cli.run import start_logging
from agent.cli.show import console, grid
from agent.config import Settings
from agent.errors import HostError
from agent.mib.encoding import Oid
from agent.mib.module import northbound
from agent.mib.render import Names, dotted
from agent.mib.standard import STANDARD
from agent.model.health import DeviceState
from agent.sim import SimSpec, Simulator
from agent.snmp.manager import Manager

PORT = 11161
FIRST_POLL_S = 30.0
SHOWN: Mapping[str, tuple[str, ...]] = {
    "lnbDeviceTable": (
        "lnbDeviceName", "lnbDeviceModel", "lnbDeviceSerial", "lnbDeviceFirmware", "lnbDeviceApiVersion",
        "lnbDeviceState", "lnbDeviceReach",
    ),
    "lnbSlotTable": ("lnbSlotId", "lnbSlotType", "lnbSlotState", "lnbSlotModel"),
    "lnbPtpInstanceTable": (
        "lnbPtpSlotId", "lnbPtpName", "lnbPtpPresence", "lnbPtpAlias", "lnbPtpEnabled", "lnbPtpProfile", "lnbPtpRole",
        "lnbPtpClients",
    ),
    "lnbPtpCurrentTable": ("lnbPtpOffset", "lnbPtpOffsetText", "lnbPtpMeanPathDelayText", "lnbPtpStepsRemoved"),
}  # fmt: skip
"""Tables of the short walk, with the columns that fit a screen."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Secrets made for one demonstration."""

    community: str
    passphrase: str
    user: str = "demo"


def demo_settings(state_dir: Path, port: int, sim_port: int, keys: Keys) -> Settings:
    """Configuration of the demonstration."""
    os.environ["LANTIME_DEMO_PASSPHRASE"] = keys.passphrase
    os.environ["LANTIME_DEMO_PASSWORD"] = "info-secret"  # noqa: S105 - of the simulated device
    passphrase = {"passphrase": "${LANTIME_DEMO_PASSPHRASE}"}
    return Settings.model_validate(
        {
            "state_dir": state_dir,
            "snmp": {
                "listen": [f"127.0.0.1:{port}"],
                "location": "demonstration",
                "communities": [{"name": keys.community}],
                "users": [{"name": keys.user, "auth": passphrase, "priv": passphrase}],
            },
            "poll": {"interval_s": 10},
            "devices": [
                {
                    "name": "lantime-1",
                    "address": "127.0.0.1",
                    "port": sim_port,
                    "scheme": "http",
                    "username": "info",
                    "password": "${LANTIME_DEMO_PASSWORD}",
                }
            ],
        }
    )


@click.command()
@click.option("--port", default=PORT, show_default=True, help="UDP port of the agent on 127.0.0.1.")
@click.option(
    "--generation",
    type=click.Choice(["8", "10", "16", "20"]),
    default="10",
    show_default=True,
    help="API generation of the simulated device.",
)
@click.option("--hps", default=2, show_default=True, type=click.IntRange(1, 10), help="HPS cards in it.")
@click.option("--instances", default=2, show_default=True, type=click.IntRange(1, 4), help="PTPv2 instances per card.")
@click.option("--clients", default=3, show_default=True, type=click.IntRange(0, 2048), help="Unicast clients each.")
@click.option("--seconds", default=0.0, help="Stop by itself after so long (default: on Ctrl-C).")
def demo(*, port: int, generation: str, hps: int, instances: int, clients: int, seconds: float) -> None:
    """Simulate a LANTIME, poll it, serve it over SNMP, and show a short walk."""
    start_logging("warning")
    keys = Keys(f"demo-{secrets.token_hex(3)}", f"demo-{secrets.token_hex(6)}")
    spec = SimSpec(generation=int(generation), hps_cards=hps, instances=instances, clients=clients)
    with Simulator(spec) as simulator, tempfile.TemporaryDirectory(prefix="lantime-demo-") as folder:
        settings = demo_settings(Path(folder), port, simulator.port, keys)
        asyncio.run(_show(settings, keys, simulator.url, seconds))


async def _show(settings: Settings, keys: Keys, sim_url: str, seconds: float) -> None:
    app = App(settings)
    await app.start()
    try:
        stopped = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        await _first_poll(app, stopped)
        await _short_walk(settings)
        _print_lines(settings, keys, sim_url)
        sys.stdout.flush()
        if seconds:
            asyncio.get_running_loop().call_later(seconds, stopped.set)
        await stopped.wait()
    finally:
        await app.stop()


async def _first_poll(app: App, stopped: asyncio.Event) -> None:
    app.poller.poll_now()
    for _ in range(int(FIRST_POLL_S / 0.1)):
        health = next(iter(app.keepers.values())).known.health
        if health.state is DeviceState.UP or stopped.is_set():
            return
        await asyncio.sleep(0.1)
    raise HostError(f"the simulated device was not polled within {FIRST_POLL_S:g} s: {health.reason} {health.detail}")


async def _short_walk(settings: Settings) -> None:
    module = northbound(settings.root_oid)
    names = Names((STANDARD, module))
    host, _, port = settings.snmp.listen[0].rpartition(":")
    manager = Manager(host, int(port), settings.snmp.communities[0])
    screen = console()
    for table, columns in SHOWN.items():
        base: Oid = module.parts[table][0]
        cells = [cell async for cell in manager.walk(base)]
        screen.print(grid(table, cells, names, columns))


def _print_lines(settings: Settings, keys: Keys, sim_url: str) -> None:
    address = settings.snmp.listen[0]
    root = dotted(northbound(settings.root_oid).root)
    secret = f"-a SHA-256 -A {keys.passphrase} -x AES -X {keys.passphrase}"
    click.echo(
        f"""
The agent serves the simulated device on {address}. To walk it with net-snmp:

  snmpbulkwalk -v2c -c {keys.community} {address} .{root}
  snmpbulkwalk -v3 -l authPriv -u {keys.user} {secret} {address} .{root}

With names, where the IETF's MIB texts are installed (Debian: snmp-mibs-downloader):

  snmptable -v2c -c {keys.community} -M +mibs -m +LANTIME-NORTHBOUND-MIB -Ci -Cw 160 {address} lnbSlotTable

The simulated device is at {sim_url}; faults are switched while it runs, for example:

  curl -X PUT {sim_url}/_sim/faults/card-pulled -d '{{"slot": "io1"}}'
  curl -X DELETE {sim_url}/_sim/faults

Ctrl-C stops both."""
    )
