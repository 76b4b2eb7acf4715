"""The subjects, started once each; what snmpd does is recorded and not judged."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from agent.sim import Simulator
from tests.conformance.own import Service, Whole
from tests.conformance.snmpd import Snmpd, find
from tests.conformance.subject import ANSWERS, Subject

RECORDED = "snmpd"
"""The subject that is only recorded."""
NOT_JUDGED = "snmpd is recorded, not judged"
SUBJECTS = ("wire", "pysnmp", RECORDED)


def wrong_on_pysnmp(reason: str) -> pytest.MarkDecorator:
    """A statement that does not hold on the pysnmp path, by the RFC's section; the table's footnotes print it."""
    failing = pytest.param("pysnmp", marks=pytest.mark.xfail(strict=True, reason=reason))
    return pytest.mark.parametrize("kind", ["wire", failing, RECORDED], indirect=True)


@pytest.fixture(scope="session", params=SUBJECTS)
def kind(request: pytest.FixtureRequest) -> str:
    """Which subject: one of SUBJECTS."""
    found: str = request.param
    if found == RECORDED and find() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("snmpd is not installed")
        pytest.skip("snmpd is not installed")
    return found


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture(scope="session")
def _service(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    folder = tmp_path_factory.mktemp(kind)
    running: Subject = Snmpd(folder) if kind == RECORDED else Service(kind, folder)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def _whole(
    kind: str, _service: Subject, simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Subject]:
    if kind == RECORDED:
        yield _service
        return
    running = Whole(kind, tmp_path_factory.mktemp(f"whole-{kind}"), simulator)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def subject(_service: Subject) -> Subject:
    """An agent with a table; started again if the test before killed it."""
    _service.revive()
    return _service


@pytest.fixture
def whole(subject: Subject, _whole: Subject) -> Subject:
    """The agent as it is run: what it says of itself, what it keeps over a restart."""
    return _whole


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Iterator[None]:  # the hook's own type is a generator of a report
    """What snmpd gets wrong is an expected failure, whatever it is; a mistake of the suite's is none."""
    report = yield
    recorded = getattr(item, "callspec", None) is not None and item.callspec.params.get("kind") == RECORDED
    wrong = (AssertionError, OSError, subprocess.TimeoutExpired)
    if recorded and call.when == "call" and call.excinfo is not None and call.excinfo.errisinstance(wrong):
        report.outcome = "skipped"
        condition = item.funcargs["subject"].condition()
        report.wasxfail = NOT_JUDGED if condition == ANSWERS else condition
    return report
