"""The layers hold: who may import whom, and which package is imported where."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "agent").rglob("*.py"))

THIRD_PARTIES = {
    "requests": {"device"}, "urllib3": {"device"}, "pysnmp": {"snmp"}, "pyasn1": {"snmp"}, "apscheduler": {"service"},
    "yaml": {"config"}, "aiohttp": {"sim", "web"},
}  # fmt: skip

BELOW: dict[str, set[str]] = {"errors": set(), "model": {"errors"}, "config": {"errors", "model"}}
BELOW["mib"] = {*BELOW["config"], "config", "model"}
BELOW["wire"] = {*BELOW["mib"], "mib"}
BELOW["packs"] = BELOW["wire"]
for _edge in ("device", "snmp", "web", "channel"):
    BELOW[_edge] = {*BELOW["wire"], "wire"}
BELOW["service"] = {*BELOW["wire"], "wire", "device", "snmp", "web", "channel"}
BELOW["app"] = {*BELOW["service"], "service"}
BELOW["offline"] = {*BELOW["app"], "app"}
BELOW["cli"] = {*BELOW["offline"], "offline", "packs", "sim"}  # the demo command runs the simulated device
BELOW["sim"] = set()
"""Layer: the layers it may import, besides itself."""

PURE = ("model", "mib", "packs", "wire")
IMPURE = ("socket", "logging", "time", "random", "threading", "asyncio")


def layer(path: Path) -> str:
    """The layer of a file: its folder below agent, or its own name."""
    parts = path.relative_to(ROOT / "agent").parts
    return parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """The modules a file imports, absolute, wherever in the file."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            yield from (f"{module}.{name.name}" if module == "agent" else module for name in node.names)


every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))


@every_file
def test_a_library_is_imported_in_its_own_folder_only(path: Path) -> None:
    for module in imports(path):
        allowed = THIRD_PARTIES.get(module.partition(".")[0])
        assert allowed is None or layer(path) in allowed, f"{module} belongs into agent/{' and agent/'.join(allowed)}"


@every_file
def test_a_file_imports_from_its_own_layer_and_those_below_only(path: Path) -> None:
    own = layer(path)
    if own in ("__init__", "__main__"):
        return
    assert own in BELOW, f"{own} is no layer of docs/architecture.md"
    for module in imports(path):
        if module == "agent" or module.startswith("agent."):
            other = module.split(".")[1] if "." in module else "__init__"
            if other.startswith("__"):  # the version
                continue
            assert other == own or other in BELOW[own], f"{own} must not import {module}"


@every_file
def test_the_pure_centre_has_no_sockets_clock_log_chance_or_threads(path: Path) -> None:
    if layer(path) in PURE:
        assert [module for module in imports(path) if module.partition(".")[0] in IMPURE] == []


def test_the_walk_sees_every_way_to_import() -> None:
    """A guard for the tests above."""
    found = {module for path in FILES for module in imports(path)}
    assert {"requests", "yaml", "agent.errors", "agent.model.document", "agent.__version__"} <= found
    assert all(library in {name.partition(".")[0] for name in found} for library in THIRD_PARTIES)
