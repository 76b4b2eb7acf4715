"""Keys of users: the RFC's vectors, and pysnmp's and the test's own derivation as independent ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysnmp.proto.secmod.rfc3414 import service
from pysnmp.proto.secmod.rfc3414.service import SnmpUSMSecurityModel

from agent.snmp import engine
from agent.wire.keys import AUTH_PROTOCOLS, PRIV_PROTOCOLS, auth_key, localized, master_key, priv_key
from tests.snmp import messages

RFC_ENGINE = bytes(11) + b"\x02"
OURS = b"\x80\x00\x1f\x88\x05\x01\x02\x03\x04\x05\x06\x07\x08"
PAIRS = [(auth, priv) for auth in AUTH_PROTOCOLS for priv in PRIV_PROTOCOLS]


def test_rfc3414_a_3_2_the_key_of_maplesyrup() -> None:
    key = auth_key(b"maplesyrup", AUTH_PROTOCOLS["SHA"], RFC_ENGINE)
    assert key.hex() == "6695febc9288e36282235fc7151f128497b38f3f"


def test_rfc3414_a_3_1_the_md5_key_of_maplesyrup() -> None:
    md5 = AUTH_PROTOCOLS["MD5"]
    master = master_key(b"maplesyrup", md5)
    assert master.hex() == "9faf3283884e92834ebc9847d8edd963"
    assert localized(master, md5, RFC_ENGINE).hex() == "526f5eed9fcce26f8964c2930787d82b"
    assert auth_key(b"maplesyrup", md5, RFC_ENGINE) == localized(master, md5, RFC_ENGINE)


def test_rfc3414_a_3_2_the_key_before_it_is_localized() -> None:
    assert master_key(b"maplesyrup", AUTH_PROTOCOLS["SHA"]).hex() == "9fb5cc0381497b3793528939ff788d5d79145211"


def test_rfc3414_8_1_1_1_a_des_key_and_its_vector_are_the_beginning_of_the_localized_key() -> None:
    key = priv_key(b"maplesyrup", AUTH_PROTOCOLS["SHA"], PRIV_PROTOCOLS["DES"], RFC_ENGINE)
    assert key.hex() == "6695febc9288e36282235fc7151f1284"


def test_rfc3826_1_2_an_aes_key_is_the_beginning_of_the_localized_key() -> None:
    key = priv_key(b"maplesyrup", AUTH_PROTOCOLS["SHA"], PRIV_PROTOCOLS["AES-128"], RFC_ENGINE)
    assert key.hex() == "6695febc9288e36282235fc7151f1284"


@pytest.mark.parametrize(
    ("name", "digest", "whole"),
    [
        ("MD5", 12, 16),
        ("SHA", 12, 20),
        ("SHA-224", 16, 28),
        ("SHA-256", 24, 32),
        ("SHA-384", 32, 48),
        ("SHA-512", 48, 64),
    ],
)
def test_rfc7860_4_sizes_of_digests_and_keys(name: str, digest: int, whole: int) -> None:
    protocol = AUTH_PROTOCOLS[name]
    assert protocol.digest_octets == digest
    assert len(auth_key(b"maplesyrup", protocol, RFC_ENGINE)) == whole


@pytest.mark.parametrize(("auth", "priv"), PAIRS)
def test_pysnmp_derives_the_same_keys(auth: str, priv: str) -> None:
    secret, model = b"a passphrase", SnmpUSMSecurityModel()
    auth_service = model.AUTH_SERVICES[engine.AUTH_PROTOCOLS[auth]]
    priv_service = model.PRIV_SERVICES[engine.PRIV_PROTOCOLS[priv]]
    their_auth = auth_service.localize_key(auth_service.hash_passphrase(secret), service.univ.OctetString(OURS))
    hashed = priv_service.hash_passphrase(engine.AUTH_PROTOCOLS[auth], secret)
    their_priv = priv_service.localize_key(engine.AUTH_PROTOCOLS[auth], hashed, service.univ.OctetString(OURS))
    assert auth_key(secret, AUTH_PROTOCOLS[auth], OURS) == bytes(their_auth)
    assert priv_key(secret, AUTH_PROTOCOLS[auth], PRIV_PROTOCOLS[priv], OURS) == bytes(their_priv)


@settings(max_examples=15, deadline=None)
@given(st.binary(min_size=8, max_size=80), st.binary(min_size=5, max_size=32), st.sampled_from(PAIRS))
def test_any_passphrase_and_engine_make_the_keys_that_the_tests_own_derivation_makes(
    secret: bytes, engine_id: bytes, pair: tuple[str, str]
) -> None:
    auth, priv = pair
    algorithm = messages.HASHES[auth][0]
    assert auth_key(secret, AUTH_PROTOCOLS[auth], engine_id) == messages.localized(algorithm, secret, engine_id)
    theirs = messages.privacy_key(algorithm, secret, engine_id, priv)
    assert priv_key(secret, AUTH_PROTOCOLS[auth], PRIV_PROTOCOLS[priv], engine_id) == theirs


@pytest.mark.parametrize(("auth", "priv"), PAIRS)
def test_the_two_ways_to_lengthen_differ_only_where_the_hash_is_too_short(auth: str, priv: str) -> None:
    protocol = PRIV_PROTOCOLS[priv]
    key = priv_key(b"maplesyrup", AUTH_PROTOCOLS[auth], protocol, OURS)
    assert len(key) == protocol.key_octets
    hashed = auth_key(b"maplesyrup", AUTH_PROTOCOLS[auth], OURS)
    assert key[: len(hashed)] == hashed[: len(key)]
    other = PRIV_PROTOCOLS.get(priv.removesuffix("-C") if protocol.reeder else f"{priv}-C", protocol)
    same = priv_key(b"maplesyrup", AUTH_PROTOCOLS[auth], other, OURS) == key
    assert same is (other is protocol or len(hashed) >= protocol.key_octets)
