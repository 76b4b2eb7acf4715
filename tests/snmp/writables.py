"""A few scalars of the test's own that can be written, with a spin lock and an assignment that fails on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent.mib.declaration import Access, Column
from agent.mib.syntax import Syntax, enumeration, integer32, octets, text
from agent.wire.block import LiveBlock
from agent.wire.writing import INCONSISTENT_VALUE, Assignment, Result, Writable, Writer
from tests.snmp.agents import BASE
from tests.snmp.messages import Oid

LABEL, LEVEL, LOCK, MODE, RAW = ((*BASE, 5, arc) for arc in range(1, 6))
"""Text of 16 octets, Integer32 (1..1000), TestAndIncr, an enumeration, 4 octets."""
SYNTAXES: dict[Oid, Syntax] = {
    LABEL: text(16), LEVEL: integer32(1, 1000), LOCK: integer32(0, 2**31 - 1), MODE: enumeration(off=1, on=2),
    RAW: octets(4),
}  # fmt: skip
NAMES: dict[Oid, str] = {LABEL: "testLabel", LEVEL: "testLevel", LOCK: "testLock", MODE: "testMode", RAW: "testRaw"}


@dataclass
class Lock:
    """A TestAndIncr of the test's own."""

    value: int = 5


class Writables:
    """The scalars and their values.

    Attributes:
        assigned: what was assigned, and who asked, in order.
        problem: what the next assignments raise.
    """

    def __init__(self) -> None:
        self.values: dict[str, Any] = {
            "testLabel": "old", "testLevel": 7, "testMode": "off", "testRaw": b"\0\1",
        }  # fmt: skip
        self.assigned: list[tuple[dict[str, Any], str]] = []
        self.problem: Exception | None = None
        self.lock = Lock()
        self.writer = Writer([self._writable(oid) for oid in SYNTAXES], self._submit)

    def _writable(self, oid: Oid) -> Writable:
        name = NAMES[oid]
        column = Column(
            oid[-1], name, SYNTAXES[oid], "", value=lambda _: self.values[name], access=Access.READ_WRITE, live=True
        )
        return Writable(oid, column)

    def _submit(self, wanted: Sequence[Assignment], who: str) -> Result:
        if self.problem is not None:
            raise self.problem
        for each in wanted:
            if each.name == "testLock" and each.value != self.lock.value:
                return Result(INCONSISTENT_VALUE, each.position)
        values = {each.name: each.value for each in wanted if each.name != "testLock"}
        self.lock.value += len(wanted) - len(values)
        if values:
            self.values |= values
            self.assigned.append((values, who))
        return Result(0, 0)

    def read(self, oid: Oid) -> Any:
        """A scalar's value now."""
        return self.lock.value if oid == LOCK else self.values[NAMES[oid]]

    def blocks(self) -> list[LiveBlock]:
        """The scalars as the store has them."""
        return [
            LiveBlock(oid, syntax.tag, lambda oid=oid, syntax=syntax: syntax.encode(self.read(oid)))  # type: ignore[misc]
            for oid, syntax in SYNTAXES.items()
        ]
