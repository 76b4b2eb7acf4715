"""Who may ask the agents of long runs: the communities and users that the tests' messages are made for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.snmp.agents import USERS
from tests.snmp.messages import User

COMMUNITY = b"public"
PASSWORD_VARIABLE = "LANTIME_RUN_PASSWORD"  # noqa: S105 - the name of a variable


def snmp_section(users: Sequence[User] = USERS, community: bytes = COMMUNITY) -> dict[str, Any]:
    """A community and users who may read and write all that may be read and written."""
    return {
        "communities": [{"name": community.decode(), "write_view": "default"}],
        "users": [_user(user) for user in users],
    }


def _user(user: User) -> dict[str, Any]:
    name = user.name.decode()
    entry: dict[str, Any] = {"name": name, "write_view": "default", "allow_unauthenticated": not user.auth}
    if user.auth:
        entry["auth"] = {"protocol": user.auth, "passphrase": f"${{{_variable(name, 'AUTH')}}}"}
    if user.priv:
        entry["priv"] = {"protocol": user.priv, "passphrase": f"${{{_variable(name, 'PRIV')}}}"}
    return entry


def secrets_of(users: Sequence[User] = USERS) -> dict[str, str]:
    """The environment that holds what the section names, and the password of simulated devices."""
    found = {PASSWORD_VARIABLE: "info-secret"}
    for user in users:
        found[_variable(user.name.decode(), "AUTH")] = user.auth_secret.decode()
        found[_variable(user.name.decode(), "PRIV")] = user.priv_secret.decode()
    return found


def _variable(name: str, kind: str) -> str:
    return f"LANTIME_RUN_{name.upper()}_{kind}"


def devices_section(urls: Mapping[str, str], interval_s: int = 10) -> dict[str, Any]:
    """Simulated devices by name, polled as often as is allowed."""
    return {
        "poll": {"interval_s": interval_s},
        "devices": [
            {
                "name": name, "address": "127.0.0.1", "port": int(url.rpartition(":")[2]), "scheme": "http",
                "username": "info", "password": f"${{{PASSWORD_VARIABLE}}}",
            }
            for name, url in urls.items()
        ],
    }  # fmt: skip
