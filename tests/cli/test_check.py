"""`check` names what is wrong, by file and key, and what a device has and lacks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from agent.model.identity import Given
from agent.service.state import StateStore
from agent.sim import Simulator
from tests.cli.conftest import PASSWORD, Commands


def test_a_good_configuration_is_summed_up_without_secrets(command: Commands, configured: Callable[..., Path]) -> None:
    result = command("check", "-c", str(configured(1)))

    assert result.exit_code == 0
    assert "agent.yaml: good" in result.output
    assert "community 0: from everywhere" in result.output
    assert "v1 and v2c from noAuthNoPriv up, all contexts: reads default, sets nothing" in result.output
    assert "device one: http://127.0.0.1:1, user info, basic, proxy bypass, every 30 s" in result.output
    assert "testing" not in result.output
    assert PASSWORD not in result.output


def test_the_address_that_stands_for_a_device_is_said(command: Commands, configured: Callable[..., Path]) -> None:
    result = command("check", "-c", str(configured(1, device='listen: ["127.0.0.1:11611", "[::1]:11611"]')))

    assert "is the same host at 127.0.0.1:11611, [::1]:11611, where no context need be named" in result.output


def test_the_context_of_a_device_and_what_it_shows_there_are_said(
    command: Commands, configured: Callable[..., Path]
) -> None:
    everything = command("check", "-c", str(configured(1))).output
    assert "    is a host in the context one: COMMUNITY@one, or -n one in v3\n" in everything
    assert "    shows there standard MIBs and the vendor's MIB, beside its rows" in everything
    vendor = command("check", "-c", str(configured(1, device="host: {views: [vendor]}"))).output
    assert "    shows there the vendor's MIB, beside its rows" in vendor
    nothing = command("check", "-c", str(configured(1, device="host: {views: []}"))).output
    assert "    shows there its system group alone, beside its rows" in nothing


def test_the_contexts_in_a_device_have_the_numbers_that_the_agent_gave(
    command: Commands, configured: Callable[..., Path], simulator: Simulator
) -> None:
    path = configured(simulator.port)
    before = command("check", "-c", str(path), "--device", "one").output
    assert "the agent has given no numbers yet" in before
    assert "  context one/ptp1: PTPv2 instance io1/instance0\n" in before
    assert not (command.folder / "state").exists()
    state = StateStore(command.folder / "state" / "state.db")
    state.keep("one", [Given("ptp", "io1/instance1", 1), Given("ptp", "io1/instance0", 2)])
    state.close()
    after = command("check", "-c", str(path), "--device", "one").output
    assert "the agent has given no numbers yet" not in after
    assert "  context one/ptp1: PTPv2 instance io1/instance1\n" in after
    assert "  context one/ptp2: PTPv2 instance io1/instance0\n" in after
    assert "  context one/node1: SyncMon node node0\n" in after


def test_several_fronts_are_said(command: Commands, tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text("snmp: {listen: ['127.0.0.1:0'], fronts: 2, communities: [{name: testing}]}\n", encoding="utf-8")

    assert "listens on 127.0.0.1:0; 2 processes answer\n" in command("check", "-c", str(path)).output


def test_a_wrong_key_is_named_with_its_file_and_the_exit_code_is_78(
    command: Commands, configured: Callable[..., Path]
) -> None:
    result = command("check", "-c", str(configured(1, device="prot: 80")))

    assert result.exit_code == 78
    assert "agent.yaml: devices[0].prot: unknown key; known here: " in result.output


def test_a_missing_file_is_named(command: Commands) -> None:
    result = command("check", "-c", "nowhere.yaml")

    assert result.exit_code == 78
    assert "nowhere.yaml: cannot be read: No such file or directory" in result.output


def test_a_configuration_that_lets_nobody_read_is_refused(command: Commands) -> None:
    (command.folder / "empty.yaml").write_text("devices: []", encoding="utf-8")

    result = command("check", "-c", "empty.yaml")

    assert result.exit_code == 78
    assert "no communities and no users" in result.output


def test_an_overlay_for_an_unknown_object_is_refused_by_name(
    command: Commands, configured: Callable[..., Path]
) -> None:
    (command.folder / "o.yaml").write_text("paths: {lnbPtpOffsett: a.b}", encoding="utf-8")

    result = command("check", "-c", str(configured(1, top="overlays: [o.yaml]")))

    assert result.exit_code == 78
    assert "o.yaml: paths.lnbPtpOffsett: no object of that name" in result.output
    assert "did you mean lnbPtpOffset" in result.output


def test_a_device_that_answers_is_reported_with_version_slots_and_paths(
    command: Commands, configured: Callable[..., Path], simulator: Simulator
) -> None:
    result = command("check", "-c", str(configured(simulator.port)), "--device", "one", "--paths")

    assert result.exit_code == 0
    assert "GET /api/status: 200 OK" in result.output
    assert "credentials accepted; API version 10." in result.output
    assert "found: lnbPtpInstanceTable <- status.chassis0.slots[].module.ptp-instances[]" in result.output
    assert "missing: lnbTimeCodeLevel" in result.output
    assert "unmapped: /links/self" in result.output


def test_slots_that_do_not_exist_or_hold_another_card_are_reported(
    command: Commands, configured: Callable[..., Path], simulator: Simulator
) -> None:
    path = configured(simulator.port, device="slots: {io1: HPS, io3: HPS, io99: null}")

    result = command("check", "-c", str(path), "--all-devices")

    assert result.exit_code == 1
    assert "slot problems: io3: another card than HPS; io99: no such slot" in result.output


def test_refused_credentials_are_reported_and_the_exit_code_is_1(
    command: Commands, configured: Callable[..., Path], simulator: Simulator
) -> None:
    simulator.faults.set("unauthorized")

    result = command("check", "-c", str(configured(simulator.port)), "--device", "one")

    assert result.exit_code == 1
    assert "credentialsRejected: " in result.output
    assert PASSWORD not in result.output


def test_an_unknown_device_is_refused_with_the_known_ones(command: Commands, configured: Callable[..., Path]) -> None:
    result = command("check", "-c", str(configured(1)), "--device", "two")

    assert result.exit_code == 2
    assert "no device 'two' in the configuration; devices are: one" in result.output
