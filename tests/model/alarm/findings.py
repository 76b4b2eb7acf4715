"""Findings and moments made for tests of the table alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from agent.model.alarm.facts import Instant, Site
from agent.model.alarm.finding import Condition, Finding, Look
from agent.model.severity import Severity
from tests.support.scenes import START

SITE = Site("lts1", 1, "192.0.2.1")
PLAIN = Finding(SITE, "clk1", "antennaFault", Condition.TRUE, Severity.MAJOR, "Antenna fault", "notConnected")


def at(seconds: float) -> Instant:
    """A moment so many seconds after the start, by both clocks."""
    return Instant(START + timedelta(seconds=seconds), seconds)


def finding(condition: Condition = Condition.TRUE, **changes: Any) -> Finding:
    """A finding with some things other than usual."""
    return replace(PLAIN, condition=condition, **changes)


def seen(*findings: Finding, whole: tuple[str, ...] = ()) -> Look:
    """A look with these findings."""
    return Look(SITE, findings, frozenset(whole))
