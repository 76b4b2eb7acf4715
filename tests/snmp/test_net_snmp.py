"""The agent as net-snmp's tools see it, beyond what tests/conformance shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.snmp import messages
from tests.snmp.agents import NAMES, NUMBERS, ROWS, SEALED, RunningAgent, snmp_settings
from tests.snmp.asking import as_user, dotted
from tests.snmp.conftest import Start
from tests.snmp.messages import Oid, User

SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
PAIRS = [
    User(f"{auth}-{priv}".encode(), auth, b"authpass-5", priv, b"privpass-5")
    for auth in messages.HASHES
    for priv in ("AES-128", "AES-192", "AES-256")
]
ALONE = [User(auth.encode(), auth, b"authpass-5") for auth in messages.HASHES]


@pytest.fixture(scope="module")
def agent(path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    running = RunningAgent(snmp_settings([SEALED, *PAIRS, *ALONE], engine=path), tmp_path_factory.mktemp("state"))
    yield running
    running.close()
    assert not running.problems


def lines_of(agent: RunningAgent, program: str, *arguments: str | Oid, who: list[str] | None = None) -> list[str]:
    done = agent.run(program, *arguments, who=who)
    assert done.returncode == 0, done.stderr
    assert "not increasing" not in done.stderr
    # What counts and runs differs from walk to walk.
    return [
        line
        for line in done.stdout.splitlines()
        if not line.startswith((".1.3.6.1.2.1.11.", ".1.3.6.1.2.1.1.3.", ".1.3.6.1.6.3.10."))
    ]


def test_rfc3416_snmpwalk_and_snmpbulkwalk_show_the_same(agent: RunningAgent) -> None:
    walked = lines_of(agent, "snmpwalk", (1, 3))
    assert len([line for line in walked if line.startswith(dotted(NUMBERS))]) == ROWS
    for repetitions in ("-Cr1", "-Cr17", "-Cr500"):
        bulk = lines_of(agent, "snmpbulkwalk", repetitions, (1, 3))
        assert [line for line in bulk if "No more variables" not in line] == [
            line for line in walked if "No more variables" not in line
        ]


def test_rfc3584_snmpwalk_v1_shows_all_but_counter64(agent: RunningAgent) -> None:
    walked = [line for line in lines_of(agent, "snmpwalk", (1, 3)) if "Counter64" not in line and "No more" not in line]
    v1 = [line for line in lines_of(agent, "snmpwalk", (1, 3), who=["-v1", "-c", "public"]) if "End of MIB" not in line]
    assert v1 == walked


def test_v3_snmpbulkwalk_shows_the_same(agent: RunningAgent) -> None:
    assert lines_of(agent, "snmpbulkwalk", NAMES, who=as_user(SEALED)) == lines_of(agent, "snmpwalk", NAMES)


@pytest.mark.parametrize("user", [*PAIRS, *ALONE], ids=lambda user: user.name.decode())
def test_rfc7860_and_rfc3826_snmpget_as_a_user_of_every_protocol(agent: RunningAgent, user: User) -> None:
    done = agent.run("snmpget", SYS_NAME, who=as_user(user))
    if "Invalid privacy protocol" in done.stderr or "Bad privacy protocol" in done.stderr:
        pytest.skip("net-snmp is built without it here; test_users.py has the pair too")
    assert (done.returncode, done.stdout) == (0, '.1.3.6.1.2.1.1.5.0 = STRING: "north"\n'), done.stderr


def test_rfc3414_2_3_snmpget_finds_the_engine_again_after_a_restart(start: Start, tmp_path: Path) -> None:
    for _ in range(2):
        agent = start(users=[SEALED], state_dir=tmp_path)
        assert agent.run("snmpget", SYS_NAME, who=as_user(SEALED)).returncode == 0


def test_snmpget_over_ipv6(start: Start) -> None:
    agent = start(listen=["[::1]:0"], users=[SEALED])
    for who in (["-v2c", "-c", "public"], as_user(SEALED)):
        assert agent.run("snmpget", SYS_NAME, who=who).stdout == '.1.3.6.1.2.1.1.5.0 = STRING: "north"\n'
