"""Privacy against known answers, and the self-test that finds out when it does not work."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from hypothesis import given
from hypothesis import strategies as st

from agent.config import SnmpSettings
from agent.config.secret import Secret
from agent.errors import HostError
from agent.wire import crypto, privacy, signing
from agent.wire.keys import PRIV_PROTOCOLS
from agent.wire.privacy import Moment

SECRET = {"passphrase": Secret("correct horse")}
ALL = [(auth, priv) for auth in ("MD5", "SHA-512") for priv in PRIV_PROTOCOLS]


def settings(auth: str = "SHA-256", priv: str = "AES-128") -> SnmpSettings:
    keys: dict[str, Any] = {"auth": {"protocol": auth, **SECRET}, "priv": {"protocol": priv, **SECRET}}
    return SnmpSettings.model_validate({"users": [{"name": "noc", "allow_weak": True, **keys}]})


@pytest.mark.parametrize(("auth", "priv"), ALL)
def test_every_protocol_passes_the_self_test_here(auth: str, priv: str) -> None:
    crypto.check_crypto(settings(auth, priv))


def test_nothing_is_tested_that_nobody_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "_cipher", None)
    crypto.check_crypto(SnmpSettings.model_validate({"users": [{"name": "noc", "auth": SECRET}]}))
    with pytest.raises(HostError):
        crypto.check_crypto(settings())


@pytest.mark.parametrize(("priv", "remedy"), [("AES-256", "cryptography 47 or newer"), ("DES", "give the user AES")])
def test_privacy_that_fails_or_gives_wrong_results_is_told_with_what_helps(
    priv: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise UnsupportedAlgorithm("not in this build")

    with monkeypatch.context() as patch:
        patch.setattr(privacy, "_cipher", refuse)
        with pytest.raises(HostError, match=f"privacy with {priv} does not work here .*{remedy}"):
            crypto.check_crypto(settings(priv=priv))
    monkeypatch.setattr(privacy, "encrypted", lambda protocol, key, moment, plain: plain)
    with pytest.raises(HostError, match=f"privacy with {priv} gives wrong results here; .*{remedy}"):
        crypto.check_crypto(settings(priv=priv))


def test_a_hash_that_the_machine_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise UnsupportedAlgorithm("md5 is not supported")

    monkeypatch.setattr(signing, "HMAC", refuse)
    signing._begun.cache_clear()
    with pytest.raises(HostError, match=r"authentication with MD5 does not work: .*give the user another protocol"):
        crypto.check_crypto(settings("MD5"))


@pytest.mark.parametrize("name", PRIV_PROTOCOLS)
@given(plain=st.binary(max_size=100), number=st.integers(0, 2**64 - 1), boots=st.integers(0, 2**31 - 1))
def test_what_was_encrypted_is_decrypted(name: str, plain: bytes, number: int, boots: int) -> None:
    protocol = PRIV_PROTOCOLS[name]
    key = hashlib.sha256(name.encode()).digest()[: protocol.key_octets]
    moment = Moment(boots, 77, privacy.salt(protocol, boots, number))
    sealed = privacy.encrypted(protocol, key, moment, plain)
    padding = -len(plain) % 8 if name == "DES" else 0
    assert len(sealed) == len(plain) + padding
    assert padding <= privacy.padding_octets(protocol)
    assert privacy.decrypted(protocol, key, moment, sealed) == plain + bytes(padding)


@given(messages=st.lists(st.tuples(st.binary(max_size=50), st.booleans()), min_size=1, max_size=8))
def test_what_is_decrypted_does_not_depend_on_what_was_decrypted_before(messages: list[tuple[bytes, bool]]) -> None:
    protocol, keys = PRIV_PROTOCOLS["AES-128"], (b"k" * 16, b"l" * 16)
    for number, (plain, which) in enumerate(messages):
        moment = Moment(number, 77, privacy.salt(protocol, number, number))
        sealed = privacy.encrypted(protocol, keys[which], moment, plain)
        assert privacy.decrypted(protocol, keys[which], moment, sealed) == plain
        privacy.decrypted(protocol, keys[which], Moment(1, 2, bytes(8)), sealed + plain)


def test_rfc3414_8_1_1_1_a_des_salt_is_the_boots_and_a_number_of_its_own() -> None:
    des = PRIV_PROTOCOLS["DES"]
    assert privacy.salt(des, 0x01020304, 0xAABBCCDD11223344) == bytes.fromhex("0102030411223344")
    assert len({privacy.salt(des, 1, number) for number in range(2**32 - 2, 2**32 + 2)}) == 4


def test_rfc3414_8_1_1_3_des_of_no_whole_blocks_is_a_decryption_error() -> None:
    moment = Moment(1, 1, bytes(8))
    for size in (1, 7, 9):
        assert privacy.decrypted(PRIV_PROTOCOLS["DES"], bytes(16), moment, bytes(size)) is None
    assert privacy.decrypted(PRIV_PROTOCOLS["DES"], bytes(16), moment, bytes(16)) is not None
