"""A whole document built into cells with every declaration, as the agent does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from agent.config import DeviceSettings
from agent.mib.build import Memory, build
from agent.mib.declaration import Feed
from agent.mib.module import northbound
from agent.mib.plan import Plan, make_plan
from agent.mib.view import DeviceView
from agent.model.document import graft
from agent.model.exchange import ExchangeLog
from agent.model.health import DeviceState, Health
from agent.model.identity import Identities
from agent.sim import SimSpec, build_configuration, build_status

NOW = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)
FEEDS = (Feed.STATUS, Feed.DOCUMENT, Feed.LEFTOVERS)
PLAN = make_plan(northbound())
DEVICE_INDEX = 7

Table = dict[str, dict[tuple[int, ...], bytes]]
"""Column name, index behind the device's: content octets."""


@dataclass
class Device:
    """One device, built again and again with the memory and the identities of the builds before."""

    plan: Plan = PLAN
    settings: DeviceSettings = field(default_factory=lambda: DeviceSettings(name="test", address="192.0.2.1"))
    identities: Identities = field(default_factory=Identities)
    memory: Memory = field(default_factory=dict)
    attribute_limit: int = 50_000

    def build(self, root: Mapping[str, Any], state: DeviceState = DeviceState.UP, now: datetime = NOW) -> Table:
        """The cells of a document; `view` is then the view they were built from."""
        self.view = DeviceView(
            index=DEVICE_INDEX,
            settings=self.settings,
            root=root,
            health=Health(state=state, last_success=now),
            identities=self.identities,
            now=now,
            log=ExchangeLog(limit=1),
            attribute_limit=self.attribute_limit,
        )
        built, self.memory = build(self.plan, FEEDS, self.view, self.memory)
        names = {located.oid: name for name, located in self.plan.module.objects.items()}
        table: Table = {}
        for cells in built:
            assert list(cells.keys) == sorted(set(cells.keys))
            for key, content in zip(cells.keys, cells.contents, strict=True):
                device, *index = (int.from_bytes(key[at : at + 4], "big") for at in range(0, len(key), 4))
                assert device == DEVICE_INDEX
                table.setdefault(names[cells.oid], {})[tuple(index)] = content
        return table

    @property
    def drift(self) -> list[tuple[str, str]]:
        """Object and place of the mismatches in the last document."""
        return [(one.object_name, one.place) for one in self.view.notes.drift.values()]


def simulated(generation: int, now: datetime = NOW) -> dict[str, Any]:
    """The merged document of a small simulated device, with the configuration of one card."""
    spec = SimSpec(generation=generation, hps_cards=1, instances=1, clients=1, syncmon_nodes=1)
    root = graft({}, "status", build_status(spec, now))
    return graft(root, "configuration/chassis0/slots/io1/module", build_configuration(spec, "io1", now))
