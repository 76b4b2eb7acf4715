"""Alarms about transactions: one for each value that is not what it was, until it is."""

from __future__ import annotations

from datetime import datetime, timezone

from agent.model.alarm.catalogue import default_rules, happened
from agent.model.alarm.events import EditLeft, Event, TransactionRolledBack
from agent.model.alarm.facts import Instant, Site
from agent.model.alarm.step import step
from agent.model.alarm.table import AlarmTable, Transition

NOW = Instant(datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc), 100.0)
SITES = {"lts1": Site("lts1", 3, "192.0.2.10")}
LEFT = EditLeft(5, "lts1", "lnbPtpConfigDomain.3.1", "lts1 lnbPtpConfigDomain.3.1: was 0, is 24 (no answer)")


def after(table: AlarmTable, *events: Event) -> tuple[AlarmTable, tuple[Transition, ...]]:
    return step(table, happened(events, SITES, lambda _: default_rules), NOW)


def test_a_value_that_is_left_is_an_alarm_of_its_device_with_the_difference_until_it_is_restored() -> None:
    table, (raised,) = after(AlarmTable({}, 0, 0), LEFT)
    alarm = raised.alarm
    assert (alarm.alarm_type, alarm.site.name, alarm.text) == ("configRollbackIncomplete", "lts1", LEFT.text)
    assert alarm.resource == "config/transaction-5/lnbPtpConfigDomain.3.1"

    again = EditLeft(5, "lts1", LEFT.target, "lts1 lnbPtpConfigDomain.3.1: was 0, is 99 (changed)")
    table, (changed,) = after(table, again)
    assert (changed.alarm.text, changed.alarm.index) == (again.text, alarm.index)

    table, (over,) = after(table, EditLeft(5, "lts1", LEFT.target, is_left=False))
    assert (over.alarm.cleared, table.active) == (True, {})


def test_a_rollback_that_nobody_asked_for_is_told_once() -> None:
    _, (raised,) = after(AlarmTable({}, 0, 0), TransactionRolledBack(5, "not confirmed within 120 s"))
    alarm = raised.alarm
    assert (alarm.alarm_type, alarm.site.index, alarm.lasts_s) == ("configRolledBack", 0, 3600)
    assert alarm.text == "A configuration transaction was rolled back: not confirmed within 120 s"
