"""The MIB text: what is committed is what is declared, and the usual tools take it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from agent.mib.declaration import Access, Column, Group, Module, Scalars, Table
from agent.mib.groups.common import DEVICE
from agent.mib.module import northbound
from agent.mib.smi import print_module
from agent.mib.syntax import TEXT
from tests.support.tools import PROJECT, shared, tool

NAME = "LANTIME-NORTHBOUND-MIB"
COMMITTED = PROJECT / "mibs" / f"{NAME}.txt"
OTHER_ROOT = "1.3.6.1.4.1.99999.7"


@pytest.fixture(params=["", OTHER_ROOT, "1.3.6.1.3.42"], ids=["own root", "another enterprise", "experimental"])
def text(request: pytest.FixtureRequest) -> str:
    """The text below a root."""
    return print_module(northbound(request.param) if request.param else northbound())


@pytest.fixture
def folder(tmp_path: Path, text: str) -> Path:
    """A folder with the text in it."""
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / f"{NAME}.txt").write_text(text, encoding="ascii")
    return tmp_path / "ours"


def test_the_committed_text_is_the_declared_one() -> None:
    assert COMMITTED.read_text(encoding="ascii") == print_module(northbound()), (
        f"{COMMITTED} is not what is declared; print it anew: lantime-agent mib > mibs/LANTIME-NORTHBOUND-MIB.txt"
    )


def test_another_root_moves_the_module_and_nothing_else() -> None:
    own, other = print_module(northbound()).splitlines(), print_module(northbound(OTHER_ROOT)).splitlines()
    moved = {line for line in set(other) ^ set(own) if line.strip()}
    assert {line for line in moved if line in other} == {
        "    ::= { lnbArc1 7 }", "lnbArc1 OBJECT IDENTIFIER ::= { enterprises 99999 }",
    }  # fmt: skip
    assert northbound(OTHER_ROOT).objects["lnbDeviceName"].oid[:9] == (1, 3, 6, 1, 4, 1, 99999, 7, 1)


def test_every_object_table_and_entry_is_defined_once_in_the_text() -> None:
    kinds = r"^(\w+) (?:OBJECT-TYPE|OBJECT IDENTIFIER|OBJECT-GROUP|MODULE-\w+)"
    defined = re.findall(kinds, COMMITTED.read_text(), re.MULTILINE)
    defined = [name for name in defined if not name.isupper()]
    assert len(defined) == len(set(defined))
    module = northbound()
    tables = [part for _, part in module.parts.values() if isinstance(part, Table)]
    wanted = {*module.objects, *(table.name for table in tables), *(table.entry for table in tables)}
    assert wanted <= set(defined)


def test_every_readable_object_stands_in_one_group_of_objects() -> None:
    text = COMMITTED.read_text()
    blocks = re.findall(r"OBJECT-GROUP\s+OBJECTS \{(.*?)\}", text, re.DOTALL)
    listed = [name.strip() for block in blocks for name in block.split(",")]
    readable = [name for name, one in northbound().objects.items() if one.column.access is not Access.NOT_ACCESSIBLE]
    assert sorted(listed) == sorted(readable)


def test_lines_are_short_and_plain() -> None:
    text = COMMITTED.read_text(encoding="ascii")
    assert max(len(line) for line in text.splitlines()) <= 100
    assert "\t" not in text


def test_a_double_quote_in_a_description_does_not_end_it() -> None:
    column = Column(1, "lnbOne", TEXT, 'Such as "this".', ("a",))
    table = Table(1, "lnbTable", "d", "r", (DEVICE,), (column,), rows=("a[]",))
    printed = print_module(Module("TEST-MIB", (1, 3, 6, 1, 4, 1, 5), (Group(1, "lnbGroup", "d", (table,)),)))
    assert "Such as 'this'. Read from a." in printed
    assert printed.count('"') % 2 == 0


def test_scalars_are_printed_with_their_arcs() -> None:
    scalars = Scalars(3, "lnbS", (Column(2, "lnbOne", TEXT, "d.", value=lambda view: 1),))
    printed = print_module(Module("TEST-MIB", (1, 3, 6, 1, 4, 1, 5), (Group(1, "lnbGroup", "d", (scalars,)),)))
    assert "lnbS OBJECT IDENTIFIER ::= { lnbGroup 3 }" in printed
    assert re.search(r"lnbOne OBJECT-TYPE.*?::= \{ lnbS 2 \}", printed, re.S)


def test_smilint_finds_nothing(folder: Path) -> None:
    settings = folder.parent / "smi.conf"
    settings.write_text(f"path {shared('mibs')}\n")
    run = subprocess.run(
        [tool("smilint"), "-c", str(settings), "-s", "-m", "-l", "6", str(folder / f"{NAME}.txt")],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert run.stdout + run.stderr == ""
    assert run.returncode == 0


def test_smilint_would_find_something(folder: Path) -> None:
    """A guard for the test above: the same call does report a mistake."""
    settings = folder.parent / "smi.conf"
    settings.write_text(f"path {shared('mibs')}\n")
    broken = folder / "BROKEN.txt"
    whole = (folder / f"{NAME}.txt").read_text()
    broken.write_text(whole.replace("MAX-ACCESS read-only", "MAX-ACCESS readable", 1))
    run = subprocess.run(
        [tool("smilint"), "-c", str(settings), "-s", "-m", "-l", "6", str(broken)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert run.stdout + run.stderr != ""


def test_pysmi_compiles_it(folder: Path, tmp_path: Path) -> None:
    standard = shared("mibs")
    if os.environ.get("CI") != "true":
        pytest.importorskip("pysmi", reason="pysmi is not installed")
    from pysmi.codegen.jsondoc import JsonCodeGen
    from pysmi.compiler import MibCompiler
    from pysmi.parser.smi import parserFactory
    from pysmi.reader.localfile import FileReader
    from pysmi.writer.localfile import FileWriter

    out = tmp_path / "compiled"
    writer = FileWriter(str(out))
    writer.set_options(suffix=".json")
    compiler = MibCompiler(parserFactory()(), JsonCodeGen(), writer)
    compiler.add_sources(FileReader(str(folder)), FileReader(str(standard)))
    states = compiler.compile(NAME, noDeps=False, rebuild=True, genTexts=True)
    assert states[NAME] == "compiled"
    assert {name: state for name, state in states.items() if state in ("missing", "failed")} == {}
    assert '"lnbDeviceName"' in (out / f"{NAME}.json").read_text()


def test_snmptranslate_loads_it_without_a_warning(folder: Path) -> None:
    path = tool("snmptranslate")
    command = [path, "-M", f"{shared('mibs')}:{folder}", "-m", NAME, "-Pw", "-IR", "-On", "lnbDeviceName"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    root = northbound_root(folder)
    warnings = [line for line in run.stderr.splitlines() if "parsed and ignored" not in line]  # the SMI's own macros
    assert warnings == []
    assert run.stdout.strip() == f".{root}.1.2.1.1.2"


def northbound_root(folder: Path) -> str:
    text = (folder / f"{NAME}.txt").read_text()
    for root in (OTHER_ROOT, "1.3.6.1.3.42"):
        if text == print_module(northbound(root)):
            return root
    return ".".join(map(str, northbound().root))
