"""The table in the documentation is that of these tests."""

from __future__ import annotations

import pytest

from tests.conformance.differences import DIFFERENCES
from tests.conformance.statement import ORDER, Statement, statement_of
from tests.conformance.table import FAILED, PASSED, Recorder, document, ids_of
from tests.support.tools import PROJECT

COUNTS = {"M": 15, "G": 9, "N": 5, "B": 10, "S": 8, "U": 20, "V": 3, "K": 6, "R": 1}
"""Statements about answers: 77."""
TABLE = (PROJECT / "docs" / "conformance.md").read_text(encoding="utf-8")


def collected(session: pytest.Session) -> list[tuple[Statement, pytest.Function]]:
    """The statements of the tests that pytest found here, each with its test."""
    here = [item for item in session.items if isinstance(item, pytest.Function)]
    return [(statement, item) for item in here if (statement := statement_of(item.function)) is not None]


@pytest.fixture
def statements(request: pytest.FixtureRequest) -> set[Statement]:
    """All statements; the whole suite must have been collected for them."""
    found = {statement for statement, _ in collected(request.session)}
    if len({statement.id[0] for statement in found}) < len(ORDER):
        pytest.skip("only a part of the suite was asked for")
    return found


def test_the_table_lists_every_statement_there_is_a_test_for(statements: set[Statement]) -> None:
    assert ids_of(TABLE) == [statement.id for statement in sorted(statements, key=lambda one: one.place)]


def test_there_is_a_test_for_every_statement(statements: set[Statement]) -> None:
    expected = {f"{letter}{number:02}" for letter, count in COUNTS.items() for number in range(1, count + 1)}
    assert len(expected) == 77
    assert {statement.id for statement in statements if not statement.is_of_the_mib} == expected


def test_tests_of_one_statement_agree_on_what_it_says(statements: set[Statement]) -> None:
    assert len({statement.text for statement in statements}) == len({statement.id for statement in statements})
    assert all(statement.text for statement in statements)


def test_every_statement_that_fails_on_the_pysnmp_path_is_among_the_differences(
    request: pytest.FixtureRequest, statements: set[Statement]
) -> None:
    wrong = {
        statement.id
        for statement, item in collected(request.session)
        if not statement.is_of_the_mib and item.callspec.params["kind"] == "pysnmp"
        for mark in item.iter_markers("xfail")
        if mark.kwargs.get("strict")
    }  # fmt: skip
    assert wrong == {one for difference in DIFFERENCES for one in difference.statements}
    assert all(f"| {difference.what} |" in TABLE for difference in DIFFERENCES)


def test_the_worst_case_of_a_statement_is_its_result() -> None:
    statement = Statement("M01", "1 1", "Text")
    recorder = Recorder()
    recorder._of = {"a": (statement, "wire"), "b": (statement, "wire"), "c": (statement, "pysnmp")}
    for nodeid, outcome in (("a", "passed"), ("b", "failed"), ("a", "passed"), ("c", "passed")):
        report = pytest.TestReport(nodeid, ("", 0, ""), {}, outcome, None, "call")  # type: ignore[arg-type]
        recorder.pytest_runtest_logreport(report)
    assert recorder.results == {statement: {"wire": FAILED, "pysnmp": PASSED}}
    printed = document(recorder.results)
    assert f"| M01 | 1 1 | Text | {FAILED} | {PASSED} | - |" in printed
    assert "| **0 of 1** | **1 of 1** | **0 of 0** |" in printed
