"""Builds one group from a document and decodes its cells, by hand, so that no encoder is checked by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from agent.config import DeviceSettings
from agent.mib.build import Memory, build
from agent.mib.declaration import Column, Feed, Group, Module
from agent.mib.plan import Plan, make_plan
from agent.mib.view import DeviceView
from agent.model.document import leaves
from agent.model.exchange import ExchangeLog
from agent.model.health import DeviceState, Health
from agent.model.identity import Identities

NOW = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)
DEVICE_INDEX = 7
CAPTURE = Path(__file__).resolve().parents[4] / "shared" / "captures" / "m300-api10.json"
NO_CAPTURE = f"the real capture is not part of the project and not at {CAPTURE}"

Index = tuple[int, ...]


@dataclass
class Reader:
    """One device read with one group, again and again if need be."""

    group: Group
    identities: Identities = field(default_factory=Identities)
    memory: Memory = field(default_factory=dict)
    settings: DeviceSettings = field(default_factory=lambda: DeviceSettings(name="test", address="192.0.2.1"))

    def __post_init__(self) -> None:
        self.plan: Plan = make_plan(Module("TEST-MIB", (1, 3, 6, 1, 4, 1, 8072), (self.group,)))
        self.view: DeviceView | None = None

    def read(
        self, status: Mapping[str, Any], state: DeviceState = DeviceState.UP, now: datetime = NOW
    ) -> dict[str, dict[Index, Any]]:
        """Column name to index (without the device's) to decoded value."""
        self.view = DeviceView(
            index=DEVICE_INDEX,
            settings=self.settings,
            root={"status": status},
            health=Health(state=state),
            identities=self.identities,
            now=now,
            log=ExchangeLog(limit=1),
        )
        built, self.memory = build(self.plan, (Feed.DOCUMENT,), self.view, self.memory)
        columns = {located.oid: located.column for located in self.plan.module.objects.values()}
        cells: dict[str, dict[Index, Any]] = {}
        for one in built:
            column = columns[one.oid]
            assert one.tag == _TAGS[_tag_name(column.syntax.smi)], column.name
            assert list(one.keys) == sorted(set(one.keys)), column.name
            for key, content in zip(one.keys, one.contents, strict=True):
                device, *index = _unpacked(key)
                assert device == DEVICE_INDEX
                cells.setdefault(column.name, {})[tuple(index)] = decoded(column, content)
        return cells

    @property
    def drift(self) -> dict[str, str]:
        """Object name to the raw value of its (last) mismatch."""
        assert self.view is not None
        return {drift.object_name: drift.raw for drift in self.view.notes.drift.values()}

    def unserved(self, *branches: str) -> Iterator[tuple[str, Any]]:
        """Path and value of the scalar leaves below these branches that no column served."""
        assert self.view is not None
        for leaf in leaves(self.view.root["status"]):
            scalar = not isinstance(leaf.value, (dict, list))
            below = leaf.path.startswith(tuple(f"/{branch}/" for branch in branches))
            if below and scalar and (id(leaf.container), leaf.key) not in self.view.notes.served:
                yield leaf.path, leaf.value


def read(group: Group, status: Mapping[str, Any]) -> dict[str, dict[Index, Any]]:
    """The cells of a group, of a device that is up."""
    return Reader(group).read(status)


def row(cells: dict[str, dict[Index, Any]], *index: int) -> dict[str, Any]:
    """Column name to value of the cells with one index."""
    return {name: column[index] for name, column in cells.items() if index in column}


_TAGS = {
    "INTEGER": 0x02, "Integer32": 0x02, "TruthValue": 0x02, "OCTET": 0x04, "SnmpAdminString": 0x04,
    "DateAndTime": 0x04, "MacAddress": 0x04, "Counter32": 0x41, "Gauge32": 0x42, "Unsigned32": 0x42,
    "TimeTicks": 0x43, "Counter64": 0x46,
}  # fmt: skip


def _tag_name(smi: str) -> str:
    return smi.split()[0]


def _unpacked(key: bytes) -> list[int]:
    return [int.from_bytes(key[at : at + 4], "big") for at in range(0, len(key), 4)]


def decoded(column: Column, content: bytes) -> Any:
    """What a manager makes of content octets: label, truth, number, text, time or MAC address."""
    name = _tag_name(column.syntax.smi)
    if name == "SnmpAdminString":
        return content.decode("utf-8")
    if name == "MacAddress":
        assert len(content) == 6
        return content.hex(":")
    if name == "DateAndTime":
        assert len(content) == 11
        assert content[8:] == b"+\x00\x00"
        year = content[0] << 8 | content[1]
        return f"{year:04}-{content[2]:02}-{content[3]:02}T{content[4]:02}:{content[5]:02}:{content[6]:02}"
    number = int.from_bytes(content, "big", signed=True)
    assert len(content) == 1 or content[0] not in (0x00, 0xFF) or (content[0] ^ content[1]) & 0x80, "not minimal"
    if name == "TruthValue":
        return {1: True, 2: False}[number]
    if name == "INTEGER":
        return {value: label for label, value in column.syntax.labels.items()}[number]
    return number
