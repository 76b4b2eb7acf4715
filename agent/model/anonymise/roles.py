"""What a leaf is: a secret, a serial number, a host … by its name and the names above it.

Lists of words decide, not full names: every generation and card has names of its own, made of the same words. The
first role that fits holds; secrets are asked for first.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache, lru_cache
from typing import Final

from agent.model.anonymise.positions import axis_of
from agent.model.anonymise.words import Names, word_set, words_of


class Role(Enum):
    """What a leaf is; the value is its kind among the counts, where it is counted."""

    SERIAL = "serial"
    HOST = "host"
    TEXT = "text"
    USER = "user"
    SECRET = "secret"  # noqa: S105 - a kind of leaf
    POSITION = "position"
    HARDWARE = "hardware"
    VERSION = "version"
    PLAIN = "plain"


_SECRET: Final = re.compile(
    r"pass(word|wd|phrase|code)|secret|token|credential|communit|psk|fingerprint|thumbprint"
    r"|(^|-)keys?(-|$)|(private|public|shared|symmetric|auth|priv|host|license|licence)keys?$"
)
_NO_SECRET: Final = word_set(
    "type id ids idx index length size status state enabled count algorithm expire expires expiry lifetime "
    "protocol interval timeout mode level access policy policies"
)
"""Last words of names that say something about a secret, not the secret."""

_SERIAL_IDS: Final = word_set(
    "rubid xheid hxeid uuid guid machineid deviceid hardwareid engineid snmpengineid sn licensenumber"
)
_NO_SERIAL: Final = word_set(
    "port ports console speed baud baudrate mode format string strings interface framing parity type output input "
    "enabled running state status count"
)
"""Words beside "serial" in names about serial lines."""

HOST_NAMES: Final = (
    "hostname",
    "fqdn",
    "domainname",
    "sysname",
    "systemname",
    "devicename",
    "nodename",
    "stationname",
)
_HOST_WORDS: Final = word_set(
    "host server servers peer peers master gateway relay address addresses addr ip proxy target destination domain "
    "domains realm workgroup nameserver nameservers manager search url uri"
)
_PEERS: Final = word_set(
    "ntp syncmon nodes peers servers nameservers members masters clients syncteam receivers managers destinations"
)
"""Members below which a name or ID is another machine's."""

_TEXT_WORDS: Final = word_set(
    "alias aliases location contact description descr comment comments note notes remark remarks syslocation "
    "syscontact sysdescr subject issuer owner organization organisation company department customer city street "
    "building room rack site phone telephone mobile fax email mail asset tag dn basedn binddn ssid banner motd "
    "names label sender recipient recipients"
)
_USER_WORDS: Final = word_set("user username login account securityname uid")
USER_LISTS: Final = word_set("users user accounts account logins administrators")
COMMON_USERS: Final = word_set("root admin info guest user operator anonymous super-user superuser")
_VERSION_WORDS: Final = word_set("version revision firmware fwimage image oid mountpoint running selected")


@lru_cache(maxsize=4096)
def role_of(names: Names) -> Role:
    """What the leaf below these names is."""
    name = names[-1]
    words, above = words_of(name), {word for upper in names[:-1] for word in words_of(upper)}
    if is_secret(names) or (name == "object-id" and any(map(names_secret, names))):
        return Role.SECRET
    if _is_serial(words):
        return Role.SERIAL
    if axis_of(names):
        return Role.POSITION
    if words[-1] in _USER_WORDS or "".join(words[-2:]) in _USER_WORDS:
        return Role.USER
    if name in {"name", "object-id"} and len(names) > 1 and words_of(names[-2])[-1] in USER_LISTS:
        return Role.USER
    if _VERSION_WORDS.intersection(words):
        return Role.VERSION
    if {"mac", "hwaddr", "lladdr", "identity", "eui", "eui64", "clockid"}.intersection(words) or (
        words[-2:] in {("clock", "id"), ("gm", "id"), ("grandmaster", "id")}
    ):
        return Role.HARDWARE
    if (
        "".join(words).endswith(HOST_NAMES)
        or words[-1] in _HOST_WORDS
        or (name in {"name", "id", "reference"} and _PEERS & above)
    ):
        return Role.HOST
    # The kinds of serial strings a card supports are described by the device, not by the operator.
    if words[-1] in _TEXT_WORDS and "supported" not in above:
        return Role.TEXT
    return Role.PLAIN


def is_secret(names: Names) -> bool:
    """Whether a secret, or within something that is one."""
    return words_of(names[-1])[-1] not in _NO_SECRET and any(map(names_secret, names))


@cache
def names_secret(name: str) -> bool:
    """Whether a name is that of a secret."""
    words = words_of(name)
    return words[-1] not in _NO_SECRET and bool(_SECRET.search("-".join(words)))


def _is_serial(words: Names) -> bool:
    joined = "".join(words)
    if joined in _SERIAL_IDS or words[-2:] in {("rub", "id"), ("xhe", "id"), ("hxe", "id")}:
        return True
    return "serial" in joined and not _NO_SERIAL.intersection(words)


def is_serial_text(names: Names, core: str) -> bool:
    """Whether it can be a serial number: "if-sync" below `serial` is the mode of a serial line."""
    return any(character.isdigit() for character in core) or words_of(names[-1])[-1] in {"number", "id"}
