"""Groups, views with masks, keys and contexts in the configuration file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agent.config import AccessSettings, Member, Settings, ViewSettings, load_settings
from agent.config.view import Subtree
from agent.errors import ConfigError

DEVICES = [{"name": "lantime-1", "address": "192.0.2.1"}]
SHA_256_KEY, AES_128_KEY = "ab" * 32, "cd" * 16


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"PASSPHRASE": "correct horse", "SHORT": "hunter2", "KEY": SHA_256_KEY, "CIPHER": AES_128_KEY,
              "NO_HEX": "hunter2 " * 8}  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def load(folder: Path, snmp: Any) -> Settings:
    path = folder / "agent.yaml"
    path.write_text(yaml.safe_dump({"devices": DEVICES, "snmp": snmp}), encoding="utf-8")
    return load_settings(path)


def user(**keys: Any) -> dict[str, Any]:
    return {"users": [{"name": "noc", "auth": {"passphrase": "${PASSPHRASE}"}, **keys}]}


PRIV = {"passphrase": "${PASSPHRASE}"}
ROW = {"level": "authPriv", "read": "default"}

MISTAKES: list[tuple[dict[str, Any], str]] = [
    # masks
    ({"views": {"v": {"include": [{"oid": "1.3.6", "mask": "1.2"}]}}}, "include[0].mask: bits like \"1.1.0.1\""),
    ({"views": {"v": {"include": [{"oid": "1.3.6", "mask": 1.1}]}}}, "include[0].mask: bits like"),
    ({"views": {"v": {"include": [{"oid": "1.3.6", "mask": "fff"}]}}}, "include[0].mask: bits like"),
    ({"views": {"v": {"include": [{"oid": "1.3.6", "mask": ":".join(["ff"] * 17)}]}}}, "include[0].mask: bits like"),
    ({"views": {"v": {"include": [{"oid": "1.3", "mask": "1.1.0"}]}}}, "mask: has more bits than the OID has"),
    ({"views": {"v": {"include": [{"oit": "1.3"}]}}}, "include[0].oit: unknown key; known here: mask, oid"),
    ({"views": {"v": {"include": ["1.3"], "exclude": [{"oid": "1.3", "mask": "1.0"}]}}}, "views.v: 1.3 is given twice"),
    ({"views": {"none": {"include": ["1.3"]}}}, "snmp: views.none: is built in and shows nothing"),
    # groups
    ({"communities": [{"name": "x", "group": "ops"}]}, "communities[0].group: 'ops' is not defined; groups are: none"),
    (user(group="oops") | {"groups": {"ops": [ROW]}}, "users[0].group: 'oops' is not defined; groups are: ops"),
    (user(group="ops", view="default") | {"groups": {"ops": [ROW]}}, "group: excludes view, which the rows of the"),
    (user(group="ops", level="noAuthNoPriv") | {"groups": {"ops": [ROW]}}, "level: the rows of its group say"),
    ({"groups": {"ops": [{"read": "default"}]}}, "groups.ops[0].level: is missing"),
    ({"groups": {"ops": [{**ROW, "model": "v3"}]}}, "groups.ops[0].model: Input should be 'any', 'v1', 'v2c' or 'usm'"),
    ({"groups": {"ops": [{**ROW, "write": "all"}]}}, "groups.ops[0].write: 'all' is not defined; views are: default"),
    ({"groups": {"ops": [ROW, {**ROW, "match": "prefix"}]}}, "groups.ops: two rows of the same model, level and"),
    (user() | {"groups": {"noc": [ROW]}}, "groups.noc: is the name of a user or community with views of its own"),
    ({"communities": [{"name": "x"}], "groups": {"community0": [ROW]}}, "groups.community0: is the name of a user or"),
    # contexts
    (user(contexts=["lantime-2"]), "snmp.users[0].contexts: no context 'lantime-2'; devices are: lantime-1"),
    ({"communities": [{"name": "x", "context": "y"}]}, "snmp.communities[0].context: no context 'y'; devices are: la"),
    ({"communities": [{"name": "x", "context": "lantime-1", "contexts": [""]}]}, "contexts: 'lantime-1', which the"),
    (user(notify_view="all"), "users[0].notify_view: 'all' is not defined"),
    (user(name="größe" * 6), "users[0]: name: at most 32 octets in UTF-8"),
    # levels
    (user(level="authPriv"), "level: authPriv needs keys that this user has not"),
    (user(level="noAuthNoPriv"), "level: noAuthNoPriv lets everybody read; write allow_unauthenticated: true"),
    (user(level="high"), "users[0].level: Input should be 'noAuthNoPriv', 'authNoPriv' or 'authPriv'"),
    # keys
    (user(auth={}), "users[0].auth: give one of passphrase, key and localized_key"),
    (user(auth={"passphrase": "${PASSPHRASE}", "key": "${KEY}"}), "give one of passphrase, key and localized_key"),
    (user(auth={"key": "${NO_HEX}"}), "a key is written in hexadecimal digits"),
    (user(auth={"key": SHA_256_KEY}), "users[0].auth.key: a secret is not written into this file"),
    (user(auth={"key": "${CIPHER}"}), "key: 16 octets; 32 are right with SHA-256"),
    (user(auth={"protocol": "SHA-512", "localized_key": "${KEY}"}), "localized_key: 32 octets; 64 are right with SHA"),
    (user(priv={"localized_key": "${KEY}"}), "localized_key: 32 octets; 16 are right with AES-128"),
    (user(priv={"key": "${CIPHER}"}), "key: 16 octets; 32 are right with SHA-256"),
    (user(auth={"passphrase": "${SHORT}"}), "passphrases have 8 or more characters (RFC 3414 11.2)"),
    # weak protocols
    (user(auth={"protocol": "MD5", "passphrase": "${PASSPHRASE}"}), "MD5 is weak; use another protocol, or write all"),
    (user(priv={"protocol": "DES", "passphrase": "${PASSPHRASE}"}), "DES is weak; use another protocol, or write all"),
]  # fmt: skip


@pytest.mark.parametrize(("snmp", "told"), MISTAKES, ids=lambda value: str(value)[:50])
def test_a_mistake_is_told_with_its_key_and_what_is_allowed(snmp: Any, told: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, snmp)
    assert told in str(caught.value)
    for secret in ("hunter2", "correct horse", AES_128_KEY, SHA_256_KEY):
        assert secret not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize(
    ("written", "octets"),
    [
        ("1.1.0.1", b"\xdf"),
        ("0", b"\x7f"),
        ("1.1.1.1.1.1.1.1.1.0", b"\xff\xbf"),
        ("1.1.1.1.1.1.1.1", b"\xff"),
        ("ff:a0", b"\xff\xa0"),
        ("00", b"\x00"),
        ("", b""),
    ],
)
def test_a_mask_is_written_in_bits_or_in_octets(written: str, octets: bytes) -> None:
    assert Subtree(oid="1.3.6.1.2.1.2.2.1.1.7", mask=written).mask_octets == octets


@given(st.lists(st.sampled_from("01"), min_size=2, max_size=12))
def test_a_mask_in_bits_is_the_same_mask_in_octets(bits: list[str]) -> None:
    oid = "1.3" + ".7" * 10
    in_bits = Subtree(oid=oid, mask=".".join(bits))
    in_octets = Subtree(oid=oid, mask=in_bits.mask_octets.hex(":"))
    assert in_octets.mask_octets == in_bits.mask_octets
    assert [f"{octet:08b}" for octet in in_bits.mask_octets] == [
        "".join(bits)[start : start + 8].ljust(8, "1") for start in range(0, len(bits), 8)
    ]


def test_a_subtree_is_an_oid_or_an_oid_with_a_mask() -> None:
    view = ViewSettings.model_validate({"include": [".1.3.6.1.2", {"oid": "1.3.6.1.4", "mask": "1.1.1.1.0"}]})
    assert list(map(str, view.include)) == ["1.3.6.1.2", "1.3.6.1.4 mask 1.1.1.1.0"]


def test_who_names_no_group_has_one_with_rows_for_its_own_models(tmp_path: Path) -> None:
    community = {"name": "x", "write_view": "system", "contexts": ["", "lantime-1"]}
    views = {"system": {"include": ["1.3.6.1.2.1.1"]}}
    snmp = load(tmp_path, user(priv=PRIV, notify_view="system") | {"communities": [community], "views": views}).snmp
    assert snmp.members == (
        Member("v1", "community0", "community0"),
        Member("v2c", "community0", "community0"),
        Member("usm", "noc", "noc"),
    )
    own = {"level": "noAuthNoPriv", "read": "default", "write": "system", "notify": "default"}
    assert snmp.all_groups == {
        "community0": tuple(
            AccessSettings.model_validate({**own, "model": model, "context": context})
            for model in ("v1", "v2c")
            for context in ("", "lantime-1")
        ),
        "noc": (
            AccessSettings.model_validate(
                {"model": "usm", "level": "authPriv", "match": "prefix", "read": "default", "notify": "system"}
            ),
        ),
    }


def test_communities_and_users_may_share_a_group(tmp_path: Path) -> None:
    row = {"level": "noAuthNoPriv", "read": "default"}
    snmp = load(
        tmp_path, user(group="ops") | {"communities": [{"name": "x", "group": "ops"}], "groups": {"ops": [row]}}
    )
    assert {member.group for member in snmp.snmp.members} == {"ops"}
    (rows,) = snmp.snmp.all_groups.values()
    assert [(one.model, one.context, one.match, one.write, one.notify) for one in rows] == [
        ("any", "", "exact", "none", "none")
    ]


def test_weak_protocols_are_taken_from_who_means_them(tmp_path: Path) -> None:
    keys = {"auth": {"protocol": "MD5", **PRIV}, "priv": {"protocol": "DES", **PRIV}}
    (noc,) = load(tmp_path, user(**keys, allow_weak=True)).snmp.users
    assert noc.weak_protocols == ("MD5", "DES")
    assert noc.level == noc.highest_level == "authPriv"


def test_keys_are_octets_and_in_no_print(tmp_path: Path) -> None:
    (noc,) = load(tmp_path, user(auth={"key": "${KEY}"}, priv={"localized_key": "${CIPHER}"})).snmp.users
    assert noc.auth is not None
    assert noc.priv is not None
    assert (noc.auth.octets(), noc.priv.octets()) == (bytes.fromhex(SHA_256_KEY), bytes.fromhex(AES_128_KEY))
    for text in (repr(noc), str(noc), noc.model_dump_json()):
        assert SHA_256_KEY not in text
        assert AES_128_KEY not in text
