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
    """A privacy protocol: AES in CFB mode, or DES in CBC mode.

    Attributes:
        cipher: AES or DES.
        key_octets: what is needed of the localized key; with DES half of it is for the vector (RFC 3414 8.1.1.1).
        reeder: which of the two extensions makes keys longer than the hash.
    """

    name: str
    key_octets: int
    reeder: bool = False
    cipher: str = "AES"


AUTH_PROTOCOLS: Final = {
    protocol.name: protocol
    for protocol in (
        AuthProtocol("MD5", "md5", 12),
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
        PrivProtocol("DES", 16, cipher="DES"),
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
    return localized(master_key(passphrase, protocol), protocol, engine_id)


def priv_key(passphrase: bytes, auth: AuthProtocol, priv: PrivProtocol, engine_id: bytes) -> bytes:
    """The localized privacy key, extended where the hash is shorter than the key."""
    return extended(auth_key(passphrase, auth, engine_id), auth, priv, engine_id)


def extended(key: bytes, auth: AuthProtocol, priv: PrivProtocol, engine_id: bytes) -> bytes:
    """A privacy key as long as the protocol needs it, from a localized key as long as the hash."""
    while len(key) < priv.key_octets:
        if priv.reeder:  # draft-reeder-snmpv3-usm-3desede 2.1
            key += localized(master_key(key, auth), auth, engine_id)
        else:
            key += hashlib.new(auth.hash_name, key).digest()
    return key[: priv.key_octets]


def localized(key: bytes, protocol: AuthProtocol, engine_id: bytes) -> bytes:
    """A user's key made into one for this engine alone (RFC 3414 2.6)."""
    return hashlib.new(protocol.hash_name, key + engine_id + key).digest()


def master_key(passphrase: bytes, protocol: AuthProtocol) -> bytes:
    """A user's key before it is localized (RFC 3414 A.2)."""
    repeated = bytes(islice(cycle(passphrase), len(passphrase) * 64))
    rounds, rest = divmod(PASSPHRASE_OCTETS, len(repeated))
    digest = hashlib.new(protocol.hash_name)
    for _ in range(rounds):
        digest.update(repeated)
    digest.update(repeated[:rest])
    return digest.digest()
