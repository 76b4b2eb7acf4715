"""The two answering paths of this project as subjects: as a service over a test table, and as the whole agent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agent.config import Settings, SnmpSettings
from agent.sim import Simulator
from agent.wire.block import make_blocks
from tests.conformance import subject as known
from tests.conformance.subject import Objects, Subject
from tests.snmp import agents, messages
from tests.snmp.agents import BASE, DEFAULTS, LONG, NAMES, NUMBERS, ROWS, SUBTREE, cells, user_settings
from tests.snmp.messages import Oid
from tests.snmp.writables import LABEL, Writables
from tests.support import running

COUNTERS: Oid = (*BASE, 3, 1, 1)
"""A column of 200 Counter64, followed by short values."""
TABLE = Objects(NUMBERS, NAMES, LONG, COUNTERS, [(1, row) for row in range(1, ROWS + 1)], BASE, (*LABEL, 0))


def settings(engine: str, write_view: dict[str, Any]) -> SnmpSettings:
    """Who may do what, as every subject has it."""
    return SnmpSettings.model_validate({
        **DEFAULTS,
        "engine": engine,
        "listen": ["127.0.0.1:0", "127.0.0.2:0", "[::1]:0"],
        "communities": [
            {"name": known.READ_ONLY.decode()},
            {"name": known.READ_WRITE.decode(), "write_view": "writable"},
            {"name": known.PART.decode(), "view": "part"},
            {"name": known.CLOSED.decode(), "view": "nothing"},
            {"name": known.IN_CONTEXT.decode(), "context": known.CONTEXT.decode()},
        ],
        "users": [user_settings(user) for user in known.USERS],
        "views": {
            "part": {"include": ["1.3.6.1"], "exclude": ["1.3.6.1.2.1.1.4"]},
            "nothing": {"include": []},
            "writable": write_view,
        },
    })  # fmt: skip


class Service(Subject):
    """The SNMP side alone, over a table and scalars of the test's own; on the wire path some can be written."""

    def __init__(self, engine: str, state_dir: Path) -> None:
        super().__init__(engine, TABLE)
        self._state_dir = state_dir

    def start(self) -> None:
        here = Writables()
        allowed = settings(self.name, {"include": [SUBTREE, "1.3.6.1.2.1.1"]})
        self._agent = agents.RunningAgent(allowed, self._state_dir, writer=here.writer)
        counters = cells(COUNTERS, messages.COUNTER64, {(1, row): bytes([row & 0x7F]) + bytes(7) for row in range(200)})
        self._agent.within(self._agent.store.swap, "more", [*make_blocks([counters]), *here.blocks()])
        self.addresses = self._agent.addresses

    def stop(self) -> None:
        self._agent.close()
        assert not self._agent.problems


class Whole(Subject):
    """The whole agent, polling one simulated device whose name is that of the context."""

    def __init__(self, engine: str, state_dir: Path, simulator: Simulator) -> None:
        super().__init__(engine, Objects(*[()] * 4, (), (), known.SYS_LOCATION))
        device = running.device(simulator.port, known.CONTEXT.decode(), poll=running.pace(interval_s=3600))
        snmp = settings(engine, {"include": ["1.3.6.1.2.1.1"]})
        self._settings = Settings(state_dir=state_dir, snmp=snmp, devices=(device,))

    def start(self) -> None:
        self.agent = running.RunningAgent(self._settings).start()
        self.agent.poll_now()
        self.agent.wait_up()
        self.addresses = self.agent.app.addresses

    def stop(self) -> None:
        self.agent.stop()
