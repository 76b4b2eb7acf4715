"""The policy: plain data, nothing secret in print, keys whichever way they are given."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Mapping
from enum import Enum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

import pytest

from agent.config import SnmpSettings
from agent.config.secret import Secret
from agent.wire.access import Level, Model, Refusal
from agent.wire.community import Community
from agent.wire.keys import AUTH_PROTOCOLS, PRIV_PROTOCOLS, auth_key, master_key, priv_key
from agent.wire.policy import Policy, make_policy
from agent.wire.view import EVERYTHING, NOTHING, MaskedView, make_view

ENGINE_ID = b"\x80\0\x1f\x88\x05engine"
SECRETS = ("first passphrase", "second passphrase", "community-secret")
CONTEXTS = {"": EVERYTHING, "one": make_view([(1, 3, 6, 1, 2)], [])}


def policy(**settings: Any) -> Policy:
    return make_policy(SnmpSettings.model_validate(settings), ENGINE_ID, CONTEXTS)


def user(auth: dict[str, Any], priv: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "noc", "auth": auth, "priv": priv, **more}


FULL = {
    "communities": [
        {"name": SECRETS[2], "sources": ["192.0.2.0/24", "2001:db8::/32"], "view": "row"},
        {"name": "b", "context": "one", "write_view": "default"},
    ],
    "users": [user({"passphrase": Secret(SECRETS[0])}, {"passphrase": Secret(SECRETS[1])})],
    "views": {"row": {"include": [{"oid": "1.3.6.1.2.1.2.2.1.0.7", "mask": "ff:bf"}]}},
}


def plain(value: Any) -> bool:
    """Whether a value is data through and through."""
    if isinstance(value, (bytes, str, int, type(None), IPv4Network, IPv6Network, Enum)):
        return True
    if isinstance(value, tuple):
        return all(map(plain, value))
    if isinstance(value, Mapping):
        return all(plain(key) and plain(one) for key, one in value.items())
    if dataclasses.is_dataclass(value):
        return all(plain(getattr(value, one.name)) for one in dataclasses.fields(value))
    return False


def test_a_policy_is_plain_data_and_the_same_after_a_trip_through_octets() -> None:
    made = policy(**FULL)
    assert plain(made)
    there = pickle.loads(pickle.dumps(made))  # noqa: S301 - of our own making
    assert there == made
    assert there.access.read_view(Model.V2C, "community1", 1, "one") == CONTEXTS["one"]


def test_no_secret_is_in_the_repr_of_a_policy() -> None:
    made = policy(**FULL)
    noc = made.users[b"noc"]
    for text in (repr(made), repr(made.users), repr(made.access), str(noc)):
        for secret in (*SECRETS, noc.auth_key.hex(), noc.priv_key.hex(), repr(noc.auth_key), repr(noc.priv_key)):
            assert secret not in text
    assert "noc" in repr(made)


def test_communities_are_known_by_their_octets() -> None:
    networks = (ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))
    assert policy(**FULL).communities == {
        SECRETS[2].encode(): Community("community0", None, networks),
        b"b": Community("community1", "one", ()),
    }


def test_shorthands_stand_for_groups_of_their_own() -> None:
    access = policy(**FULL).access
    assert isinstance(access.read_view(Model.V1, "community0", 1, ""), MaskedView)
    assert access.write_view(Model.V2C, "community0", 1, "") == NOTHING
    assert access.write_view(Model.V2C, "community1", 1, "") == access.read_view(Model.V2C, "community1", 1, "")
    assert access.notify_view(Model.V2C, "community1", 1, "") == access.read_view(Model.V2C, "community1", 1, "")
    assert access.read_view(Model.USM, "noc", 2, "") is Refusal.NO_ACCESS_ENTRY
    assert access.read_view(Model.USM, "community0", 3, "") is Refusal.NO_GROUP


def test_a_user_and_a_community_of_one_name_have_nothing_of_each_other() -> None:
    keys = {"passphrase": Secret(SECRETS[0])}
    made = policy(
        communities=[{"name": "x", "view": "none"}], users=[{"name": "community0", "auth": keys, "view": "default"}]
    )
    assert made.access.read_view(Model.V2C, "community0", 1, "") == NOTHING
    assert made.access.read_view(Model.USM, "community0", 2, "") != NOTHING
    assert made.access.read_view(Model.USM, "community0", 1, "") is Refusal.NO_ACCESS_ENTRY


def test_a_lower_level_of_its_own_lets_a_user_ask_there() -> None:
    keys = {"passphrase": Secret(SECRETS[0])}
    made = policy(users=[user(keys, keys, level="authNoPriv")])
    assert made.users[b"noc"].level is Level.AUTH_PRIV
    assert made.access.read_view(Model.USM, "noc", 3, "") != NOTHING
    assert made.access.read_view(Model.USM, "noc", 2, "") != NOTHING
    assert made.access.read_view(Model.USM, "noc", 1, "") is Refusal.NO_ACCESS_ENTRY


@pytest.mark.parametrize("auth", AUTH_PROTOCOLS)
@pytest.mark.parametrize("priv", PRIV_PROTOCOLS)
def test_a_key_given_in_any_way_is_the_same_key(auth: str, priv: str) -> None:
    one, other = AUTH_PROTOCOLS[auth], PRIV_PROTOCOLS[priv]
    secrets = SECRETS[0].encode(), SECRETS[1].encode()
    local = auth_key(secrets[0], one, ENGINE_ID), priv_key(secrets[1], one, other, ENGINE_ID)
    ways = {
        "passphrase": SECRETS[:2],
        "key": [master_key(secret, one).hex() for secret in secrets],
        "localized_key": [f"0x{local[0].hex()}", local[1].hex(":")],
    }
    for way, given in ways.items():
        keys = [{"protocol": name, way: Secret(text)} for name, text in zip((auth, priv), given, strict=True)]
        made = policy(users=[user(*keys, allow_weak=True)]).users[b"noc"]
        assert (made.auth_key, made.priv_key) == local, way
