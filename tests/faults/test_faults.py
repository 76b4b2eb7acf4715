"""Faults of receivers, of the agent and of its disk: nothing that an inform promised is lost."""

from __future__ import annotations

from pathlib import Path

from tests.faults import disasters, scenarios


def test_a_receiver_that_was_dead_is_pinged_and_then_told_every_active_alarm_once(tmp_path: Path) -> None:
    seen = scenarios.receiver_dead(tmp_path)
    assert seen.is_whole, seen
    assert seen.superseded, "some of what happened was overtaken while it was dead"


def test_a_slow_receiver_loses_nothing_and_delays_nobody(tmp_path: Path) -> None:
    seen = scenarios.receiver_slow(tmp_path, delay_s=0.7, count=12)
    assert seen.is_whole, seen
    assert not seen.missing


def test_a_v3_receiver_with_another_engine_id_is_told_at_once(tmp_path: Path) -> None:
    seen = scenarios.receiver_reinstalled(tmp_path)
    assert seen.is_whole, seen
    assert not seen.missing


def test_an_agent_killed_while_informs_are_open_delivers_them_when_it_is_started(tmp_path: Path) -> None:
    seen = disasters.agent_killed(tmp_path, disasters.kill_all, "agent")
    assert seen.is_whole, seen
    assert not seen.missing


def test_a_back_killed_while_informs_are_open_delivers_them_when_the_next_is_there(tmp_path: Path) -> None:
    seen = disasters.agent_killed(tmp_path, disasters.kill_back, "back")
    assert seen.is_whole, seen
    assert not seen.missing


def test_every_alarm_of_a_burst_arrives_where_there_is_no_storm_control(tmp_path: Path) -> None:
    seen = scenarios.burst(tmp_path, 500, 1)
    assert seen.is_whole, seen
    assert not seen.missing
    assert not seen.superseded


def test_a_storm_is_told_by_its_beginning_its_end_and_a_resync(tmp_path: Path) -> None:
    seen = scenarios.storm(tmp_path, 500, 1)
    assert seen.is_whole, seen
    assert len(seen.active) == 500
    assert len(seen.decided) < 100


def test_a_flapping_link_is_told_a_few_times_and_then_held(tmp_path: Path) -> None:
    seen = scenarios.flapping(tmp_path, 5)
    assert seen.is_whole, seen


def test_a_clock_that_jumps_ends_no_alarm_and_holds_up_none(tmp_path: Path) -> None:
    seen = disasters.clock_jump(tmp_path)
    assert seen.is_whole, seen
    assert not seen.missing


def test_a_full_disk_is_told_nothing_is_lost_and_all_is_written_when_there_is_room(tmp_path: Path) -> None:
    seen = disasters.disk_full(tmp_path)
    assert seen.is_whole, seen
    assert not seen.missing


def test_a_corrupt_state_file_is_kept_aside_and_told_and_the_agent_goes_on(tmp_path: Path) -> None:
    seen = disasters.state_corrupt(tmp_path)
    assert seen.is_whole, seen
    assert not seen.missing
