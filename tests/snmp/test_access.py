"""Access control over the wire: levels, groups, masks, contexts, and what is never shown (RFC 3415, RFC 3584)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from agent.config import SnmpSettings
from agent.config.secret import Secret
from agent.wire.view import EVERYTHING, make_view
from tests.snmp import messages
from tests.snmp.agents import BASE, ENTRY, NAMES, NUMBERS, SEALED, RunningAgent, user_settings
from tests.snmp.conftest import on_wire, wrong_on_pysnmp
from tests.snmp.messages import AUTH, PRIV, REPORTABLE, Oid, User
from tests.support.tools import tool

SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
NORTH = [(messages.STRING, b"north")]
COMMUNITY_ROWS: Oid = (1, 3, 6, 1, 6, 3, 18, 1, 1)
RELAXED = User(b"relaxed", "SHA-256", b"authpass-6", "AES-128", b"privpass-6")
MEMBER = User(b"member", "SHA-256", b"authpass-7", "AES-128", b"privpass-7")
WATCHER = User(b"watcher", "SHA-256", b"authpass-8", "AES-128", b"privpass-8")
ENGINE_ID = bytes.fromhex("80001f8805aabbccdd")

ROW_5 = {"oid": ".".join(map(str, (*ENTRY, 0, 1, 5))), "mask": ".".join("1" * len(ENTRY) + "011")}
GROUPS: dict[str, Any] = {
    "operators": [
        {"level": "noAuthNoPriv", "read": "system"},
        {"model": "usm", "level": "authNoPriv", "read": "default", "context": "on", "match": "prefix"},
        {"model": "usm", "level": "authPriv", "read": "default"},
    ],
    "closed": [{"model": "usm", "level": "noAuthNoPriv", "read": "default"}],
}
VIEWS: dict[str, Any] = {
    "system": {"include": ["1.3.6.1.2.1.1"]},
    "all": {"include": ["1.3"]},
    "row": {"include": [ROW_5]},
    "but-row": {"include": ["1.3.6.1.4.1.8072"], "exclude": [ROW_5]},
}
COMMUNITIES: list[dict[str, Any]] = [
    {"name": "public"},
    {"name": "grouped", "group": "operators"},
    {"name": "closed", "group": "closed"},
    {"name": "row", "view": "row", "write_view": "row"},
    {"name": "but-row", "view": "but-row"},
    {"name": "all", "view": "all"},
    {"name": "here", "sources": ["192.0.2.0/24"]},
    {"name": "fixed", "context": "one"},
    {"name": "default-only", "contexts": [""]},
    {"name": "public@two", "view": "system"},
]


def key_of(algorithm: str, user: User) -> tuple[Secret, Secret]:
    """The localized keys of a user, as hexadecimal secrets."""
    auth = messages.localized(algorithm, user.auth_secret, ENGINE_ID)
    priv = messages.privacy_key(algorithm, user.priv_secret, ENGINE_ID, user.priv)
    return Secret(auth.hex()), Secret(priv.hex())


KEYED = User(b"keyed", "SHA", b"authpass-9", "AES-128", b"privpass-9")
MASTERED = User(b"mastered", "SHA-512", b"authpass-0", "AES-256", b"privpass-0")
WEAK = User(b"weak", "MD5", b"authpass-1", "DES", b"privpass-1")


def users() -> list[dict[str, Any]]:
    auth, priv = key_of("sha1", KEYED)
    keyed = {"auth": {"protocol": "SHA", "localized_key": auth}, "priv": {"localized_key": priv}}
    masters = [Secret(messages.master("sha512", one).hex()) for one in (MASTERED.auth_secret, MASTERED.priv_secret)]
    mastered = {"auth": {"protocol": "SHA-512", "key": masters[0]}, "priv": {"protocol": "AES-256", "key": masters[1]}}
    return [
        user_settings(SEALED),
        user_settings(RELAXED, level="authNoPriv"),
        user_settings(MEMBER, group="operators"),
        user_settings(WATCHER, level="noAuthNoPriv", allow_unauthenticated=True, view="all"),
        user_settings(WEAK),
        {"name": "keyed", **keyed},
        {"name": "mastered", **mastered},
    ]


@pytest.fixture(scope="module")
def agent(path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    settings = SnmpSettings.model_validate(
        {
            "listen": ["127.0.0.1:0"],
            "engine": path,
            "engine_id": ENGINE_ID.hex(),
            "system_name": "north",
            "communities": COMMUNITIES,
            "users": users(),
            "groups": GROUPS,
            "views": VIEWS,
        }
    )
    contexts = {"": EVERYTHING, "one": make_view([(*NAMES, 1, 1), (1, 3, 6, 1, 2, 1, 1)], []), "two": EVERYTHING}
    running = RunningAgent(settings, tmp_path_factory.mktemp("state"), contexts=contexts)
    yield running
    running.close()
    assert not running.problems


def asked(agent: RunningAgent, program: str, who: list[str], *arguments: str | Oid) -> str:
    """What net-snmp prints, its complaint where the agent refuses; no files of this machine are read."""
    words = ["." + ".".join(map(str, word)) if isinstance(word, tuple) else word for word in arguments]
    command = [tool(program), *who, "-m", "", "-On", "-t", "1", "-r", "0", agent.target, *words]
    environment = {"SNMPCONFPATH": "/nonexistent", "SNMP_PERSISTENT_DIR": "/nonexistent", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=environment)
    return done.stdout or done.stderr


def community(name: str) -> list[str]:
    return ["-v2c", "-c", name]


def user(one: User, *more: str, level: str = "authPriv") -> list[str]:
    who = ["-v3", "-u", one.name.decode(), "-l", level, *more]
    if level != "noAuthNoPriv":
        who += ["-a", one.auth, "-A", one.auth_secret.decode()]
    if level == "authPriv":
        who += ["-x", one.priv.replace("AES-128", "AES"), "-X", one.priv_secret.decode()]
    return who


def names(printed: str) -> list[str]:
    """The OIDs of the cells printed."""
    lines = [line for line in printed.splitlines() if line.startswith(".1.")]
    return [line.split(" = ")[0] for line in lines if "No more" not in line and "No Such" not in line]


# Levels

LOWER = "RFC 3413 3.2(6): pysnmp reports unsupportedSecLevels for a level below the user's, which is for VACM to say"


@wrong_on_pysnmp(LOWER)
def test_rfc3415_3_2_a_row_at_auth_no_priv_lets_a_user_with_privacy_read_signed_only(agent: RunningAgent) -> None:
    asking = messages.pdu(messages.GET, [SYS_NAME])
    for flags, values in ((AUTH | PRIV, NORTH), (AUTH, NORTH)):
        answer = agent.ask_as(RELAXED, asking, flags=flags | REPORTABLE)
        assert (answer.flags & (AUTH | PRIV), answer.pdu.values) == (flags, values)
    refused = agent.ask_as(RELAXED, asking, flags=REPORTABLE)
    assert (refused.flags, refused.pdu.outcome) == (0, (messages.AUTHORIZATION_ERROR, 0))
    assert '"north"' in asked(agent, "snmpget", user(RELAXED, level="authNoPriv"), SYS_NAME)
    assert "authorizationError" in asked(agent, "snmpget", user(RELAXED, level="noAuthNoPriv"), SYS_NAME)


def test_a_user_without_a_level_of_its_own_is_read_at_the_highest_of_its_keys(agent: RunningAgent) -> None:
    assert '"north"' in asked(agent, "snmpget", user(SEALED), SYS_NAME)
    assert '"north"' not in asked(agent, "snmpget", user(SEALED, level="authNoPriv"), SYS_NAME)


# Groups


def test_rfc3415_4_one_group_has_other_views_for_other_models_and_levels(agent: RunningAgent) -> None:
    number = (*NUMBERS, 1, 5)
    assert '"north"' in asked(agent, "snmpget", community("grouped"), SYS_NAME)
    assert "No Such Object" in asked(agent, "snmpget", community("grouped"), number)
    assert "INTEGER: 5" in asked(agent, "snmpget", user(MEMBER), number)


@wrong_on_pysnmp(LOWER)
def test_rfc3415_4_the_longer_context_counts_before_the_higher_level(agent: RunningAgent) -> None:
    assert '"row 1"' in asked(agent, "snmpget", user(MEMBER, "-n", "one", level="authNoPriv"), (*NAMES, 1, 1))
    printed = asked(agent, "snmpget", user(MEMBER, level="authNoPriv"), (*NUMBERS, 1, 5))
    assert "No Such Object" in printed  # in the default context the row for any model counts at this level


def test_rfc3413_3_2_a_community_whose_group_has_no_row_for_it_is_refused(agent: RunningAgent) -> None:
    printed = asked(agent, "snmpget", community("closed"), SYS_NAME)
    assert "authorizationError" in printed
    assert "north" not in printed


# Masks


@pytest.mark.parametrize(("program", "options"), [("snmpwalk", ()), ("snmpbulkwalk", ("-Cr3",)), ("snmpbulkwalk", ())])
def test_rfc3415_5_a_mask_shows_one_row_of_every_column(
    agent: RunningAgent, program: str, options: tuple[str, ...]
) -> None:
    expected = ["." + ".".join(map(str, (*ENTRY, column, 1, 5))) for column in (1, 2, 3, 4)]
    assert names(asked(agent, program, [*community("row"), *options], (1, 3))) == expected


def test_rfc3415_5_a_mask_hides_one_row_of_every_column(agent: RunningAgent) -> None:
    whole = names(asked(agent, "snmpbulkwalk", community("all"), BASE))
    expected = [name for name in whole if not (name.endswith(".1.5") and ".".join(map(str, ENTRY)) in name)]
    assert len(expected) == len(whole) - 4
    assert names(asked(agent, "snmpbulkwalk", community("but-row"), (1, 3))) == expected


def test_rfc3415_5_a_mask_holds_for_get(agent: RunningAgent) -> None:
    assert "INTEGER: 5" in asked(agent, "snmpget", community("row"), (*NUMBERS, 1, 5))
    for name in ((*NUMBERS, 1, 4), (*NUMBERS, 1), SYS_NAME):
        assert "No Such Object" in asked(agent, "snmpget", community("row"), name)


@on_wire
def test_rfc3415_5_a_mask_holds_for_set(agent: RunningAgent) -> None:
    inside = asked(agent, "snmpset", community("row"), (*NUMBERS, 1, 5), "i", "1")
    outside = asked(agent, "snmpset", community("row"), (*NUMBERS, 1, 4), "i", "1")
    assert "notWritable" in inside  # in view, and read-only
    assert "noAccess" in outside


# Contexts


def shown(agent: RunningAgent, who: list[str]) -> list[str]:
    return [name for name in names(asked(agent, "snmpbulkwalk", who, (1, 3))) if not name.startswith(".1.3.6.1.2.1.1.")]


ONE = ["." + ".".join(map(str, (*NAMES, 1, 1)))]


@pytest.mark.parametrize("who", [community("public@one"), community("fixed"), user(SEALED, "-n", "one")])
def test_rfc3415_3_2_a_context_shows_its_part_under_the_same_oids(agent: RunningAgent, who: list[str]) -> None:
    assert shown(agent, who) == ONE
    assert '"row 1"' in asked(agent, "snmpget", who, (*NAMES, 1, 1))
    assert "No Such Object" in asked(agent, "snmpget", who, (*NAMES, 1, 2))
    assert "No Such Object" in asked(agent, "snmpget", who, SYS_NAME)  # the agent's name is not that of a host


def test_a_community_in_a_context_is_known_in_v1_too(agent: RunningAgent) -> None:
    asking = messages.get((*NAMES, 1, 1), version=messages.V1, community=b"public@one")
    answer = agent.ask(asking)
    assert (answer.community, answer.values) == (b"public@one", [(4, b"row 1")])


def test_a_community_that_is_known_exactly_wins_over_one_in_a_context(agent: RunningAgent) -> None:
    answer = agent.ask(messages.get((*NAMES, 1, 2), SYS_NAME, community=b"public@two"))
    assert answer.values == [messages.NO_SUCH_OBJECT, *NORTH]
    assert agent.ask(messages.get((*NAMES, 1, 2), community=b"all@two")).values == [(4, b"row 2")]


@pytest.mark.parametrize(
    "octets", [b"wrong@one", b"@one", b"fixed@one", b"fixed@two", b"here@one", b"public@one@one", b"closed@one@"]
)
def test_no_other_community_comes_to_a_context(agent: RunningAgent, octets: bytes) -> None:
    before = agent.counters.in_bad_community_names
    assert agent.is_silent_on(messages.get(SYS_NAME, community=octets))
    assert agent.counters.in_bad_community_names == before + 1


@on_wire  # the pysnmp path knows communities in contexts there are, and counts the others as bad names
@pytest.mark.parametrize("octets", [b"public@none", b"public@ONE", b"public@on", b"public@\xff"])
def test_rfc3413_3_2_a_context_there_is_not_meets_silence_and_is_counted(agent: RunningAgent, octets: bytes) -> None:
    before = agent.counters.unknown_contexts
    assert agent.is_silent_on(messages.get(SYS_NAME, community=octets))
    assert agent.counters.unknown_contexts == before + 1


def test_the_default_context_is_named_by_nothing_behind_the_sign(agent: RunningAgent) -> None:
    assert agent.ask(messages.get(SYS_NAME, community=b"public@")).values == NORTH


def test_rfc3413_3_2_a_user_in_a_context_there_is_not_is_told_so(agent: RunningAgent) -> None:
    assert "bad context" in asked(agent, "snmpget", user(SEALED, "-n", "none"), SYS_NAME).lower()


def test_whoever_is_given_contexts_has_no_other(agent: RunningAgent) -> None:
    assert agent.ask(messages.get(SYS_NAME, community=b"default-only")).values == NORTH
    answer = agent.ask(messages.get(SYS_NAME, community=b"default-only@one"))
    assert answer.outcome == (messages.AUTHORIZATION_ERROR, 0)


# Keys


@pytest.mark.parametrize("one", [KEYED, MASTERED, WEAK], ids=lambda one: one.name.decode())
def test_rfc3414_net_snmp_reads_as_users_with_keys_and_with_weak_protocols(agent: RunningAgent, one: User) -> None:
    assert '"north"' in asked(agent, "snmpget", user(one), SYS_NAME)
    assert agent.ask_as(one, messages.pdu(messages.GET, [SYS_NAME])).pdu.values == NORTH


def test_net_snmp_reads_with_the_same_localized_keys(agent: RunningAgent) -> None:
    auth, priv = (f"0x{one.reveal()}" for one in key_of("sha1", KEYED))
    who = ["-v3", "-u", "keyed", "-l", "authPriv", "-a", "SHA", "-3k", auth, "-x", "AES", "-3K", priv]
    assert '"north"' in asked(agent, "snmpget", who, SYS_NAME)


def test_net_snmp_reads_with_the_same_keys_before_they_are_localized(agent: RunningAgent) -> None:
    auth, priv = (f"0x{messages.master('sha512', one).hex()}" for one in (MASTERED.auth_secret, MASTERED.priv_secret))
    who = ["-v3", "-u", "mastered", "-l", "authPriv", "-a", "SHA-512", "-3m", auth, "-x", "AES-256", "-3M", priv]
    assert '"north"' in asked(agent, "snmpget", who, SYS_NAME)


# What is never shown


@wrong_on_pysnmp(LOWER)
@pytest.mark.parametrize("level", ["noAuthNoPriv", "authNoPriv"])
def test_communities_are_shown_to_no_user_below_auth_priv(agent: RunningAgent, level: str) -> None:
    assert names(asked(agent, "snmpwalk", user(WATCHER, level=level), COMMUNITY_ROWS)) == []
    assert len(names(asked(agent, "snmpwalk", user(WATCHER, level=level), (1, 3, 6, 1, 6, 3, 16)))) > 20


def test_communities_are_shown_to_no_community_whatever_its_view(agent: RunningAgent) -> None:
    for who in (community("all"), community("all@two"), ["-v1", "-c", "all"]):
        assert names(asked(agent, "snmpwalk", who, COMMUNITY_ROWS)) == []
    assert len(names(asked(agent, "snmpwalk", community("all"), (1, 3, 6, 1, 6, 3, 15, 1, 2)))) > 20
    name = (*COMMUNITY_ROWS, 1, 2, *b"community0")
    assert agent.ask(messages.get(name, community=b"all")).values == [messages.NO_SUCH_OBJECT]


def test_communities_are_shown_at_auth_priv_in_a_view_that_says_so(agent: RunningAgent) -> None:
    printed = asked(agent, "snmpwalk", user(WATCHER), COMMUNITY_ROWS)
    assert len(names(printed)) == 7 * 10
    assert '"public@two"' in printed
    assert names(asked(agent, "snmpwalk", user(SEALED), COMMUNITY_ROWS)) == []  # the default view does not
