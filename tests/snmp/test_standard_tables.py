"""The tables of users, access control and communities, as a manager that has their MIBs reads them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.config import SnmpSettings
from agent.mib.declaration import Access, Group
from agent.mib.standard import STANDARD, access, communities, users
from agent.wire.view import EVERYTHING
from tests.snmp import messages
from tests.snmp.agents import RunningAgent, user_settings
from tests.snmp.messages import User
from tests.support.tools import shared, tool

ENGINE_ID = bytes.fromhex("80001f8805aabbccdd")
READER = User(b"reader", "SHA-256", b"authpass-1", "AES-128", b"privpass-1")
OTHERS = [
    User(b"md5-des", "MD5", b"authpass-2", "DES", b"privpass-2"),
    User(b"sha", "SHA", b"authpass-2"),
    User(b"sha224-c", "SHA-224", b"authpass-2", "AES-192-C", b"privpass-2"),
    User(b"sha384", "SHA-384", b"authpass-2", "AES-192", b"privpass-2"),
    User(b"sha512", "SHA-512", b"authpass-2", "AES-256", b"privpass-2"),
    User(b"plain"),
]
MODULES = (
    "SNMPv2-TC:SNMP-FRAMEWORK-MIB:SNMP-USER-BASED-SM-MIB:SNMP-VIEW-BASED-ACM-MIB:SNMP-TARGET-MIB:SNMP-COMMUNITY-MIB"
)


IN_CONTEXTS = {"context": "o", "match": "prefix"}


def settings_on(path: str) -> SnmpSettings:
    entries: list[dict[str, Any]] = [user_settings(READER, view="all", contexts=["", "one"])]
    entries += [user_settings(user) for user in OTHERS]
    subtree = {"oid": "1.3.6.1.2.1.2.2.1.0.7", "mask": "ff:a0"}
    return SnmpSettings.model_validate(
        {
            "listen": ["127.0.0.1:0"], "engine": path, "engine_id": ENGINE_ID.hex(), "users": entries,
            "communities": [{"name": "secret-1"}, {"name": "secret-2", "context": "one", "group": "ops"}],
            "groups": {"ops": [{"level": "authPriv", "model": "usm", "read": "all", **IN_CONTEXTS}]},
            "views": {"all": {"include": ["1.3"]}, "row": {"include": [subtree], "exclude": ["1.3.6.1.2.1.2.2.1.1"]}},
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def agent(path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    contexts = {"": EVERYTHING, "one": EVERYTHING}
    running = RunningAgent(settings_on(path), tmp_path_factory.mktemp("state"), contexts=contexts)
    yield running
    running.close()
    assert not running.problems


def walked(agent: RunningAgent, base: str, *options: str, mibs: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A walk at authPriv, with the modules of a folder or none at all."""
    who = [
        "-v3",
        "-u",
        "reader",
        "-l",
        "authPriv",
        "-a",
        "SHA-256",
        "-A",
        "authpass-1",
        "-x",
        "AES",
        "-X",
        "privpass-1",
    ]
    modules = ["-M", str(mibs), "-m", MODULES] if mibs else ["-m", ""]
    command = [tool("snmpwalk"), *who, *modules, *options, "-t", "2", "-r", "1", agent.target, base]
    environment = {"SNMPCONFPATH": "/nonexistent", "SNMP_PERSISTENT_DIR": "/nonexistent", "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=environment)


def printed(agent: RunningAgent, base: str) -> dict[str, str]:
    """Names and values as net-snmp prints them with the RFCs' own modules; nothing of the wrong type."""
    done = walked(agent, base, "-OXs", mibs=shared("mibs"))
    # Where net-snmp is used for the first time it tells of a folder it makes.
    complaints = [line for line in done.stderr.splitlines() if not line.startswith("Created directory")]
    assert (done.returncode, complaints) == (0, [])
    assert "Wrong Type" not in done.stdout
    return dict(line.split(" = ", 1) for line in done.stdout.splitlines())


def test_rfc3415_4_groups_rows_and_contexts_are_printed_by_their_own_mib(agent: RunningAgent) -> None:
    cells = printed(agent, "1.3.6.1.6.3.16.1")
    names = {line.split("[")[0].split(".")[0] for line in cells}
    declared = {name for name, located in STANDARD.objects.items() if located.group in access.GROUPS}
    hidden = {name for name in declared if STANDARD.objects[name].column.access is Access.NOT_ACCESSIBLE}
    assert names == declared - hidden
    assert cells["vacmContextName[STRING: one]"] == "STRING: one"
    assert cells["vacmGroupName[2][STRING: community0]"] == "STRING: community0"
    assert cells["vacmGroupName[1][STRING: community1]"] == "STRING: ops"
    assert cells["vacmGroupName[3][STRING: plain]"] == "STRING: plain"
    assert cells["vacmSecurityToGroupStorageType[3][STRING: plain]"] == "INTEGER: readOnly(5)"
    row = "[STRING: ops][STRING: o][3][authPriv]"
    assert cells[f"vacmAccessContextMatch{row}"] == "INTEGER: prefix(2)"
    assert cells[f"vacmAccessReadViewName{row}"] == "STRING: all"
    assert cells[f"vacmAccessWriteViewName{row}"] == "STRING: none"
    assert cells[f"vacmAccessStatus{row}"] == "INTEGER: active(1)"
    row = "[STRING: reader][STRING: one][3][authPriv]"
    assert cells[f"vacmAccessContextMatch{row}"] == "INTEGER: exact(1)"
    assert cells["vacmViewSpinLock.0"] == "INTEGER: 0"


def test_rfc3415_5_families_are_printed_with_their_masks(agent: RunningAgent) -> None:
    cells = printed(agent, "1.3.6.1.6.3.16.1.5.2")
    types = {name: value for name, value in cells.items() if name.startswith("vacmViewTreeFamilyType")}
    masks = {name: value for name, value in cells.items() if name.startswith("vacmViewTreeFamilyMask")}
    assert len(types) == len(masks) == 8
    (mask,) = [value for name, value in masks.items() if "[STRING: row]" in name and name.endswith(".7]")]
    assert mask == "Hex-STRING: FF A0 "
    assert set(types.values()) == {"INTEGER: included(1)", "INTEGER: excluded(2)"}
    assert len([name for name, value in types.items() if "[STRING: none]" in name and "excluded" in value]) == 1


def test_rfc3414_5_users_are_printed_with_their_protocols_and_no_keys(agent: RunningAgent) -> None:
    cells = printed(agent, "1.3.6.1.6.3.15.1.2")
    rows = {name.split("[", 1)[1] for name in cells if "[" in name}
    assert len(rows) == 1 + len(OTHERS)
    names = {name.split("[")[0].split(".")[0] for name in cells}
    assert names == {name for name, one in STANDARD.objects.items() if one.group in users.GROUPS} - {
        "usmUserEngineID", "usmUserName"
    }  # fmt: skip
    for name, value in cells.items():
        if "KeyChange" in name or name.startswith("usmUserPublic"):
            assert value == '""'
    auth = {name.split("[STRING: ")[1][:-1]: value for name, value in cells.items() if "usmUserAuthProtocol" in name}
    assert auth["plain"] == "OID: usmNoAuthProtocol"
    assert auth["md5-des"] == "OID: usmHMACMD5AuthProtocol"
    assert auth["sha"] == "OID: usmHMACSHAAuthProtocol"
    priv = {name.split("[STRING: ")[1][:-1]: value for name, value in cells.items() if "usmUserPrivProtocol" in name}
    assert priv["plain"] == priv["sha"] == "OID: usmNoPrivProtocol"
    assert priv["md5-des"] == "OID: usmDESPrivProtocol"


def test_rfc7860_and_net_snmp_number_the_other_protocols(agent: RunningAgent) -> None:
    done = walked(agent, "1.3.6.1.6.3.15.1.2.2.1", "-Onq")
    lines = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    index = ".9." + ".".join(map(str, ENGINE_ID))

    def protocol(column: int, name: bytes) -> str:
        row = ".".join(map(str, (len(name), *name)))
        return lines[f".1.3.6.1.6.3.15.1.2.2.1.{column}{index}.{row}"]

    auth = {name: protocol(5, name) for name in (b"sha224-c", b"reader", b"sha384", b"sha512")}
    assert list(auth.values()) == [f".1.3.6.1.6.3.10.1.1.{number}" for number in (4, 5, 6, 7)]
    priv = {name: protocol(8, name) for name in (b"reader", b"sha384", b"sha512", b"sha224-c")}
    assert list(priv.values()) == [
        ".1.3.6.1.6.3.10.1.2.4", ".1.3.6.1.4.1.14832.1.3", ".1.3.6.1.4.1.14832.1.4", ".1.3.6.1.4.1.9.12.6.1.1",
    ]  # fmt: skip


def test_rfc3584_5_communities_are_printed_by_their_own_mib(agent: RunningAgent) -> None:
    cells = printed(agent, "1.3.6.1.6.3.18.1.1")
    assert {name.split("[")[0] for name in cells} == {
        name for name, one in STANDARD.objects.items() if one.group in communities.GROUPS
    } - {"snmpCommunityIndex"}
    assert {name.split("[", 1)[1] for name in cells} == {"STRING: community0]", "STRING: community1]"}
    assert cells["snmpCommunityName[STRING: community1]"] == 'STRING: "secret-2"'
    assert cells["snmpCommunityContextName[STRING: community1]"] == "STRING: one"
    assert cells["snmpCommunityStatus[STRING: community0]"] == "INTEGER: active(1)"
    assert cells["snmpCommunityStorageType[STRING: community0]"] == "INTEGER: readOnly(5)"


@pytest.mark.parametrize("group", [*users.GROUPS, *access.GROUPS, *communities.GROUPS], ids=lambda group: group.name)
def test_objects_stand_where_their_own_mib_has_them(group: Group) -> None:
    names = {located.oid: name for name, located in STANDARD.objects.items() if located.group is group}
    dotted = ["." + ".".join(map(str, oid)) for oid in names]
    command = [tool("snmptranslate"), "-M", str(shared("mibs")), "-m", MODULES, "-Os", *dotted]
    environment = {"SNMPCONFPATH": "/nonexistent", "SNMP_PERSISTENT_DIR": "/nonexistent", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=environment)
    assert done.stdout.split() == list(names.values())


def test_no_key_is_in_any_cell(agent: RunningAgent) -> None:
    cells = walked(agent, "1.3", "-Onx").stdout.lower()
    assert len(cells.splitlines()) > 300
    for user in (READER, *OTHERS):
        if user.auth:
            algorithm = messages.HASHES[user.auth][0]
            master = messages.master(algorithm, user.auth_secret)
            local = messages.localized(algorithm, user.auth_secret, ENGINE_ID)
            for secret in (user.auth_secret, user.priv_secret or master, master, local):
                assert secret.hex(" ")[:24] not in cells


def test_rfc3418_sys_or_table_lists_the_modules_of_these_tables(agent: RunningAgent) -> None:
    lines = walked(agent, "1.3.6.1.2.1.1.9.1.2", "-Onqv").stdout.split()
    assert {f".1.3.6.1.6.3.{module}.2.1.1" for module in (15, 16, 18)} <= set(lines)
