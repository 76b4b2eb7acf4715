"""The users of the user-based security model (RFC 3414 5); keys are in no cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from agent.config import UserSettings
from agent.mib.declaration import Column, Feed, Group, Index, Scalars, Table
from agent.mib.encoding import Oid
from agent.mib.standard.rows import hidden, storage, string_index, text_index
from agent.mib.standard.view import SelfView
from agent.mib.syntax import OBJECT_IDENTIFIER, TEXT, integer32, octets

_AUTH: Final[Oid] = (1, 3, 6, 1, 6, 3, 10, 1, 1)
_PRIV: Final[Oid] = (1, 3, 6, 1, 6, 3, 10, 1, 2)
_ESO: Final[Oid] = (1, 3, 6, 1, 4, 1, 14832, 1)
_CISCO: Final[Oid] = (1, 3, 6, 1, 4, 1, 9, 12, 6, 1)

AUTH_PROTOCOLS: Final[dict[str, Oid]] = {
    "": (*_AUTH, 1), "MD5": (*_AUTH, 2), "SHA": (*_AUTH, 3),
    "SHA-224": (*_AUTH, 4), "SHA-256": (*_AUTH, 5), "SHA-384": (*_AUTH, 6), "SHA-512": (*_AUTH, 7),
}  # fmt: skip
"""RFC 3414 5, RFC 7860 4.1."""
PRIV_PROTOCOLS: Final[dict[str, Oid]] = {
    "": (*_PRIV, 1), "DES": (*_PRIV, 2), "AES-128": (*_PRIV, 4),
    "AES-192": (*_ESO, 3), "AES-256": (*_ESO, 4), "AES-192-C": (*_CISCO, 1), "AES-256-C": (*_CISCO, 2),
}  # fmt: skip
"""RFC 3414 5, RFC 3826; no RFC numbers the longer keys, these are the numbers net-snmp uses."""


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user of this engine."""

    engine_id: bytes
    settings: UserSettings

    @property
    def auth(self) -> str:
        """Name of its authentication protocol, empty for none."""
        return self.settings.auth.protocol if self.settings.auth else ""

    @property
    def priv(self) -> str:
        """Name of its privacy protocol, empty for none."""
        return self.settings.priv.protocol if self.settings.priv else ""


def _users(view: SelfView) -> Iterator[UserRow]:
    return (UserRow(view.engine_id, user) for user in view.settings.users)


def _key_change(arc: int, name: str) -> Column:
    return Column(arc, name, octets(32), "Empty whenever it is read; keys are not changed here.", value=lambda row: b"")


LOCK = Scalars(
    0,
    "usmUser",
    (
        Column(1, "usmUserSpinLock", integer32(0, 2**31 - 1), "Advisory lock of changes, of which there are none.",
               value=lambda self: 0),
    ),
)  # fmt: skip

USERS = Table(
    2,
    "usmUserTable",
    "Users of this engine.",
    "One user.",
    (
        Index("usmUserEngineID", lambda row: string_index(row.engine_id)),
        text_index("usmUserName", lambda row: row.settings.name),
    ),
    (
        hidden(1, "usmUserEngineID", octets(32), "The engine, this one."),
        hidden(2, "usmUserName", TEXT, "Name in messages."),
        Column(3, "usmUserSecurityName", TEXT, "Name for access control.", value=lambda row: row.settings.name),
        Column(4, "usmUserCloneFrom", OBJECT_IDENTIFIER, "Nothing: users are not cloned.", value=lambda row: (0, 0)),
        Column(5, "usmUserAuthProtocol", OBJECT_IDENTIFIER, "How it authenticates.",
               value=lambda row: AUTH_PROTOCOLS[row.auth]),
        _key_change(6, "usmUserAuthKeyChange"),
        _key_change(7, "usmUserOwnAuthKeyChange"),
        Column(8, "usmUserPrivProtocol", OBJECT_IDENTIFIER, "How it encrypts.",
               value=lambda row: PRIV_PROTOCOLS[row.priv]),
        _key_change(9, "usmUserPrivKeyChange"),
        _key_change(10, "usmUserOwnPrivKeyChange"),
        Column(11, "usmUserPublic", octets(32), "Empty.", value=lambda row: b""),
        *storage(12, "usmUser"),
    ),
    feed=Feed.AGENT,
    source=_users,
)  # fmt: skip

GROUPS = (Group(6, "usmUser", "RFC 3414.", (LOCK, USERS), oid=(1, 3, 6, 1, 6, 3, 15, 1, 2)),)
