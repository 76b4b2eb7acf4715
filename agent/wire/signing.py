"""Digests of SNMPv3 messages: HMAC (RFC 2104), cut as RFC 3414 6 and RFC 7860 4 say. A key is prepared once."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from agent.wire.keys import AuthProtocol

_HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "md5": hashes.MD5,
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_PREPARED: Final = 1024
"""Keys that are kept prepared, at most."""


def digest(protocol: AuthProtocol, key: bytes, message: bytes) -> bytes:
    """The digest of a message in which there are zeros where it will be.

    Raises:
        UnsupportedAlgorithm: this machine's OpenSSL refuses the hash.
    """
    signing = _begun(protocol.hash_name, key).copy()
    signing.update(message)
    return signing.finalize()[: protocol.digest_octets]


@lru_cache(_PREPARED)
def _begun(hash_name: str, key: bytes) -> HMAC:
    return HMAC(key, _HASHES[hash_name]())
