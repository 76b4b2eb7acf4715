"""The table of the documentation, printed from a run of the tests."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import subprocess
from collections.abc import Iterable, Mapping

import pytest

import agent
from tests.conformance.conftest import RECORDED, SUBJECTS
from tests.conformance.differences import DIFFERENCES
from tests.conformance.snmpd import find, version
from tests.conformance.statement import Statement, statement_of
from tests.conformance.subject import CRASHED, HANGS

PASSED, FAILED, NOT_RUN = "pass", "**fail**", "-"
_WORST = {CRASHED: 4, HANGS: 3, FAILED: 2, NOT_RUN: 1, PASSED: 0}
Results = dict[Statement, dict[str, str]]
"""Statement and subject to result; statements of the MIB have one subject, which is ""."""

HEAD = """\
# Conformance

What RFCs 1157, 2578 to 2580, 3411 to 3418, 3584, 3826 and 4181 ask of an agent, statement by statement, and what is
found over real UDP: of the wire path (the one to run), of the pysnmp path (for comparison), and of Debian's snmpd,
which is recorded and not judged. Each statement is a test in `tests/conformance/`, named after its RFC, section and
id; net-snmp's tools are the manager wherever they can show it, hand-built datagrams elsewhere. `make conformance` runs
them and prints this file anew.
"""
AFTER = """\

A statement passes when all of its cases do. *crash*: the daemon ended. *hang*: it runs and answers nobody any more;
both are started again for the next statement. snmpd has no limit of its own on the size of an answer, so that a UDP
datagram's is taken for G09 and B08.
"""
MIB_HEAD = """\

## The MIB module

"""
MIB_AFTER = """\

What no program can check: L06 (every row has every column) does not apply, since what a device does not say is an
absent instance; L15 (descriptions say persistence, defaults and units) is for the reviewer.
"""
DIFFERENCES_HEAD = """\

## Where the two paths differ

Both paths answer the same random requests in `tests/snmp/test_differential.py`, and answer them alike but for these.
The first three can meet any request to read; the others have tests of their own, named by id where a statement above
fails for it.

| what | wire path | pysnmp path | RFC | statements |
|---|---|---|---|---|
"""


class Recorder:
    """A pytest plugin that keeps the worst result of each statement on each subject."""

    def __init__(self) -> None:
        self.results: Results = {}
        self._of: dict[str, tuple[Statement, str]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Know the statements by the tests' ids."""
        for item in session.items:
            statement = statement_of(item.function) if isinstance(item, pytest.Function) else None
            if statement is not None:
                callspec = getattr(item, "callspec", None)
                kind = callspec.params.get("kind", "") if callspec else ""
                self._of[item.nodeid] = statement, kind

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a result."""
        if report.nodeid not in self._of or (report.when != "call" and report.passed):
            return
        statement, kind = self._of[report.nodeid]
        results = self.results.setdefault(statement, {})
        results[kind] = max(results.get(kind, PASSED), _result(report), key=_WORST.__getitem__)


def _result(report: pytest.TestReport) -> str:
    if report.passed:
        return PASSED
    if report.failed:
        return FAILED
    reason = getattr(report, "wasxfail", None)
    if reason is None:
        return NOT_RUN
    return reason if reason in (CRASHED, HANGS) else FAILED


def document(results: Results) -> str:
    """The whole file."""
    wire = sorted((one for one in results if not one.is_of_the_mib), key=lambda one: one.place)
    mib = sorted((one for one in results if one.is_of_the_mib), key=lambda one: one.place)
    parts = [HEAD, f"\n{_versions()}\n\n## Answers\n\n"]
    parts += _rows(wire, results, SUBJECTS)
    parts += [AFTER, MIB_HEAD, *_rows(mib, results, ("",)), MIB_AFTER, DIFFERENCES_HEAD]
    for one in DIFFERENCES:
        cells = (one.what, one.wire, one.pysnmp, one.rfc, ", ".join(one.statements))
        parts.append("| " + " | ".join(cells).rstrip() + " |\n")
    return "".join(parts)


def _rows(statements: Iterable[Statement], results: Results, kinds: tuple[str, ...]) -> list[str]:
    statements = list(statements)
    lines = ["| id | RFC | statement | " + " | ".join(kind or "result" for kind in kinds) + " |\n"]
    lines.append("|---|---|---|" + "---|" * len(kinds) + "\n")
    for one in statements:
        found = [results[one].get(kind, NOT_RUN) for kind in kinds]
        lines.append(f"| {one.id} | {one.rfc} | {one.text} | {' | '.join(found)} |\n")
    totals = [_total([results[one].get(kind, NOT_RUN) for one in statements]) for kind in kinds]
    lines.append(f"| | | **passed** | {' | '.join(totals)} |\n")
    return lines


def _total(found: list[str]) -> str:
    return f"**{found.count(PASSED)} of {len(found) - found.count(NOT_RUN)}**"


def _versions() -> str:
    printed = subprocess.run(["snmpget", "-V"], capture_output=True, text=True, check=False).stderr
    tools = re.search(r"version: *(\S+)", printed)
    named: Mapping[str, str] = {
        "this agent": agent.__version__,
        "pysnmp": importlib.metadata.version("pysnmp"),
        "net-snmp's tools": tools[1] if tools else NOT_RUN,
        RECORDED: version() if find() else NOT_RUN,
        "Python": platform.python_version(),
    }
    return "Versions: " + ", ".join(f"{name} {number}" for name, number in named.items()) + "."


def ids_of(text: str) -> list[str]:
    """The ids of a printed file, in its order."""
    return re.findall(r"^\| ([A-Z]\d\d) \|", text, re.MULTILINE)
