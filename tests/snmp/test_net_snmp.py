"""The agent as net-snmp's tools see it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.snmp import messages
from tests.snmp.agents import NAMES, NUMBERS, ROWS, SEALED, WIDE, RunningAgent, snmp_settings
from tests.snmp.conftest import Start
from tests.snmp.messages import Oid, User
from tests.support.tools import tool

SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
QUICK = ["-t", "0.3", "-r", "0"]
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


def dotted(oid: Oid) -> str:
    return "." + ".".join(map(str, oid))


def run(
    agent: RunningAgent, program: str, *arguments: str | Oid, who: list[str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a tool with no MIB files and no configuration of this machine."""
    words = [dotted(word) if isinstance(word, tuple) else word for word in arguments]
    before = [word for word in words if word.startswith("-")]
    behind = [word for word in words if not word.startswith("-")]
    who = ["-v2c", "-c", "public"] if who is None else who
    command = [tool(program), *who, "-m", "", "-On", "-t", "2", "-r", "1", *before, agent.target, *behind]
    environment = {
        "SNMPCONFPATH": "/nonexistent",
        "MIBS": "",
        "PATH": "/usr/bin:/bin",
        "SNMP_PERSISTENT_DIR": "/nonexistent",
    }
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=environment)


def as_user(user: User) -> list[str]:
    level = "authPriv" if user.priv else "authNoPriv" if user.auth else "noAuthNoPriv"
    who = ["-v3", "-u", user.name.decode(), "-l", level]
    if user.auth:
        who += ["-a", user.auth, "-A", user.auth_secret.decode()]
    if user.priv:
        who += ["-x", user.priv.replace("AES-128", "AES"), "-X", user.priv_secret.decode()]
    return who


@pytest.mark.parametrize("version", ["-v1", "-v2c"])
def test_snmpget_reads_a_scalar(agent: RunningAgent, version: str) -> None:
    done = run(agent, "snmpget", SYS_NAME, who=[version, "-c", "public"])
    assert (done.returncode, done.stdout) == (0, '.1.3.6.1.2.1.1.5.0 = STRING: "north"\n')


def test_snmpget_says_what_is_missing(agent: RunningAgent) -> None:
    done = run(agent, "snmpget", SYS_NAME, (1, 3, 6, 1, 2, 1, 999, 1, 0), (1, 3, 6, 1, 2, 1, 1, 1, 7))
    lines = done.stdout.splitlines()
    assert lines[0].endswith('"north"')
    assert "No Such Object" in lines[1]
    assert "No Such Instance" in lines[2]


def test_rfc1157_snmpget_v1_names_the_missing_one(agent: RunningAgent) -> None:
    done = run(agent, "snmpget", "-Cf", SYS_NAME, (1, 3, 6, 1, 2, 1, 999, 1, 0), who=["-v1", "-c", "public"])
    assert "noSuchName" in done.stderr
    assert "Failed object: .1.3.6.1.2.1.999.1.0" in done.stderr


def test_rfc3584_snmpget_v1_of_counter64_fails(agent: RunningAgent) -> None:
    assert "noSuchName" in run(agent, "snmpget", (*WIDE, 1, 1), who=["-v1", "-c", "public"]).stderr


def test_snmpgetnext_of_zero_is_the_first_object(agent: RunningAgent) -> None:
    assert run(agent, "snmpgetnext", (0, 0)).stdout.startswith(".1.3.6.1.2.1.1.1.0 = STRING:")


def lines_of(agent: RunningAgent, program: str, *arguments: str | Oid, who: list[str] | None = None) -> list[str]:
    done = run(agent, program, *arguments, who=who)
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


@pytest.mark.parametrize(
    ("options", "names", "count"),
    [
        (["-Cn0", "-Cr5"], [NUMBERS], 5),
        (["-Cn1", "-Cr3"], [SYS_NAME, NUMBERS, NAMES], 7),
        (["-Cn0", "-Cr0"], [NUMBERS], 0),
        (["-Cn1", "-Cr0"], [SYS_NAME, NUMBERS], 1),
        (["-Cn0", "-Cr1"], [NUMBERS] * 50, 50),
    ],
)
def test_rfc3416_4_2_3_snmpbulkget(agent: RunningAgent, options: list[str], names: list[Oid], count: int) -> None:
    done = run(agent, "snmpbulkget", *options, *names)
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", count)


def test_rfc3416_4_2_3_snmpbulkget_without_bound_is_cut(agent: RunningAgent) -> None:
    done = run(agent, "snmpbulkget", "-Cn0", "-Cr2147483647", NUMBERS)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > ROWS


def test_rfc3416_4_2_5_snmpset_is_refused(agent: RunningAgent) -> None:
    refusal = "noAccess" if agent.is_wire else "notWritable"  # test_set.py says why
    for who in (["-v2c", "-c", "public"], as_user(SEALED)):
        done = run(agent, "snmpset", SYS_NAME, "s", "evil", who=who)
        assert refusal in done.stderr
        assert f"Failed object: {dotted(SYS_NAME)}" in done.stderr
    assert "noSuchName" in run(agent, "snmpset", SYS_NAME, "s", "evil", who=["-v1", "-c", "public"]).stderr
    assert run(agent, "snmpget", SYS_NAME).stdout.endswith('"north"\n')


def test_rfc3584_5_2_1_a_wrong_community_times_out(agent: RunningAgent) -> None:
    before = agent.counters.in_bad_community_names
    command = [tool("snmpget"), "-v2c", "-c", "wrong", "-m", "", *QUICK, agent.target, dotted(SYS_NAME)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    assert "Timeout" in done.stderr
    assert agent.counters.in_bad_community_names == before + 1


@pytest.mark.parametrize("user", [*PAIRS, *ALONE], ids=lambda user: user.name.decode())
def test_rfc7860_and_rfc3826_snmpget_as_a_user_of_every_protocol(agent: RunningAgent, user: User) -> None:
    done = run(agent, "snmpget", SYS_NAME, who=as_user(user))
    if "Invalid privacy protocol" in done.stderr or "Bad privacy protocol" in done.stderr:
        pytest.skip("net-snmp is built without it here; test_users.py has the pair too")
    assert (done.returncode, done.stdout) == (0, '.1.3.6.1.2.1.1.5.0 = STRING: "north"\n'), done.stderr


BELOW = {True: "authorizationError", False: "Unsupported security level"}
"""What a level below the user's is refused with; test_users.py says why."""


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (["-v3", "-u", "nobody", "-l", "noAuthNoPriv"], "Unknown user name"),
        (as_user(User(b"sealed", "SHA-256", b"wrongpass-12", "AES-128", b"privpass-2")), "Authentication failure"),
        (["-v3", "-u", "sealed", "-l", "noAuthNoPriv"], BELOW),
        (as_user(User(b"sealed", "SHA-256", b"authpass-2")), BELOW),
        ([*as_user(SEALED), "-n", "nope"], "Bad context"),
    ],
)
def test_rfc3414_snmpget_says_why_a_user_is_refused(
    agent: RunningAgent, who: list[str], said: str | dict[bool, str]
) -> None:
    said = said if isinstance(said, str) else said[agent.is_wire]
    done = run(agent, "snmpget", SYS_NAME, who=who)
    assert done.stdout == ""
    assert said.lower() in done.stderr.lower()


def test_rfc3414_2_3_snmpget_finds_the_engine_again_after_a_restart(start: Start, tmp_path: Path) -> None:
    for _ in range(2):
        agent = start(users=[SEALED], state_dir=tmp_path)
        assert run(agent, "snmpget", SYS_NAME, who=as_user(SEALED)).returncode == 0


def test_snmpget_over_ipv6(start: Start) -> None:
    agent = start(listen=["[::1]:0"], users=[SEALED])
    for who in (["-v2c", "-c", "public"], as_user(SEALED)):
        assert run(agent, "snmpget", SYS_NAME, who=who).stdout == '.1.3.6.1.2.1.1.5.0 = STRING: "north"\n'


def test_rfc3418_snmpwalk_of_the_system_group(agent: RunningAgent) -> None:
    kinds = [
        line.split(" = ")[1].split(":")[0] for line in run(agent, "snmpwalk", (1, 3, 6, 1, 2, 1, 1)).stdout.splitlines()
    ]
    assert kinds[:8] == ["STRING", "OID", "Timeticks", "STRING", "STRING", "STRING", "INTEGER", "Timeticks"]
