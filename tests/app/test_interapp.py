"""Messages through the whole agent: posted over its socket, done on a simulated device, read over SNMP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.config import Settings
from agent.errors import ConfigError
from agent.model.message import DataLossCrossed, Event
from agent.sim import SimSpec, Simulator
from agent.web.sender import Sender
from tests.support.cells import row, where
from tests.support.running import FAST, RunningAgent, Simulating, Starting, configured, device, pace, wait_for

IO1 = "lnbSlotId"
SPEC = SimSpec(clients=1)


def settings_for(state_dir: Path, simulator: Simulator, **changes: Any) -> Settings:
    """Polls so seldom that every poll seen is one that a message asked for, unless an interval is given."""
    interval_s = changes.pop("interval_s", 300)
    poll = pace(**FAST | {"interval_s": interval_s, "deadline_s": 5, "read_timeout_s": 5})
    return configured(state_dir, device(simulator.port, poll=poll, **changes.pop("device", {})), **changes)


def sent(agent: RunningAgent, kind: str, content: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A message posted, and its row once it has ended."""

    async def send() -> dict[str, Any]:
        async with Sender(agent.app.settings.state_dir / "interapp.sock") as sender:
            _, answer = await sender.post({"type": kind, "content": dict(content), **more})
            return await sender.ended(answer["guid"], 8)

    return asyncio.run(send())


def message(agent: RunningAgent, index: int) -> dict[str, Any]:
    """A row of the message table as a manager reads it."""
    return row(agent.walk("lnbIacMessageTable"), "lnbIacMessageTable", index)


def test_a_poll_on_command_is_seen_with_the_requests_it_caused(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    agent = agent_on(settings_for(tmp_path, simulate(SPEC), http={"max_count": 100}))

    done = sent(agent, "pollNow", {"device": "lts1"}, source="scheduler")

    agent.wait_up()
    wait_for(lambda: agent.get("lnbIacState", done["index"]) == "succeeded")
    shown = message(agent, done["index"])
    assert (shown["lnbIacType"], shown["lnbIacSource"], shown["lnbIacTarget"]) == ("pollNow", "web:scheduler", "lts1")
    assert shown["lnbIacRequest"] == b'{"device":"lts1"}'
    handler = row(agent.walk("lnbIacHandlerTable"), "lnbIacHandlerTable", done["index"])
    assert (handler["lnbIacHandlerState"], handler["lnbIacHandlerPhase"]) == ("done", "done")
    first, last = handler["lnbIacHandlerHttpFirst"], handler["lnbIacHandlerHttpLast"]
    caused = {index[1] for index, cause in agent.walk("lnbHttpSessionTable")["lnbHttpMessage"].items() if cause}
    assert caused == set(range(first, last + 1)) != set()
    assert agent.get("lnbIacSucceeded", 0) == 1


def test_a_detached_slot_is_not_shown_over_restarts_until_it_is_attached(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    settings = settings_for(tmp_path, simulate(SPEC))
    agent = agent_on(settings)
    sent(agent, "pollNow", {"device": "lts1"})
    index = where(agent.walk("lnbSlotTable"), "lnbSlotId", "io1")
    assert agent.get("lnbIacSlotAsked", *index) == "true"

    assert sent(agent, "detachCard", {"device": "lts1", "slot": "io1"})["state"] == "succeeded"

    wait_for(lambda: agent.get("lnbIacSlotAsked", *index) == "false")
    assert agent.get("lnbSlotId", *index) is None
    assert agent.get("lnbIacSlotChosen", *index) == "true"
    agent.stop()
    agent = agent_on(settings)
    sent(agent, "pollNow", {"device": "lts1"})
    wait_for(lambda: agent.get("lnbIacSlotAsked", *index) == "false")
    assert agent.get("lnbSlotId", *index) is None

    assert sent(agent, "attachCard", {"device": "lts1", "slot": "io1"})["handler"]["result"] == "io1: HPS attached"

    assert agent.get("lnbSlotId", *index) == "io1"


def test_a_card_that_is_pulled_and_plugged_is_detached_and_attached_by_messages(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    simulator = simulate(SPEC)
    agent = agent_on(settings_for(tmp_path, simulator, interval_s=0.2))
    agent.wait_up()

    def types() -> list[tuple[str, str]]:
        cells = agent.walk("lnbIacMessageTable")
        kinds = cells.get("lnbIacType", {})
        return [(kind, cells["lnbIacState"].get(index)) for index, kind in sorted(kinds.items())]

    assert types() == []
    simulator.faults.set("card-pulled", slot="io1")
    wait_for(lambda: types() == [("cardGone", "succeeded"), ("detachCard", "succeeded")], "pulled")
    simulator.faults.clear("card-pulled")
    wait_for(lambda: types()[2:] == [("cardFound", "succeeded"), ("attachCard", "succeeded")], "plugged")

    calls = agent.walk("lnbIacMessageTable")["lnbIacCallGuid"]
    guids = agent.walk("lnbIacMessageTable")["lnbIacGuid"]
    assert [calls[(2,)], calls[(4,)]] == [guids[(1,)], guids[(3,)]]
    assert agent.get("lnbIacDirection", 4) == "outbound"
    assert agent.get("lnbIacKind", 3) == "event"


def test_what_was_open_when_the_agent_stopped_has_failed_at_the_next_start(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    simulator = simulate(SPEC)
    settings = settings_for(tmp_path, simulator)
    agent = agent_on(settings)
    simulator.faults.set("hang")

    async def post() -> int:
        async with Sender(tmp_path / "interapp.sock") as sender:
            _, answer = await sender.post({"type": "pollNow", "content": {"device": "lts1"}})
            return int(answer["index"])

    index = asyncio.run(post())
    wait_for(lambda: agent.get("lnbIacHandlerPhase", index) == "awaitDevice")
    agent.stop()
    simulator.faults.clear("hang")

    agent = agent_on(settings)

    wait_for(lambda: agent.get("lnbIacReason", index) == "restarted")
    assert agent.get("lnbIacState", index) == "failed"
    assert sent(agent, "pollNow", {"device": "lts1"})["index"] == index + 1


def test_tracking_changes_by_message_at_once_and_over_a_restart(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    simulator = simulate(SPEC)
    settings = settings_for(tmp_path, simulator, interval_s=0.2)
    agent = agent_on(settings)
    wait_for(lambda: (agent.get("lnbHttpSessions", 1) or 0) > 4)
    before = max(agent.walk("lnbHttpSessionTable")["lnbHttpState"])

    sent(agent, "setHttpTracking", {"maximum": 2, "enabled": False})

    assert agent.get("lnbHttpMaxCount", 0) == 2
    assert agent.get("lnbHttpSessions", 1) == 2
    assert agent.get("lnbHttpDropped", 1) >= 3
    asked = agent.get("lnbHttpRequests", 1)
    wait_for(lambda: agent.get("lnbHttpRequests", 1) > asked + 2)
    assert max(agent.walk("lnbHttpSessionTable")["lnbHttpState"])[1] <= before[1] + 2
    sent(agent, "setHttpTracking", {"enabled": True})
    wait_for(lambda: max(agent.walk("lnbHttpSessionTable")["lnbHttpState"])[1] > before[1] + 2, "numbers go on")
    agent.stop()
    assert agent_on(settings).get("lnbHttpMaxCount", 0) == 2


def test_data_loss_over_its_limit_is_shown_and_told_and_so_is_its_end(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    simulator = simulate(SPEC)
    agent = agent_on(settings_for(tmp_path, simulator, interval_s=0.05, http={"data_loss_limit_percent": 40}))
    agent.wait_up()
    events: list[Event] = []
    agent.call(lambda: agent.app.interapp.bus.observers.append(events.append))

    simulator.faults.set("server-error")
    wait_for(lambda: agent.get("lnbHttpDataLossOver", 1) == "true", seconds=20)
    simulator.faults.clear("server-error")
    wait_for(lambda: agent.get("lnbHttpDataLossOver", 1) == "false", seconds=20)

    wait_for(lambda: len(events) == 2)
    told = [(event.device, event.over, event.limit_percent) for event in events if isinstance(event, DataLossCrossed)]
    assert told == [("lts1", True, 40), ("lts1", False, 40)]


def test_the_endpoint_lists_what_the_table_shows(tmp_path: Path, simulate: Simulating, agent_on: Starting) -> None:
    agent = agent_on(settings_for(tmp_path, simulate(SPEC)))
    for kind, content in (("pollNow", {"device": "lts1"}), ("nothing", {}), ("pollNow", {"device": "lts9"})):
        sent(agent, kind, content)

    async def listed() -> list[dict[str, Any]]:
        async with Sender(tmp_path / "interapp.sock") as sender:
            return list((await sender.get("/messages"))[1]["messages"])

    for shown in asyncio.run(listed()):
        index = shown["index"]
        wait_for(lambda index=index: agent.get("lnbIacState", index) in ("succeeded", "failed"))
        cells = message(agent, index)
        assert (shown["guid"], shown["state"], shown["reason"]) == (
            cells["lnbIacGuid"], cells["lnbIacState"], cells["lnbIacReason"],
        )  # fmt: skip
        assert json.loads(cells["lnbIacRequest"]) == shown["request"]
    assert agent.get("lnbIacRejected", 0) == 1
    assert agent.get("lnbIacFailed", 0) == 2


def test_bounds_change_by_reload_and_the_endpoint_by_a_restart_only(
    tmp_path: Path, simulate: Simulating, agent_on: Starting
) -> None:
    simulator = simulate(SPEC)
    agent = agent_on(settings_for(tmp_path, simulator))
    for _ in range(4):
        sent(agent, "nothing", {})

    smaller = settings_for(tmp_path, simulator, interapp={"max_count": 2, "timeout_s": 30})
    agent.call(lambda: agent.app.reload(smaller))

    assert agent.get("lnbIacMaxCount", 0) == 2
    assert agent.get("lnbIacDefaultTimeout", 0) == 30
    assert sorted(agent.walk("lnbIacMessageTable")["lnbIacState"]) == [(3,), (4,)]
    with pytest.raises(ConfigError, match="web: cannot change while the agent runs"):
        agent.call(lambda: agent.app.reload(settings_for(tmp_path, simulator, web={"socket": False})))
