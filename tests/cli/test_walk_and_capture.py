"""`capture` records a device, and `walk` reads such a record without any network, or a running agent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from agent.sim import Simulator
from tests.cli.conftest import Commands

GOLDEN = Path(__file__).parents[1] / "golden" / "api10-m3000.json"


def test_a_recorded_document_is_walked_by_name(command: Commands) -> None:
    lines = command("walk", "--document", str(GOLDEN), "lnbSlotId").output.splitlines()

    assert lines[0] == "lnbSlotId.1.1 = STRING: pwr1"
    assert all(line.startswith("lnbSlotId.1.") for line in lines)


def test_a_table_is_printed_as_a_table(command: Commands) -> None:
    output = command("walk", "--document", str(GOLDEN), "--table", "lnbModuleTable").output

    assert "lnbModuleTable" in output
    assert "ModuleFamily" in output
    assert "hps(10)" in output


def test_a_group_and_an_oid_name_the_same_cells(command: Commands) -> None:
    by_name = command("walk", "--document", str(GOLDEN), "lnbPtp").output
    by_oid = command("walk", "--document", str(GOLDEN), "1.3.6.1.4.1.8072.9999.9999.5597.1.8").output

    assert by_name == by_oid
    assert len(by_name.splitlines()) > 100


def test_a_file_that_is_no_document_is_refused_by_name(command: Commands) -> None:
    (command.folder / "x.json").write_text("[1, 2", encoding="utf-8")

    result = command("walk", "--document", "x.json")

    assert result.exit_code == 78
    assert "x.json: " in result.output


def test_an_unknown_name_is_refused(command: Commands) -> None:
    assert command("walk", "--document", str(GOLDEN), "lnbNothing").exit_code == 2


def test_a_community_is_not_taken_from_the_command_line(command: Commands, configured: Callable[..., Path]) -> None:
    result = command("walk", "-c", str(configured(1)), "--community", "public")

    assert result.exit_code == 2
    assert "${VARIABLE}" in result.output


def test_an_agent_that_does_not_answer_is_an_error_of_the_machine(
    command: Commands, configured: Callable[..., Path], unanswered_port: int
) -> None:
    result = command("walk", "-c", str(configured(1)), "--agent", f"127.0.0.1:{unanswered_port}")

    assert result.exit_code == 71
    assert "No SNMP response" in result.output


def test_a_captured_device_can_be_walked_and_reveals_no_identity(
    command: Commands, configured: Callable[..., Path], simulator: Simulator
) -> None:
    result = command("capture", "one", "-c", str(configured(simulator.port)), "-o", "one.json")

    assert result.exit_code == 0
    assert result.output.startswith("one.json: ")
    recorded = json.loads((command.folder / "one.json").read_text(encoding="utf-8"))
    assert recorded["anonymised"] is True
    assert simulator.spec.hostname not in json.dumps(recorded)
    walked = command("walk", "--document", "one.json", "lnbPtpInstanceTable").output
    assert "lnbPtpSlotId.1.1 = STRING: io1" in walked
