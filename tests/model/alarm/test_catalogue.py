"""The alarm types as a whole: names, arcs, texts, what they read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from agent.mib.declaration import Feed, Table
from agent.mib.module import northbound
from agent.model.alarm.catalogue import BY_NAME, TYPES, WATCHED_COLUMNS, default_rules, happened, look_at
from agent.model.alarm.events import (
    DataLossCrossed,
    Event,
    MailboxFree,
    MailboxFull,
    MessageFailed,
    MessageStalled,
    MessageSucceeded,
    StallEnded,
    StateSetAside,
    StateWriting,
)
from agent.model.alarm.facts import AGENT, Facts, Instant, Scene
from agent.model.alarm.finding import Condition, Sight
from agent.model.alarm.kind import AlarmType, RuleSettings
from agent.model.alarm.step import step
from agent.model.alarm.table import AlarmTable
from tests.support.scenes import SITE, START, UP, calm

every_type = pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)


def test_arcs_and_names_are_given_once_and_leave_room_below_those_of_the_agent() -> None:
    assert len({kind.arc for kind in TYPES}) == len({kind.name for kind in TYPES}) == len(TYPES)
    assert all(0 < kind.arc < 100 for kind in TYPES)


@every_type
def test_a_type_says_what_is_wrong_why_and_what_to_do(kind: AlarmType) -> None:
    assert kind.text
    assert not kind.text.endswith(".")
    assert kind.cause.endswith(".")
    assert kind.remedy.endswith(".")
    assert len(kind.name) <= 29


def test_every_object_a_rule_reads_is_declared_and_handed_to_it() -> None:
    module = northbound()
    assert {name for name in WATCHED_COLUMNS if name not in module.objects} == set()
    for name in WATCHED_COLUMNS:
        part = module.objects[name].part
        assert isinstance(part, Table)
        assert part.feed is Feed.DOCUMENT, name


@every_type
def test_a_rule_needs_no_more_cells_than_it_names(kind: AlarmType) -> None:
    device = calm()
    for fault in ("clock-unsync", "antenna-fault", "psu-lost", "link-down", "card-pulled", "grandmaster-change"):
        device.faults.set(fault)
    before, now = device._before, device.facts()
    cut = Facts({name: column for name, column in now.columns.items() if name in kind.reads})
    whole = list(kind.rule(Scene(SITE, UP, now, before), kind.defaults))
    assert list(kind.rule(Scene(SITE, UP, cut, before), kind.defaults)) == whole


def test_no_rule_needs_any_cell() -> None:
    look = look_at(Scene(SITE, UP), default_rules)
    assert not [one for one in look.findings if one.condition.value == "true"]


def test_a_rule_that_fails_costs_its_own_type_only() -> None:
    def broken(_scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
        yield Sight("clk1", Condition.TRUE)
        raise ValueError("no such thing")

    failing = replace(BY_NAME["antennaFault"], rule=broken)
    look = look_at(Scene(SITE, UP), default_rules, (failing, BY_NAME["deviceUnreachable"]))
    assert [one.alarm_type for one in look.findings] == ["deviceUnreachable"]
    assert (look.unknown, look.whole) == ({"antennaFault"}, {"deviceUnreachable"})
    assert look.faults == (("antennaFault", "ValueError('no such thing')"),)


def taken(*events: Event) -> list[tuple[str, str, str]]:
    """What events do to an empty table: news, type and resource, step by step."""
    table, seen = AlarmTable(), []
    for seconds, event in enumerate(events):
        looks = happened([event], {SITE.name: SITE}, lambda _: default_rules)
        table, transitions = step(table, looks, Instant(START, float(seconds)))
        seen += [(one.news.value, one.alarm.alarm_type, one.alarm.resource) for one in transitions]
    return seen


def test_a_failed_message_is_raised_told_again_and_over_when_one_of_its_type_succeeds() -> None:
    failed = MessageFailed(5, "poll-now", SITE.name, "timeout", "no answer")
    assert taken(failed, failed, MessageSucceeded("other", SITE.name), MessageSucceeded("poll-now", SITE.name)) == [
        ("raise", "interAppFailed", "interapp/poll-now"),
        ("change", "interAppFailed", "interapp/poll-now"),
        ("clear", "interAppFailed", "interapp/poll-now"),
    ]


def test_a_failed_message_names_itself_and_the_reason() -> None:
    (look,) = happened([MessageFailed(5, "poll-now", SITE.name, "timeout", "late")], {SITE.name: SITE},
                       lambda _: default_rules)  # fmt: skip
    (finding,) = look.findings
    assert finding.site == SITE
    assert finding.text == "Inter-application message failed: poll-now"
    assert finding.value == "timeout, message 5: late"


def test_a_message_about_an_unknown_device_is_the_agents() -> None:
    (look,) = happened([MessageFailed(5, "x", "nobody", "timeout")], {SITE.name: SITE}, lambda _: default_rules)
    assert look.site is AGENT


def test_a_message_that_stalls_is_an_alarm_of_its_own_until_it_goes_on() -> None:
    one, other = MessageStalled(4, "poll-now", SITE.name, 300), MessageStalled(9, "poll-now", SITE.name, 300)
    assert taken(one, other, StallEnded(4, "poll-now", SITE.name)) == [
        ("raise", "interAppStalled", "interapp/message-4"), ("raise", "interAppStalled", "interapp/message-9"),
        ("clear", "interAppStalled", "interapp/message-4"),
    ]  # fmt: skip


def test_a_full_mailbox_is_an_alarm_until_there_is_room() -> None:
    assert taken(MailboxFull(1000), MailboxFull(1000), MailboxFree()) == [
        ("raise", "interAppFull", "interapp"), ("clear", "interAppFull", "interapp"),
    ]  # fmt: skip


def test_data_loss_over_its_limit_is_an_alarm_of_the_device_until_it_is_back() -> None:
    assert taken(DataLossCrossed(SITE.name, 513, over=True), DataLossCrossed(SITE.name, 100, over=False)) == [
        ("raise", "dataLossHigh", ""), ("clear", "dataLossHigh", ""),
    ]  # fmt: skip


def test_a_state_that_cannot_be_written_is_an_alarm_until_it_can() -> None:
    assert taken(StateWriting(written=False, problem="disk full"), StateWriting(written=True)) == [
        ("raise", "stateNotWritten", "state"), ("clear", "stateNotWritten", "state"),
    ]  # fmt: skip


def test_a_state_file_put_aside_is_told_once() -> None:
    assert taken(StateSetAside("/x/state.db.corrupt-1")) == [("raise", "stateLost", "state")]


def test_types_are_found_by_name() -> None:
    assert BY_NAME["antennaFault"].notification == "lnbAntennaFault"
