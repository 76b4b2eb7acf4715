"""A manager that knows a LANTIME: net-snmp's tools, asked for what clients ask, and read as they read it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass

from tests.support.tools import tool

B = ".1.3.6.1.4.1.5597.30"
_LINE = re.compile(r"(?P<oid>\.[\d.]+) = (?P<kind>[A-Za-z0-9 ]+?): (?P<value>.*)", re.DOTALL)
NOTHING = "nothing"


@dataclass(frozen=True)
class Value:
    """A value as net-snmp prints it: its type, and itself without quotation marks."""

    kind: str
    text: str

    @property
    def number(self) -> float:
        """The value as a number; fails when it is none."""
        return float(self.text)


@dataclass(frozen=True)
class Client:
    """A client that asks one host."""

    port: int
    community: str
    version: str = "-v2c"

    def _run(self, name: str, *arguments: str) -> list[str]:
        command = [tool(name), self.version, "-c", self.community, "-m", "", "-OnUe", "-t", "3", "-r", "1"]
        done = subprocess.run(
            [*command, f"127.0.0.1:{self.port}", *arguments], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return re.split(r"\n(?=\.)", done.stdout.strip())

    def get(self, *oids: str) -> list[Value]:
        """Values of one GET for all of these; one that there is not has the type "nothing"."""
        full = [oid if oid.startswith(".1.") else f"{B}{oid}" for oid in oids]
        lines = self._run("snmpget", *full)
        assert [line.split(" ")[0] for line in lines] == full
        return [_value(line) for line in lines]

    def one(self, oid: str) -> Value:
        """One value."""
        return self.get(oid)[0]

    def walk(self, oid: str, tool_name: str = "snmpbulkwalk") -> dict[str, Value]:
        """Values below an OID, by what stands behind it."""
        base = oid if oid.startswith(".1.") else f"{B}{oid}"
        lines = self._run(tool_name, base)
        found = {line.split(" ")[0]: _value(line) for line in lines}
        return {name[len(base) + 1 :]: value for name, value in found.items() if name.startswith(f"{base}.")}

    def table(self, entry: str) -> dict[str, dict[int, Value]]:
        """The rows of a table below its entry: by index, the columns."""
        rows: dict[str, dict[int, Value]] = {}
        for name, value in self.walk(entry).items():
            column, _, index = name.partition(".")
            rows.setdefault(index, {})[int(column)] = value
        return rows


def _value(line: str) -> Value:
    found = _LINE.fullmatch(line)
    if found is None:
        return Value(NOTHING, line.partition(" = ")[2])
    return Value(found["kind"], found["value"].strip().strip('"'))
