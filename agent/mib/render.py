"""Cells for people: names and values in the manner of net-snmp's tools, from the declarations."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.mib import encoding
from agent.mib.declaration import Located, Module
from agent.mib.encoding import Oid

_TYPES = {
    encoding.INTEGER: "INTEGER",
    encoding.OCTET_STRING: "STRING",
    encoding.OBJECT_IDENTIFIER: "OID",
    encoding.IP_ADDRESS: "IpAddress",
    encoding.COUNTER32: "Counter32",
    encoding.UNSIGNED32: "Gauge32",
    encoding.TIME_TICKS: "Timeticks",
    encoding.OPAQUE: "Opaque",
    encoding.COUNTER64: "Counter64",
}


@dataclass(frozen=True, slots=True)
class ReadCell:
    """One cell as it is read."""

    oid: Oid
    tag: int
    content: bytes


class Names:
    """Objects of several modules by OID and by name."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self._by_name: dict[str, Located] = {}
        for module in modules:
            self._by_name.update(module.objects)
        self._sorted = sorted((located.oid, located) for located in self._by_name.values()) if self._by_name else []
        self._oids = [oid for oid, _ in self._sorted]

    def object_at(self, oid: Oid) -> tuple[Located, Oid] | None:
        """The object an OID is an instance of, and the instance."""
        place = bisect_right(self._oids, oid) - 1
        if place < 0 or oid[: len(self._oids[place])] != self._oids[place]:
            return None
        found, located = self._sorted[place]
        return located, oid[len(found) :]

    def named(self, name: str) -> Located | None:
        """The object of a name."""
        return self._by_name.get(name)

    def line(self, cell: ReadCell) -> str:
        """A cell as `name.instance = TYPE: value`."""
        found = self.object_at(cell.oid)
        if found is None:
            return f".{dotted(cell.oid)} = {typed(cell)}"
        located, instance = found
        return f"{located.column.name}.{dotted(instance)} = {typed(cell, located)}"


def dotted(oid: Sequence[int]) -> str:
    """An OID in dotted digits."""
    return ".".join(map(str, oid))


def typed(cell: ReadCell, located: Located | None = None) -> str:
    """Type and value of a cell."""
    kind = _TYPES.get(cell.tag, f"tag {cell.tag:#04x}")
    units = f" {located.column.units}" if located and located.column.units else ""
    return f"{kind}: {value(cell, located)}{units}"


def value(cell: ReadCell, located: Located | None = None) -> str:
    """The value of a cell alone."""
    syntax = located.column.syntax if located else None
    if cell.tag == encoding.OBJECT_IDENTIFIER:
        return "." + dotted(_oid(cell.content))
    if cell.tag == encoding.OCTET_STRING:
        return _string(cell.content, syntax.kind if syntax else "")
    if cell.tag == encoding.IP_ADDRESS and len(cell.content) == 4:
        return dotted(cell.content)
    if cell.tag == encoding.OPAQUE:
        return "0x" + cell.content.hex()
    number = int.from_bytes(cell.content, "big", signed=True)
    if syntax and syntax.labels:
        words = [word for word, code in syntax.labels.items() if code == number]
        return f"{words[0]}({number})" if words else str(number)
    return str(number)


def _string(content: bytes, kind: str) -> str:
    if kind == "moment" and len(content) == 11:
        year = int.from_bytes(content[:2], "big")
        month, day, hour, minute, second, tenth = content[2:8]
        return (
            f"{year}-{month}-{day},{hour}:{minute}:{second}.{tenth},{content[8:9].decode()}{content[9]}:{content[10]}"
        )
    if kind == "mac":
        return ":".join(f"{octet:02x}" for octet in content)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text.isprintable() and (text or not content):
        return text
    if kind in ("text", "octets") and text and all(char.isprintable() or char in "\r\n\t" for char in text):
        return text.strip("\r\n").replace("\r", "").replace("\n", "\\n").replace("\t", "\\t")
    return "0x" + content.hex()


def _oid(content: bytes) -> Oid:
    numbers: list[int] = []
    number = 0
    for octet in content:
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2) if numbers else 0
    return (first, numbers[0] - 40 * first, *numbers[1:]) if numbers else ()
