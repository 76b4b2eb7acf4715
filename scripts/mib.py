"""What the published MIB says of types and ranges, read from the OID lock and not from the agent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.snmp import messages
from tests.snmp.messages import Oid

LOCK = Path(__file__).resolve().parents[1] / "mibs" / "oid-lock.txt"
ROOT: Oid = (1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 5597)
OBJECTS: Oid = (*ROOT, 1)
_TAGS = {
    "INTEGER": 0x02, "Integer32": 0x02, "TruthValue": 0x02, "SnmpAdminString": 0x04, "OCTET": 0x04, "MacAddress": 0x04,
    "DateAndTime": 0x04, "OBJECT": 0x06, "Counter32": 0x41, "Gauge32": 0x42, "Unsigned32": 0x42, "TimeTicks": 0x43,
    "Counter64": 0x46, "RowStatus": 0x02,
}  # fmt: skip
_SIZES = {"DateAndTime": {8, 11}, "MacAddress": {6}}


@dataclass(frozen=True, slots=True)
class Syntax:
    """What a value of an object must be.

    Attributes:
        labels: the numbers of an enumeration; empty for others.
        bounds: lowest and highest number, where the MIB names them.
    """

    name: str
    words: str
    tag: int
    labels: frozenset[int]
    bounds: tuple[int, int] | None

    def problem(self, tag: int, content: bytes) -> str:
        """What is wrong with a value; empty when nothing is."""
        if tag != self.tag:
            return f"{self.name}: tag {tag:#04x} where {self.words} belongs"
        sizes = _SIZES.get(self.words.partition(" ")[0])
        if sizes and len(content) not in sizes:
            return f"{self.name}: {len(content)} octets are no {self.words}"
        if tag in (0x04, 0x06):
            return ""
        number = messages.number(content)
        if self.labels and number not in self.labels:
            return f"{self.name}: {number} is no label of it"
        if self.bounds and not self.bounds[0] <= number <= self.bounds[1]:
            return f"{self.name}: {number} is not within {self.bounds}"
        return ""


def read_lock(path: Path = LOCK) -> dict[Oid, Syntax]:
    """All objects of the MIB by OID."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        arcs, name, words = line.split(" ", 2)
        if words.startswith("NOTIFICATION"):
            continue
        labels = frozenset(int(number) for number in re.findall(r"\w\((\d+)\)", words)) if "{" in words else frozenset()
        if words.startswith("TruthValue"):
            labels = frozenset({1, 2})
        ranged = re.search(r" \((-?\d+)\.\.(-?\d+)\)", words)
        bounds = (int(ranged[1]), int(ranged[2])) if ranged and not words.startswith("OCTET") else None
        found[ROOT + messages.dotted(arcs)] = Syntax(name, words, _TAGS[words.split()[0]], labels, bounds)
    return found


class Mib:
    """Objects by the OIDs of their instances."""

    def __init__(self) -> None:
        self._objects = read_lock()
        self._names = {syntax.name: oid for oid, syntax in self._objects.items()}
        self._depths = sorted({len(oid) for oid in self._objects})

    def oid(self, name: str, *index: int) -> Oid:
        """An instance."""
        return (*self._names[name], *index)

    def syntax(self, instance: Oid) -> Syntax | None:
        """The object that an instance belongs to, None for one there is not."""
        for depth in self._depths:
            found = self._objects.get(instance[:depth])
            if found is not None:
                return found
        return None
