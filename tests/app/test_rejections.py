"""Two refused passwords stop the asking, over restarts too: the device locks accounts."""

from __future__ import annotations

from pathlib import Path

from agent.config import DeviceSettings, Secret
from agent.service.rejections import Rejections
from agent.service.state import StateStore
from agent.sim import SimSpec, Simulator
from tests.support.running import FAST, Starting, configured, device, pace, wait_for


def stubborn(simulator: Simulator, password: str) -> DeviceSettings:
    poll = pace(**FAST | {"interval_s": 0.1, "backoff_max_s": 0.1, "configuration": False})
    return device(simulator.port, poll=poll, password=Secret(password))


def test_a_restart_does_not_ask_again_and_other_credentials_are_tried_at_once(
    tmp_path: Path, agent_on: Starting
) -> None:
    with Simulator(SimSpec(clients=0)) as simulator:
        running = agent_on(configured(tmp_path, stubborn(simulator, "wrong")))
        wait_for(lambda: running.keeper().known.health.rejections == 2, "two refusals")
        assert "not asked again for 3600 s" in running.get("lnbDeviceReasonText", 1)
        running.stop()
        asked = len(simulator.requests)
        assert asked == 2

        again = agent_on(configured(tmp_path, stubborn(simulator, "wrong")))
        wait_for(lambda: again.get("lnbDeviceCredentialState", 1) == "rejected", "the state")
        assert again.get("lnbDeviceReason", 1) == "credentialsRejected"
        assert "refused before the agent was started" in again.get("lnbDeviceReasonText", 1)
        again.stop()
        assert len(simulator.requests) == asked

        mended = agent_on(configured(tmp_path, stubborn(simulator, "info-secret")))
        mended.wait_up()


def test_a_note_holds_for_the_pause_and_the_same_credentials_only(tmp_path: Path) -> None:
    state, clock = StateStore(tmp_path / "state.db"), [1000.0]
    rejections = Rejections(state, lambda: clock[0])
    settings = device(80, password=Secret("wrong"))
    assert rejections.held_s(settings) == 0
    rejections.hold(settings)
    assert rejections.held_s(settings) == settings.poll.rejected_pause_s
    assert rejections.held_s(device(80, password=Secret("other"))) == 0
    assert rejections.held_s(device(81, password=Secret("wrong"))) == 0
    clock[0] += settings.poll.rejected_pause_s
    assert rejections.held_s(settings) == 0
    clock[0] = 0.0
    assert rejections.held_s(settings) == 0, "a clock that was set back holds nobody for ever"
    assert "wrong" not in (tmp_path / "state.db").read_bytes().decode("latin-1")
    state.close()
