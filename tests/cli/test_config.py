"""`config` and `history` with an agent that runs as a process of its own and simulated devices."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from agent.cli.wanted import edits_for, matching
from agent.errors import UsageError
from agent.sim import SimSpec, Simulator
from tests.cli.conftest import Commands
from tests.cli.test_send import running

INSTANCE = "chassis0/slots/io1/module/ptp-instances/instance0"
DOMAIN = f"{INSTANCE}/domain-number"
CELLS = [
    {"cell": "lnbPtpConfigDomain.3.1", "path": "configuration/a/domain"},
    {"cell": "lnbPtpConfigDomain.3.2", "path": "configuration/b/domain"},
    {"cell": "lnbServiceConfigEnabled.3.2", "path": "configuration/services/network/ftp/enabled"},
]


def domain_of(simulator: Simulator) -> Any:
    return requests.get(f"{simulator.control_url}/configuration/{DOMAIN}", timeout=5).json()["value"]


@pytest.fixture
def simulators() -> Iterator[list[Simulator]]:
    with Simulator(SimSpec(clients=1)) as one, Simulator(SimSpec(clients=1)) as other:
        yield [one, other]


@pytest.fixture
def site(command: Commands, simulators: list[Simulator], tmp_path: Path) -> Iterator[Path]:
    """A running agent with two devices that may be written, polled once with their configuration."""
    path = tmp_path / "agent.yaml"
    devices = "".join(
        f"  - {{name: lts{number}, address: 127.0.0.1, port: {one.port}, scheme: http, username: info, "
        "password: '${PASSWORD}', writes: true, poll: {configuration_batch: 100}}\n"
        for number, one in enumerate(simulators, 1)
    )
    path.write_text(
        "state_dir: state\nsnmp: {listen: ['127.0.0.1:0'], communities: [{name: testing}]}\ndevices:\n" + devices,
        encoding="utf-8",
    )
    with running(path):
        ends = time.monotonic() + 30
        while not all(_cells(command, path, name) for name in ("lts1", "lts2")):
            assert time.monotonic() < ends, "no configuration was read"
            time.sleep(0.2)
        yield path


def _cells(command: Commands, config: Path, device: str) -> list[Mapping[str, Any]]:
    shown = command("config", "get", "-c", str(config), device, "--json")
    return [one for one in json.loads(shown.stdout) if one["path"].endswith(DOMAIN)] if not shown.exit_code else []


def wanted(folder: Path, **domains: int) -> str:
    path = folder / "wanted.yaml"
    lines = "".join(f"  {device}:\n    {DOMAIN}: {value}\n" for device, value in domains.items())
    path.write_text(f"devices:\n{lines}", encoding="utf-8")
    return str(path)


def test_from_the_difference_to_the_history_and_back(
    command: Commands, site: Path, simulators: list[Simulator], tmp_path: Path
) -> None:
    config = ("-c", str(site))
    file = wanted(tmp_path, lts1=24, lts2=25)

    compared = command("config", "diff", *config, file)
    assert compared.exit_code == 5, compared.output
    assert "    - 0\n    + 24\n" in compared.stdout
    assert [domain_of(one) for one in simulators] == [0, 0]

    refused = command("config", "apply", *config, file)
    assert (refused.exit_code, "--yes writes without asking" in refused.output) == (2, True)

    applied = command("config", "apply", *config, file, "--yes")
    assert applied.exit_code == 0, applied.output
    assert "is committed" in applied.stderr
    assert [domain_of(one) for one in simulators] == [24, 25]
    assert command("config", "diff", *config, file).exit_code == 0

    listed = json.loads(command("history", *config, "--json").output)
    assert [(row["device"], row["old"], row["new"], row["result"]) for row in listed] == [
        ("lts1", "0", "24", "written"), ("lts2", "0", "25", "written"),
    ]  # fmt: skip
    assert listed[0]["user"].startswith("web:config/")
    number = listed[0]["transaction"]

    back = command("config", "rollback", *config, str(number), "--yes")
    assert back.exit_code == 0, back.output
    assert [domain_of(one) for one in simulators] == [0, 0]
    again = command("config", "rollback", *config, "99", "--yes")
    assert (again.exit_code, "there is no transaction 99" in again.stderr) == (1, True)
    assert "committed" in command("config", "list", *config).output


def test_exit_codes_say_what_happened(
    command: Commands, site: Path, simulators: list[Simulator], tmp_path: Path
) -> None:
    config = ("-c", str(site))

    simulators[1].faults.set("write-refused")
    failed = command("config", "apply", *config, wanted(tmp_path, lts1=24, lts2=25), "--yes")
    assert (failed.exit_code, "is rolledBack" in failed.stderr) == (3, True), failed.output
    assert [domain_of(one) for one in simulators] == [0, 0]
    simulators[1].faults.clear()

    pending = command("config", "set", *config, "lts1", f"{DOMAIN}=7", "--confirm", "60", "--yes")
    assert pending.exit_code == 75, pending.output
    assert domain_of(simulators[0]) == 7
    number = json.loads(command("history", *config, "--limit", "1", "--json").output)[0]["transaction"]
    other = command("config", "apply", *config, wanted(tmp_path, lts1=9), "--yes")
    assert (other.exit_code, f"transaction {number} of web:config/" in other.stderr) == (1, True)
    cancelled = command("config", "cancel", *config, str(number))
    assert cancelled.exit_code == 0, cancelled.output
    assert domain_of(simulators[0]) == 0

    assert command("config", "set", *config, "lts1", f"{DOMAIN}=7", "--confirm", "60", "--yes").exit_code == 75
    assert command("config", "confirm", *config, str(number + 1)).exit_code == 0
    assert domain_of(simulators[0]) == 7

    too_large = command("config", "set", *config, "lts1", f"{DOMAIN}=300", "--yes")
    assert (too_large.exit_code, "0 to 255" in too_large.output) == (1, True), too_large.output
    unknown = command("config", "get", *config, "lts1", "lnbPtpConfigDomian")
    assert (unknown.exit_code, "did you mean lnbPtpConfigDomain, " in unknown.output) == (2, True), unknown.output
    listed = command("config", "list", *config)
    assert "open" not in listed.output, "what was only looked at is discarded"


def test_lists_cut_nothing_off(command: Commands, site: Path, simulators: list[Simulator], tmp_path: Path) -> None:
    config = ("-c", str(site))
    simulators[1].faults.set("write-refused")
    command("config", "apply", *config, wanted(tmp_path, lts1=24, lts2=25), "--yes")
    cell = next(one["cell"] for one in _cells(command, site, "lts2"))
    listed = command("config", "list", *config).output.splitlines()
    assert "  rolledBack  " in listed[0]
    assert listed[0].endswith("2 edits, 1 with errors"), listed
    assert listed[1] == f"  edit 2 lts2 {cell}: 403 Forbidden; the user may not do this, or the account is locked"
    assert "nothing was written to lts9" in command("history", *config, "--device", "lts9").stderr
    written, refused, reason, restored = command("history", *config).output.splitlines()
    assert ": 0 -> 24  written, transaction " in written
    assert f"  lts2 {cell}: 0 -> 25  refused, transaction " in refused
    assert reason.startswith("  403 Forbidden")
    assert ": 24 -> 0  restored, transaction " in restored


def test_a_name_stands_for_all_its_rows_though_the_agent_has_not_read_them_yet(
    command: Commands, simulators: list[Simulator], tmp_path: Path
) -> None:
    """One part of the configuration at each poll: the cards with PTP instances are far behind."""
    path = tmp_path / "agent.yaml"
    path.write_text(
        "state_dir: state\nsnmp: {listen: ['127.0.0.1:0'], communities: [{name: testing}]}\ndevices:\n"
        f"  - {{name: lts1, address: 127.0.0.1, port: {simulators[0].port}, scheme: http, username: info, "
        "password: '${PASSWORD}', writes: true, poll: {configuration_batch: 6}}\n",
        encoding="utf-8",
    )
    (tmp_path / "all.yaml").write_text(
        "devices: {lts1: {lnbPtpConfigDomain: 23, lnbSystemConfigLocation: Rack 24}}", encoding="utf-8"
    )
    with running(path):
        early = command("config", "get", "-c", str(path), "lts1")
        assert "are yet to be read; --fresh waits for them" in early.output
        compared = command("config", "diff", "-c", str(path), str(tmp_path / "all.yaml"))
        assert (compared.exit_code, compared.output.count("+ 23")) == (5, 4), compared.output
        assert "+ Rack 24" in compared.output
        where = f"{simulators[0].control_url}/configuration/system/location"
        requests.put(where, json="Elsewhere", timeout=5)
        place = ("lts1", "lnbSystemConfigLocation")
        assert "Elsewhere" not in command("config", "get", "-c", str(path), *place).output
        assert "= Elsewhere" in command("config", "get", "-c", str(path), *place, "--fresh").output


def test_a_person_is_shown_the_difference_in_colours_and_asked_before_and_after(
    site: Path, simulators: list[Simulator], tmp_path: Path
) -> None:
    """On a terminal: two questions, answered yes and no."""
    arguments = [sys.executable, "-m", "agent", "config", "apply", "-c", str(site), wanted(tmp_path, lts1=24),
                 "--confirm", "60"]  # fmt: skip
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": _root()}
    with subprocess.Popen(arguments, stdin=slave, stdout=slave, stderr=slave, env=environment) as process:
        os.close(slave)
        seen = _until(master, "Write 1 value?")
        os.write(master, b"y\n")
        seen += _until(master, "Keep it?")
        assert domain_of(simulators[0]) == 24
        os.write(master, b"n\n")
        seen += _until(master, "is rolledBack")
        assert process.wait(20) == 3
    os.close(master)
    assert "\x1b[31m    - 0" in seen
    assert "\x1b[32m    + 24" in seen
    assert domain_of(simulators[0]) == 0


def _root() -> str:
    return str(Path(__file__).resolve().parents[2])


def _until(master: int, text: str) -> str:
    seen, ends = "", time.monotonic() + 20
    while text not in seen:
        assert time.monotonic() < ends, seen
        seen += os.read(master, 4096).decode()
    return seen


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "devices: {lts1: {lnbPtpConfigDomain: 1.5}}",
            "devices.lts1.lnbPtpConfigDomain: text, a whole number, true or false expected, not 1.5; in quotes",
        ),
        ("devices: {lts1: {}}", "lts1: at least one value"),
        ("devices: {}", "devices"),
        ("values: {lts1: {a: 1}}", "unknown key; known here: devices"),
        ("devices: {lts1: {a: 1, a: 2}}", "key 'a' is given twice"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(
    command: Commands, configured: Callable[..., Path], tmp_path: Path, text: str, problem: str
) -> None:
    (tmp_path / "wanted.yaml").write_text(text, encoding="utf-8")
    answer = command("config", "diff", "-c", str(configured(1)), "wanted.yaml")
    assert (answer.exit_code, problem in answer.output) == (78, True), answer.output


def test_devices_that_are_not_configured_are_met_with_those_that_are(
    command: Commands, configured: Callable[..., Path], tmp_path: Path
) -> None:
    for name in ("diff", "apply"):
        answer = command("config", name, "-c", str(configured(1)), wanted(tmp_path, other=3))
        assert (answer.exit_code, "no device 'other' in the configuration; devices are: one" in answer.output) == (
            2,
            True,
        )


@pytest.mark.parametrize(
    ("pairs", "problem"),
    [(["lnbPtpConfigDomain"], "is given as PLACE=VALUE"), (["a=1", "a=2"], "a is given twice")],
)
def test_values_to_set_are_given_with_their_places(
    command: Commands, configured: Callable[..., Path], pairs: list[str], problem: str
) -> None:
    answer = command("config", "set", "-c", str(configured(1)), "one", *pairs)
    assert (answer.exit_code, problem in answer.output) == (2, True), answer.output


def test_without_an_agent_that_is_said(command: Commands, configured: Callable[..., Path], tmp_path: Path) -> None:
    answer = command("config", "diff", "-c", str(configured(1)), wanted(tmp_path, one=3))
    assert (answer.exit_code, "no agent answers" in answer.output) == (71, True), answer.output


@pytest.mark.parametrize(
    ("place", "cells"),
    [
        ("lnbPtpConfigDomain", [0, 1]),
        ("lnbPtpConfigDomain.2", [1]),
        ("lnbPtpConfigDomain.3.1", [0]),
        ("b/domain", [1]),
        ("configuration/b/domain", [1]),
        ("lnbPtpConfigDomain.3", []),
        ("b/dom", []),
    ],
)
def test_a_place_stands_for_cells(place: str, cells: list[int]) -> None:
    assert matching(place, CELLS) == [CELLS[number]["cell"] for number in cells]


def test_what_says_more_counts_more() -> None:
    edits = edits_for("lts1", {"lnbPtpConfigDomain.2": 5, "lnbPtpConfigDomain": 4}, CELLS)
    assert edits == [
        {"target": "lnbPtpConfigDomain.3.1", "value": 4}, {"target": "lnbPtpConfigDomain.3.2", "value": 5},
    ]  # fmt: skip


def test_a_place_that_is_none_is_met_with_what_may_be_meant() -> None:
    with pytest.raises(UsageError, match=r"lts1: lnbPtpConfigDomian: .*did you mean lnbPtpConfigDomain\?"):
        edits_for("lts1", {"lnbPtpConfigDomian": 5}, CELLS)
