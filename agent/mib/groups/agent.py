"""The agent itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from agent.config import Settings
from agent.mib.declaration import Column, Group, Scalars
from agent.mib.groups.receiver import ReceiverRow
from agent.mib.syntax import DATE_AND_TIME, GAUGE, TEXT
from agent.model.health import DeviceState


@dataclass(frozen=True, slots=True)
class AgentView:
    """The agent at one moment.

    Attributes:
        states: how many devices are in each state.
        drift: mismatches in all devices' last documents.
        front_restarts: how often the process that answers died and was started anew, of this agent.
        back_restarts: the same of the process that polls.
        receivers: of notifications.
    """

    version: str
    started: datetime
    loaded: datetime
    settings: Settings
    states: Mapping[DeviceState, int]
    drift: int
    cells: int
    front_restarts: int = 0
    back_restarts: int = 0
    receivers: tuple[ReceiverRow, ...] = ()


INFO = Scalars(
    1,
    "lnbAgentInfo",
    (
        Column(1, "lnbAgentVersion", TEXT, "Version of the agent.", value=lambda agent: agent.version),
        Column(2, "lnbAgentStarted", DATE_AND_TIME, "When the agent started.", value=lambda agent: agent.started),
        Column(3, "lnbAgentConfigLoaded", DATE_AND_TIME, "When the configuration in force was read.",
               value=lambda agent: agent.loaded),
        Column(4, "lnbAgentDevices", GAUGE, "Configured devices.",
               value=lambda agent: sum(agent.states.values())),
        Column(5, "lnbAgentDevicesUp", GAUGE, "Devices in state up.",
               value=lambda agent: agent.states.get(DeviceState.UP, 0)),
        Column(6, "lnbAgentDevicesStale", GAUGE, "Devices in state stale.",
               value=lambda agent: agent.states.get(DeviceState.STALE, 0)),
        Column(7, "lnbAgentDevicesDown", GAUGE, "Devices in state down.",
               value=lambda agent: agent.states.get(DeviceState.DOWN, 0)),
        Column(8, "lnbAgentDevicesNeverPolled", GAUGE, "Devices in state neverPolled.",
               value=lambda agent: agent.states.get(DeviceState.NEVER, 0)),
        Column(9, "lnbAgentDrift", GAUGE,
               "Mismatches in the last documents of all devices; lnbDriftTable lists them.",
               value=lambda agent: agent.drift),
        Column(10, "lnbAgentCells", GAUGE, "Cells served, when this was last counted.",
               value=lambda agent: agent.cells),
        Column(11, "lnbAgentFrontRestarts", GAUGE,
               "How often the process that answers requests died since the agent started, and was started anew.",
               value=lambda agent: agent.front_restarts),
        Column(12, "lnbAgentBackRestarts", GAUGE,
               "How often the process that polls devices died since the agent started, and was started anew.",
               value=lambda agent: agent.back_restarts),
    ),
)  # fmt: skip

GROUP = Group(1, "lnbAgent", "The agent itself.", (INFO,))
