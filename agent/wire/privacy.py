"""Privacy of SNMPv3 messages: AES in CFB128 mode (RFC 3826), and DES in CBC mode (RFC 3414 8) for who insists on it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import Any, Final, NamedTuple

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from agent.wire.keys import PrivProtocol

SALT_OCTETS: Final = 8
_BLOCK: Final = 8
_AES_BLOCK: Final = 16
_MOMENT: Final = struct.Struct(f">II{SALT_OCTETS}s")
_PREPARED: Final = 1024
"""Keys that are kept prepared, at most."""


class Moment(NamedTuple):
    """What the vector of one message is made of, beside the key."""

    boots: int
    time_s: int
    salt: bytes


def padding_octets(protocol: PrivProtocol | None) -> int:
    """Octets that a scopedPDU grows by when it is encrypted, at most."""
    return _BLOCK - 1 if protocol and protocol.cipher == "DES" else 0


def salt(protocol: PrivProtocol, boots: int, number: int) -> bytes:
    """The salt of a message, from a number that no other message of this engine has had."""
    if protocol.cipher == "DES":  # RFC 3414 8.1.1.1
        return boots.to_bytes(4, "big") + (number & 0xFFFFFFFF).to_bytes(4, "big")
    return (number & 0xFFFFFFFFFFFFFFFF).to_bytes(SALT_OCTETS, "big")


_LIFE: Final = 2**40 + 0x9E3779B1


def salts(first: int, source: int, sources: int, life: int = 0) -> Iterator[int]:
    """Numbers for `salt` that no other source, and no other life of the same one, gets.

    The low bits say whose they are, since DES has the low 32 alone. Lives begin 2^40 numbers apart, and in the bits of
    DES a golden section.
    """
    step = 1 << (sources - 1).bit_length()
    return count((first + life * _LIFE) * step + source, step)


def encrypted(protocol: PrivProtocol, key: bytes, moment: Moment, plain: bytes) -> bytes:
    """What is sent instead of a scopedPDU."""
    if protocol.cipher == "DES":
        plain += bytes(-len(plain) % _BLOCK)
    encryptor = _cipher(protocol, key, moment).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


def decrypted(protocol: PrivProtocol, key: bytes, moment: Moment, data: bytes) -> bytes | None:
    """The scopedPDU, for DES with its padding; None where the length is no multiple of the block (RFC 3414 8.1.1.3)."""
    if protocol.cipher == "DES":
        if len(data) % _BLOCK:
            return None
        decryptor = _cipher(protocol, key, moment).decryptor()
        return decryptor.update(data) + decryptor.finalize()
    # In CFB mode what a block decrypts to depends on the block before it and on nothing else (NIST SP 800-38A 6.3), so
    # one decryptor serves all messages of a key: the vector goes before them as a block, and blocks are filled up.
    blocks = _vector(moment) + data + bytes(-len(data) % _AES_BLOCK)
    return _decryptor(key).update(blocks)[_AES_BLOCK : _AES_BLOCK + len(data)]


def _vector(moment: Moment) -> bytes:
    return _MOMENT.pack(*moment)  # RFC 3826 3.1.2.1


@lru_cache(_PREPARED)
def _aes(key: bytes) -> AES:
    return AES(key)


@lru_cache(_PREPARED)
def _decryptor(key: bytes) -> CipherContext:
    return Cipher(_aes(key), CFB(bytes(_AES_BLOCK))).decryptor()


def _cipher(protocol: PrivProtocol, key: bytes, moment: Moment) -> Cipher[Any]:
    if protocol.cipher == "DES":
        vector = bytes(one ^ other for one, other in zip(key[_BLOCK:], moment.salt, strict=True))
        return _des(key[:_BLOCK], vector)
    return Cipher(_aes(key), CFB(_vector(moment)))


def _des(key: bytes, vector: bytes) -> Cipher[Any]:
    """DES as triple DES of one key: encrypted, decrypted and encrypted again is encrypted once."""
    # Imported here so that AES works with a `cryptography` that has given up on it.
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES

    return Cipher(TripleDES(key * 3), CBC(vector))
