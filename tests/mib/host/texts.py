"""The MIB texts of standards and vendor, compiled by pysmi: what an object is there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pysmi.codegen.jsondoc import JsonCodeGen
from pysmi.compiler import MibCompiler
from pysmi.parser.smi import parserFactory
from pysmi.reader.localfile import FileReader
from pysmi.writer.localfile import FileWriter

from agent.mib import encoding

MODULES: Final = (
    "SNMPv2-MIB", "IF-MIB", "IP-MIB", "EtherLike-MIB", "ENTITY-MIB", "ENTITY-SENSOR-MIB", "ENTITY-STATE-MIB",
    "ENTITY-STATE-TC-MIB", "HOST-RESOURCES-MIB", "HOST-RESOURCES-TYPES", "UCD-SNMP-MIB", "NTPv4-MIB", "PTPBASE-MIB",
    "ALARM-MIB", "ITU-ALARM-MIB", "NOTIFICATION-LOG-MIB", "MBG-SNMP-LTNG-MIB", "SNMP-FRAMEWORK-MIB", "SNMP-MPD-MIB",
    "SNMP-TARGET-MIB", "SNMP-NOTIFICATION-MIB", "SNMP-USER-BASED-SM-MIB", "SNMP-VIEW-BASED-ACM-MIB",
    "SNMP-COMMUNITY-MIB", "HCNUM-TC", "TRANSPORT-ADDRESS-MIB", "SNMPv2-TM", "IANAifType-MIB",
)  # fmt: skip
TAGS: Final = {
    "INTEGER": encoding.INTEGER, "Integer32": encoding.INTEGER, "OCTET STRING": encoding.OCTET_STRING,
    "BITS": encoding.OCTET_STRING, "Opaque": 0x44, "OBJECT IDENTIFIER": encoding.OBJECT_IDENTIFIER,
    "IpAddress": encoding.IP_ADDRESS, "NetworkAddress": encoding.IP_ADDRESS, "Counter32": encoding.COUNTER32,
    "Counter": encoding.COUNTER32, "Gauge32": encoding.UNSIGNED32, "Unsigned32": encoding.UNSIGNED32,
    "TimeTicks": encoding.TIME_TICKS, "Counter64": encoding.COUNTER64,
}  # fmt: skip
"""BER tag of each base type (RFC 2578 7.1)."""


@dataclass(frozen=True)
class Described:
    """An object as its MIB text has it.

    Attributes:
        tag: BER tag of its values.
        labels: the enumeration, empty for none; `bounds` of numbers or sizes, empty for none.
    """

    module: str
    oid: str
    access: str
    tag: int
    labels: Mapping[str, int] = field(default_factory=dict)
    bounds: tuple[tuple[int, int], ...] = ()


class Texts:
    """All objects of some compiled MIB texts."""

    def __init__(self, compiled: Mapping[str, Mapping[str, Any]]) -> None:
        self._compiled = compiled
        self._objects = {
            name: (module, node)
            for module, nodes in compiled.items()
            for name, node in nodes.items()
            if isinstance(node, dict) and node.get("class") in {"objecttype", "notificationtype"}
        }

    def __contains__(self, name: str) -> bool:
        return name in self._objects

    def described(self, name: str) -> Described:
        """A scalar or column."""
        module, node = self._objects[name]
        tag, constraints = self._resolved(module, node["syntax"])
        bounds = constraints.get("range") or constraints.get("size") or []
        return Described(
            module, node["oid"], node["maxaccess"], tag, constraints.get("enumeration", {}),
            tuple((int(each["min"]), int(each["max"])) for each in bounds),
        )  # fmt: skip

    def index_of(self, entry: str) -> list[str]:
        """Names in the INDEX clause of a row, or of the row that it augments."""
        _, node = self._objects[entry]
        if "augmention" in node:
            return self.index_of(node["augmention"]["object"])
        return [each["object"] for each in node["indices"]]

    def notification(self, name: str) -> tuple[str, list[str]]:
        """OID and objects of a notification."""
        _, node = self._objects[name]
        return node["oid"], [each["object"] for each in node.get("objects", [])]

    def _resolved(self, module: str, syntax: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        """Base tag, and the constraints nearest to the object."""
        name, constraints = syntax["type"], syntax.get("constraints", {})
        if syntax.get("class") == "bits" or name == "Bits":
            return TAGS["BITS"], {}
        if name in TAGS:
            return TAGS[name], constraints
        convention = self._convention(module, name)
        tag, more = self._resolved(module, convention["type"])
        return tag, constraints or more

    def _convention(self, module: str, name: str) -> Mapping[str, Any]:
        for nodes in (self._compiled[module], *self._compiled.values()):
            node = nodes.get(name)
            if isinstance(node, dict) and node.get("class") == "textualconvention":
                return node
        raise LookupError(name)


def compile_texts(folder: Path, out: Path) -> Texts:
    """The texts of a folder; what one of them needs and is not there is left out."""
    writer = FileWriter(str(out))
    writer.set_options(suffix=".json")
    compiler = MibCompiler(parserFactory()(), JsonCodeGen(), writer)
    compiler.add_sources(FileReader(str(folder)))
    compiler.compile(*MODULES, noDeps=False, rebuild=True, ignoreErrors=True)
    return Texts(dict(_read(out)))


def _read(out: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in sorted(out.glob("*.json")):
        yield path.stem, json.loads(path.read_text())
