"""A self-test: does what the configured users need of cryptography work on this machine?"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm

from agent.config import SnmpSettings
from agent.errors import HostError
from agent.wire import privacy, signing
from agent.wire.keys import AUTH_PROTOCOLS, PRIV_PROTOCOLS
from agent.wire.privacy import Moment

# NIST SP 800-38A F.3: CFB128, first block; the vector is 00 01 02 ... 0f.
_AES_MOMENT: Final = Moment(0x00010203, 0x04050607, bytes(range(8, 16)))
_AES_PLAIN: Final = "6bc1bee22e409f96e93d7e117393172a"
_AES_128: Final = ("2b7e151628aed2a6abf7158809cf4f3c", "3b3fd92eb72dad20333449f8e83cfb4a")
_AES_192: Final = ("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "cdc80d6fddf18cab34c25909c99a4174")
_AES_256: Final = (
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
    "dc7e84bfda79164b7ecd8486985d3860",
)
# FIPS 81, table C1: CBC; the second half of the key and the salt make the vector, 12 34 ... ef.
_DES_MOMENT: Final = Moment(0, 0, bytes(8))
_DES_PLAIN: Final = b"Now is the time for all ".hex()
_DES: Final = ("0123456789abcdef1234567890abcdef", "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6")

_ANSWERS: Final = {
    "AES-128": _AES_128, "AES-192": _AES_192, "AES-192-C": _AES_192, "AES-256": _AES_256, "AES-256-C": _AES_256,
    "DES": _DES,
}  # fmt: skip
"""Key, and what the plain text becomes under it."""


def check_crypto(settings: SnmpSettings) -> None:
    """Sign, encrypt and decrypt once with every protocol that a user has, against known answers.

    Raises:
        HostError: one does not work; users who have it would get no answer. Says what to install.
    """
    for user in settings.users:
        if user.auth:
            _check_auth(user.auth.protocol)
        if user.priv:
            _check_privacy(user.priv.protocol)


def _check_auth(name: str) -> None:
    try:
        signing.digest(AUTH_PROTOCOLS[name], b"key", b"data")
    except (UnsupportedAlgorithm, ValueError) as problem:
        raise HostError(
            f"SNMPv3 authentication with {name} does not work: this machine's OpenSSL refuses it ({problem}); "
            "give the user another protocol"
        ) from problem


def _check_privacy(name: str) -> None:
    key, answer = (bytes.fromhex(text) for text in _ANSWERS[name])
    is_des = name == "DES"
    moment, plain = (_DES_MOMENT, _DES_PLAIN) if is_des else (_AES_MOMENT, _AES_PLAIN)
    protocol = PRIV_PROTOCOLS[name]
    remedy = "give the user AES" if is_des else "install cryptography 47 or newer (pip install 'cryptography>=47')"
    try:
        sealed = privacy.encrypted(protocol, key, moment, bytes.fromhex(plain))
        opened = privacy.decrypted(protocol, key, moment, answer)
    except Exception as problem:
        raise HostError(f"SNMPv3 privacy with {name} does not work here ({problem}); {remedy}") from problem
    if sealed != answer or opened != bytes.fromhex(plain):
        raise HostError(f"SNMPv3 privacy with {name} gives wrong results here; {remedy}")
