"""Settings of SNMPv3 users: their keys and protocols, and what they may see and set."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from agent.config.base import Model
from agent.config.grant import Grantee, Level
from agent.config.secret import Secret

AuthProtocol = Literal["MD5", "SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512"]
PrivProtocol = Literal["DES", "AES-128", "AES-192", "AES-256", "AES-192-C", "AES-256-C"]

WEAK: Final = frozenset({"MD5", "DES"})
"""Protocols that are broken, and spoken only by users with `allow_weak`."""

_DIGEST_OCTETS: Final = {"MD5": 16, "SHA": 20, "SHA-224": 28, "SHA-256": 32, "SHA-384": 48, "SHA-512": 64}
_CIPHER_OCTETS: Final = {
    "DES": 16, "AES-128": 16, "AES-192": 24, "AES-256": 32, "AES-192-C": 24, "AES-256-C": 32,
}  # fmt: skip


class Key(Model):
    """A key, in one of three ways.

    Attributes:
        passphrase: 8 characters or more, from which the key is made (RFC 3414 A.2).
        key: the key that a passphrase would be made into, before it is localized, in hexadecimal.
        localized_key: the key of this engine alone, in hexadecimal; right for one engine ID only.
    """

    passphrase: Secret | None = None
    key: Secret | None = None
    localized_key: Secret | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Key:
        if sum(one is not None for one in (self.passphrase, self.key, self.localized_key)) != 1:
            raise ValueError("give one of passphrase, key and localized_key")
        return self

    def octets(self) -> bytes:
        """The secret as octets: of the passphrase in UTF-8, of a key what its digits stand for.

        Raises:
            ValueError: a key is not hexadecimal.
        """
        if self.passphrase is not None:
            return self.passphrase.reveal().encode()
        secret = self.key or self.localized_key
        assert secret is not None  # noqa: S101 - _one_way
        digits = secret.reveal().strip().removeprefix("0x").replace(":", "")
        try:
            return bytes.fromhex(digits)
        except ValueError:
            raise ValueError("a key is written in hexadecimal digits") from None


class AuthKey(Key):
    """Authentication of an SNMPv3 user."""

    protocol: AuthProtocol = "SHA-256"


class PrivKey(Key):
    """Privacy of an SNMPv3 user. AES-192 and AES-256 as net-snmp names them; -C is the Reeder extension."""

    protocol: PrivProtocol = "AES-128"


class UserSettings(Grantee):
    """One SNMPv3 user.

    Attributes:
        level: the lowest level it may ask at; the highest that its keys allow unless given.
    """

    name: Annotated[str, Field(min_length=1, max_length=32)]
    auth: AuthKey | None = None
    priv: PrivKey | None = None
    level: Level
    allow_unauthenticated: bool = False
    allow_weak: bool = False

    @model_validator(mode="before")
    @classmethod
    def _own_level(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("level") is None:
            data = {**data, "level": _level(auth=data.get("auth"), priv=data.get("priv"))}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> UserSettings:
        if len(self.name.encode()) > 32:
            raise ValueError("name: at most 32 octets in UTF-8 (RFC 3414 5)")
        if self.priv and not self.auth:
            raise ValueError("priv needs auth")
        if not self.auth and not self.allow_unauthenticated:
            raise ValueError("a user without auth lets everybody read; write allow_unauthenticated: true to mean it")
        if self.group is not None and self.level != self.highest_level:
            raise ValueError("level: the rows of its group say at which levels it may ask; leave it out")
        if _LEVELS.index(self.level) > _LEVELS.index(self.highest_level):
            raise ValueError(f"level: {self.level} needs keys that this user has not")
        if self.level == "noAuthNoPriv" and not self.allow_unauthenticated:
            raise ValueError("level: noAuthNoPriv lets everybody read; write allow_unauthenticated: true to mean it")
        for key in (self.auth, self.priv):
            if key:
                self._check_key(key)
        return self

    def _check_key(self, key: AuthKey | PrivKey) -> None:
        if key.protocol in WEAK and not self.allow_weak:
            raise ValueError(f"{key.protocol} is weak; use another protocol, or write allow_weak: true to mean it")
        octets = key.octets()
        if key.passphrase is not None:
            if len(key.passphrase.reveal()) < 8:
                raise ValueError("passphrases have 8 or more characters (RFC 3414 11.2)")
            return
        assert self.auth is not None  # noqa: S101 - checked before
        is_local_cipher = isinstance(key, PrivKey) and key.localized_key is not None
        wanted = _CIPHER_OCTETS[key.protocol] if is_local_cipher else _DIGEST_OCTETS[self.auth.protocol]
        if len(octets) != wanted:
            name = "localized_key" if key.localized_key is not None else "key"
            whose = key.protocol if is_local_cipher else self.auth.protocol
            raise ValueError(f"{name}: {len(octets)} octets; {wanted} are right with {whose}")

    @property
    def highest_level(self) -> Level:
        """The highest level its keys allow."""
        return _level(auth=self.auth, priv=self.priv)

    @property
    def weak_protocols(self) -> tuple[str, ...]:
        """The weak ones among its protocols."""
        return tuple(key.protocol for key in (self.auth, self.priv) if key and key.protocol in WEAK)


_LEVELS: Final[tuple[Level, ...]] = ("noAuthNoPriv", "authNoPriv", "authPriv")


def _level(*, auth: Any, priv: Any) -> Level:
    return "authPriv" if priv else "authNoPriv" if auth else "noAuthNoPriv"
