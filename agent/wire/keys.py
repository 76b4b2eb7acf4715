"""Keys of SNMPv3 users: from passphrase to localized key (RFC 3414 A.2, RFC 7860 9.3), and the longer ones of AES."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final

PASSPHRASE_OCTETS: Final = 1 << 20
"""How many octets of the repeated passphrase are hashed (RFC 3414 A.2.1)."""


@dataclass(frozen=True, slots=True)
class AuthProtocol:
    """An authentication protocol: the hash, and how much of its HMAC is sent."""

    name: str
    hash_name: str
    digest_octets: int


@dataclass(frozen=True, slots=True)
class PrivProtocol:
    """AES in CFB mode; `reeder` says which of the two extensions makes keys longer than the hash."""

    name: str
    key_octets: int
    reeder: bool = False


AUTH_PROTOCOLS: Final = {
    protocol.name: protocol
    for protocol in (
        AuthProtocol("SHA", "sha1", 12),
        AuthProtocol("SHA-224", "sha224", 16),
        AuthProtocol("SHA-256", "sha256", 24),
        AuthProtocol("SHA-384", "sha384", 32),
        AuthProtocol("SHA-512", "sha512", 48),
    )
}
PRIV_PROTOCOLS: Final = {
    protocol.name: protocol
    for protocol in (
        PrivProtocol("AES-128", 16),
        PrivProtocol("AES-192", 24),
        PrivProtocol("AES-256", 32),
        PrivProtocol("AES-192-C", 24, reeder=True),
        PrivProtocol("AES-256-C", 32, reeder=True),
    )
}
"""By the names net-snmp's tools use; plain AES-192 and AES-256 extend keys as draft-blumenthal-aes-usm-04 3.1.2.1."""


def auth_key(passphrase: bytes, protocol: AuthProtocol, engine_id: bytes) -> bytes:
    """The localized authentication key."""
    return _localized(_user_key(passphrase, protocol.hash_name), protocol.hash_name, engine_id)


def priv_key(passphrase: bytes, auth: AuthProtocol, priv: PrivProtocol, engine_id: bytes) -> bytes:
    """The localized privacy key, extended where the hash is shorter than the key."""
    key = auth_key(passphrase, auth, engine_id)
    while len(key) < priv.key_octets:
        if priv.reeder:  # draft-reeder-snmpv3-usm-3desede 2.1
            key += _localized(_user_key(key, auth.hash_name), auth.hash_name, engine_id)
        else:
            key += hashlib.new(auth.hash_name, key).digest()
    return key[: priv.key_octets]


def _user_key(passphrase: bytes, hash_name: str) -> bytes:
    repeated = bytes(islice(cycle(passphrase), len(passphrase) * 64))
    rounds, rest = divmod(PASSPHRASE_OCTETS, len(repeated))
    digest = hashlib.new(hash_name)
    for _ in range(rounds):
        digest.update(repeated)
    digest.update(repeated[:rest])
    return digest.digest()


def _localized(key: bytes, hash_name: str, engine_id: bytes) -> bytes:
    return hashlib.new(hash_name, key + engine_id + key).digest()
