"""The service in this process: what only its own event loop and its log can tell."""

from __future__ import annotations

import asyncio
import logging
import random
import threading
from pathlib import Path

import pytest

from tests.hostile.mutation import hostile
from tests.snmp import messages
from tests.snmp.agents import NUMBERS, PLAIN, SEALED, SIGNED, USERS, RunningAgent, connection, snmp_settings

ROW = (*NUMBERS, 1, 3)


def test_hostile_messages_leave_no_tasks_and_threads_and_one_log_line_for_each_reason(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "agent")
    agent = RunningAgent(snmp_settings(USERS), tmp_path)
    peer = agent.discover()
    tasks, threads = agent.within(lambda: len(asyncio.all_tasks())), threading.active_count()
    with connection(agent.address) as asking:
        for turn, datagram in enumerate(hostile(random.Random(1702), peer, 4000)):
            asking.send(datagram)
            if turn % 50 == 49:
                assert agent.is_alive()
    assert agent.within(lambda: len(asyncio.all_tasks())) == tasks
    assert threading.active_count() == threads
    for user in (PLAIN, SIGNED, SEALED):
        assert agent.ask_as(user, messages.pdu(messages.GET, [ROW]), peer).pdu.values == [(2, b"\3")]
    agent.close()
    assert agent.problems == []
    lines = [record.getMessage().split(" from=")[0] for record in caplog.records if record.name.startswith("agent.")]
    assert sorted(lines) == [
        f"authentication-failed reason={reason}" for reason in ("badCommunity", "unknownUser", "wrongDigest")
    ]
