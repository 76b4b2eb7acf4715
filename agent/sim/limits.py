"""What a leaf of the configuration may hold.

The ranges and words are those of the maker's public MIB and header file; that the REST API checks just these, that it
takes words as well as their numbers, and that it refuses the rest with 400, is inferred.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from agent.sim.codes import PTP_CODES, SYNC_CODES
from agent.sim.shape import Node

_ROLES = PTP_CODES["role"]
_PROFILES = PTP_CODES["profile"] | {
    "802-1as": 8,
    "utility-iec-61850-9-3": 9,
    "telecom-g8275-2": 10,
    "docsis-3-1": 11,
    "power-c37-238-2017": 12,
}
_COPPER = ("auto", "force-sync-e-auto", "force-master", "force-slave", "prefer-master", "prefer-slave")
_SOURCES = SYNC_CODES["ref-type"] | {
    "10mhz-freqin": 1,
    "10mhz-pps-in": 3,
    "ptp-over-e1": 7,
    "fixed-freq-in": 8,
    "pps-plus-string": 9,
    "dcf77-pzf-receiver": 12,
    "long-wave-receiver": 13,
    "havequick": 15,
    "ext-osc": 16,
    "sync-e": 17,
    "video-input": 18,
    "ltc": 19,
}
_SCOPES = {"interface": 1, "link": 2, "realm": 3, "admin": 4, "site": 5, "organisation": 8, "global": 14}
_OUTPUT_MODES = ("disabled", "always-enabled", "if-sync", "always-after-sync", "enabled", "passed-through")


class RefusedError(ValueError):
    """The device refuses a write.

    Attributes:
        status: the HTTP status it answers with.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Limit:
    """What a leaf may hold beyond its type. `words` maps a word to its number, where that is known."""

    low: float | None = None
    high: float | None = None
    words: Mapping[str, int | None] = field(default_factory=dict)
    longest: int | None = None
    form: str = ""


def _numbered(*words: str) -> Limit:
    return Limit(words={word: number for number, word in enumerate(words)})


def _words(*words: str) -> Limit:
    return Limit(words=dict.fromkeys(words))


READ_ONLY = (
    "*/slot-id",
    "*/assigned-port-id",
    "notification/events/*/type",
    "*/outputs/*/type",
    "*/addresstype",
    "security/*",
)
# The first that fits counts.
_LIMITS: tuple[tuple[str, Limit], ...] = (
    ("*/domain-number", Limit(0, 255)),
    ("*/timestampers/*/domain", Limit(0, 255)),
    ("*/priority-[12]", Limit(0, 255)),
    ("*/intvs/*", Limit(-7, 7)),
    ("*/log-severity", Limit(0, 4)),
    ("*/min-gm-clk-class", Limit(0, 255)),
    ("*/min-gm-clk-accuracy", Limit(0, 255)),
    ("*/min-gm-clk-variance", Limit(0, 65_535)),
    ("*/multicast-ttl", Limit(1, 255)),
    ("*/unicast-ttl", Limit(1, 255)),
    ("*/ann-rcpt-timeout", Limit(2, 255)),
    ("*/message-duration", Limit(10, 65_535)),
    ("*/delay-asymmetry", Limit(-2_147_483_648, 2_147_483_647)),
    ("*/upper-bound", Limit(0, 2_147_483_647)),
    ("*/lower-bound", Limit(0, 2_147_483_647)),
    ("*/fast-locking-boundary", Limit(0, 2_147_483_647)),
    ("*/tstamper-idx", Limit(0, 0)),
    ("*/max-uc-slaves", Limit(0, 2048)),
    ("*/port-number", Limit(0, 65_535)),
    ("*/vlan-id", Limit(0, 4094)),
    ("*/vlan-priority", Limit(0, 7)),
    ("*/dscp", Limit(0, 64)),
    ("*/alias", Limit(longest=31)),
    ("*/role", Limit(words=_ROLES)),
    ("*/profile", Limit(words=_PROFILES)),
    ("*/delay-mech", Limit(words=PTP_CODES["delay-mechanism"])),
    ("*/timestampers/*/protocol", Limit(words=PTP_CODES["protocol"])),
    ("*/ptp-instances/*/protocol", Limit(words=PTP_CODES["protocol"])),
    ("*/ipv6-multicast-scope", Limit(words=_SCOPES)),
    ("*/ipv6-mode", Limit(words=PTP_CODES["ipv6-mode"])),
    ("*/sdh-option", _numbered("opt1", "opt2")),
    ("*/quality-level-selection", _words("auto", "manual")),
    ("*/gbit-copper-mode", _numbered(*_COPPER)),
    ("*/timestampers/*/mode", _numbered("all", "ntp", "ptpv1", "ptpv2")),
    ("*/ntp-service/op-mode", _numbered("ptp", "ntp")),
    ("*/timezone/*/name", Limit(longest=5)),
    ("*/timezone/*/hour", Limit(0, 23)),
    ("*/timezone/*/min", Limit(0, 59)),
    ("*/timezone/*/sec", Limit(0, 59)),
    ("*/timezone/*/month", Limit(1, 12)),
    ("*/timezone/*/mday", Limit(1, 31)),
    ("*/timezone/*/wday", Limit(0, 6)),
    ("*/timezone/*/year", Limit(0, 2199)),
    ("*/timezone/*/utc-offset", Limit(-86_400, 86_400)),
    ("*/settings/id/type", Limit(words=_SOURCES)),
    ("*/settings/id/instance", Limit(0, 15)),
    ("*/settings/precision", Limit(0, 1)),
    ("*/settings/bias", Limit(-1, 1)),
    ("*/enable-flags/*", _words("always", "if-sync")),
    ("*/outputs/*/mode", _words(*_OUTPUT_MODES)),
    ("*/switch/mode", _words("automatic", "clk1", "clk2")),
    ("network/ports/*/speed", _words("auto", "10", "100", "1000")),
    ("network/ports/*/bonding", Limit(longest=16)),
    ("network/interfaces/*/iftype", _words("static", "dhcp")),
    ("network/interfaces/*/ipv6-*/subnet", Limit(form="prefix")),
    ("network/interfaces/*/ipv6-*/address", Limit(form="ipv6")),
    ("network/interfaces/*/ipv4-*/*", Limit(form="ipv4")),
    ("network/general/default-gateway-ipv4", Limit(form="ipv4")),
    ("network/general/default-gateway-ipv6", Limit(form="ipv6")),
    ("*/ipv4-address", Limit(form="ipv4")),
    ("*/netmask", Limit(form="ipv4")),
    ("*/gateway", Limit(form="ipv4")),
    ("*/ipv6-address", Limit(form="ipv6")),
    ("*/nameservers/*/address", Limit(form="ip")),
    ("*/nameserver-[12]", Limit(form="ip")),
    ("ntp/servers/*/minpoll", Limit(3, 17)),
    ("ntp/servers/*/maxpoll", Limit(3, 17)),
    ("ntp/local-clock-stratum", Limit(1, 15)),
    ("*hostname", Limit(form="host", longest=253)),
    ("*", Limit(longest=255)),
)


def checked(path: str, old: Node, value: Node) -> Node:
    """The value as the device keeps it: a word for its number, otherwise as given.

    Args:
        path: place below the configuration, with slashes.
        old: what stands there; its type is the type of the leaf.
        value: what is to stand there.

    Raises:
        RefusedError: 400, wrong type, out of range, not one of the words, too long, malformed, or a new value
            for what is read-only.
    """
    if any(fnmatchcase(path, pattern) for pattern in READ_ONLY):
        if type(value) is type(old) and value == old:
            return old
        raise RefusedError(400, f"{path}: read-only")
    limit = next(limit for pattern, limit in _LIMITS if fnmatchcase(path, pattern))
    if isinstance(old, str) and limit.words:
        return _word(path, value, limit.words)
    if isinstance(old, bool):
        return _typed(path, value, bool, "Boolean")
    if isinstance(old, (int, float)):
        return _number(path, old, value, limit)
    if isinstance(old, str):
        return _text(path, str(_typed(path, value, str, "text")), limit)
    raise RefusedError(400, f"{path}: cannot be written")


def _typed(path: str, value: Node, kind: type, name: str) -> Node:
    if not isinstance(value, kind):
        raise RefusedError(400, f"{path}: {name} expected, not {value!r}")
    return value


def _word(path: str, value: Node, words: Mapping[str, int | None]) -> str:
    for word, number in words.items():
        if not isinstance(value, bool) and value is not None and value in (word, number):
            return word
    raise RefusedError(400, f"{path}: one of {', '.join(words)} expected, not {value!r}")


def _number(path: str, old: float, value: Node, limit: Limit) -> float:
    kinds = int if isinstance(old, int) else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise RefusedError(400, f"{path}: {'integer' if isinstance(old, int) else 'number'} expected, not {value!r}")
    low = -(2.0**63) if limit.low is None else limit.low
    high = 2.0**63 if limit.high is None else limit.high
    if not low <= value <= high:
        raise RefusedError(400, f"{path}: {low:g}..{high:g} expected, not {value!r}")
    return value if isinstance(old, int) else float(value)


def _text(path: str, value: str, limit: Limit) -> str:
    if limit.longest is not None and len(value) > limit.longest:
        raise RefusedError(400, f"{path}: at most {limit.longest} characters expected, not {len(value)}")
    if limit.form and not _well_formed(value, limit.form):
        raise RefusedError(400, f"{path}: {_FORMS[limit.form]} expected, not {value!r}")
    return value


_FORMS = {
    "ipv4": "IPv4 address",
    "ipv6": "IPv6 address",
    "ip": "IP address",
    "prefix": "prefix length",
    "host": "host name",
}


def _well_formed(value: str, form: str) -> bool:
    """Whether a text has the form; an address may be empty, which is none."""
    if form == "host":
        return bool(value) and all(part and part.replace("-", "x").isalnum() for part in value.split("."))
    if form == "prefix":
        return value.isdigit() and int(value) <= 128
    if not value:
        return True
    try:
        version = ipaddress.ip_address(value).version
    except ValueError:
        return False
    return form in ("ip", f"ipv{version}")
