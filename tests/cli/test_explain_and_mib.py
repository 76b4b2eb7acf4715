"""`explain` and `mib` print from the declarations."""

from __future__ import annotations

from pathlib import Path

from agent.config import DEFAULT_ROOT
from tests.cli.conftest import Commands

REPOSITORY = Path(__file__).parents[2]


def test_explain_without_a_name_lists_every_table_with_its_oid(command: Commands) -> None:
    result = command("explain")

    assert result.exit_code == 0
    assert f"lnbSlotTable                 {DEFAULT_ROOT}.1.3.2" in result.output


def test_explain_names_syntax_index_and_paths_of_a_column(command: Commands) -> None:
    output = command("explain", "lnbSlotType").output

    assert output.startswith(f"lnbSlotType  .{DEFAULT_ROOT}.1.3.2.1.3\n")
    assert "pwr(2)" in output
    assert "indexed by lnbDeviceIndex, lnbSlotIndex" in output
    assert "rows from: status.chassis0.slots[]" in output
    assert "read from: slot-type" in output


def test_explain_takes_an_oid_with_an_instance(command: Commands) -> None:
    output = command("explain", f".{DEFAULT_ROOT}.1.8.3.1.1.1.7").output

    assert output.startswith("lnbPtpOffset ")
    assert "instance: 1.7" in output
    assert "measured" in output


def test_explain_shows_the_paths_of_an_overlay(command: Commands) -> None:
    overlay = command.folder / "o.yaml"
    overlay.write_text("paths: {lnbPtpInstanceTable: 'status.chassis0.slots[].module.mine[]'}", encoding="utf-8")

    output = command("explain", "lnbPtpClientTable", "--overlay", str(overlay)).output

    assert "status.chassis0.slots[].module.mine[].unicast-clients[]" in output


def test_explain_suggests_names_for_a_misspelt_one(command: Commands) -> None:
    result = command("explain", "lnbSlotTyp")

    assert result.exit_code == 2
    assert "did you mean lnbSlotType" in result.output


def test_explain_refuses_an_oid_outside_the_module(command: Commands) -> None:
    assert command("explain", "1.3.6.1.2.1.99.1").exit_code == 2


def test_mib_prints_the_committed_text(command: Commands) -> None:
    committed = (REPOSITORY / "mibs" / "LANTIME-NORTHBOUND-MIB.txt").read_text(encoding="ascii")

    assert command("mib").output == committed, "print it anew: make mib"


def test_mib_prints_the_committed_reference_page(command: Commands) -> None:
    committed = (REPOSITORY / "docs" / "reference.md").read_text(encoding="utf-8")

    assert command("mib", "--reference").output == committed, "print it anew: lantime-agent mib --reference"


def test_mib_prints_another_root(command: Commands) -> None:
    output = command("mib", "--root", "1.3.6.1.4.1.99999.1").output

    assert "lnbArc1 OBJECT IDENTIFIER ::= { enterprises 99999 }" in output
    assert "::= { lnbArc1 1 }" in output


def test_mib_refuses_a_root_below_the_vendors_own_arc(command: Commands) -> None:
    result = command("mib", "--root", "1.3.6.1.4.1.5597.77")

    assert result.exit_code == 2
    assert "vendor's own arc" in result.output
