"""What a device is told to let the agent in."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import Final

from agent.config import DeviceSettings
from agent.config.secret import Secret
from agent.errors import BadAnswer
from agent.model.document import Json

TOKEN_PATH: Final = "get-token"  # noqa: S105 - a path below /api
TOKEN_FIELDS: Final = ("username", "password")
"""Members of the body of `PUT /api/get-token`. Inferred: the vendor's page documents the call, not their names."""
TOKEN_MEMBER: Final = "token"  # noqa: S105 - a member of the answer (documented)

_USABLE_TOKEN = re.compile(r"[!-~]+")
"""Visible ASCII: anything else cannot stand in a header."""


@dataclass(frozen=True, slots=True)
class Login:
    """User name and password of one device; the password does not show."""

    user: str
    password: Secret

    @property
    def pair(self) -> bytes:
        """User name and password as Basic joins them; in UTF-8 (RFC 7617 2.1)."""
        return f"{self.user}:{self.password.reveal()}".encode()


def login_of(settings: DeviceSettings) -> Login | None:
    """The configured login, or None when user name or password is missing or empty."""
    user = settings.user
    if not user or settings.password is None or not settings.password.reveal():
        return None
    return Login(user, settings.password)


def basic(login: Login) -> str:
    """The Authorization header of Basic (requests' own would encode the password in Latin-1)."""
    return "Basic " + base64.b64encode(login.pair).decode("ascii")


def bearer(token: str) -> str:
    """The Authorization header for a token."""
    return f"Bearer {token}"


def token_request(login: Login) -> bytes:
    """The body of `PUT /api/get-token`."""
    return json.dumps(dict(zip(TOKEN_FIELDS, (login.user, login.password.reveal()), strict=True))).encode()


def token_in(document: Json, place: str) -> str:
    """The token in an answer.

    Raises:
        BadAnswer: there is none that can be used; the text does not quote the answer.
    """
    token = document.get(TOKEN_MEMBER) if isinstance(document, dict) else None
    if not isinstance(token, str) or not _USABLE_TOKEN.fullmatch(token):
        raise BadAnswer(f"{place}: the answer to /api/{TOKEN_PATH} holds no token that can be used")
    return token
