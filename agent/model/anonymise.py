"""A device's documents without its identities, for an operator to send in.

Two walks over all documents of one device: the first learns every identity, by the member's name (serial-number,
hostname, alias …) or by its shape (addresses, URLs, host names with a domain), the second puts substitutes in their
places and wherever else they occur, in other texts, object-ids and members' names too. The same identity has the
same substitute everywhere. Structure, types, formats and lengths stay, and so does what only says that there is
nothing (N/A, never, zero, loopback, netmasks): that matters for reading a document.

Substitutes come from a keyed hash. Who does not have the key cannot find an original by trying, and with a key per
capture two captures cannot be set side by side.
"""

from __future__ import annotations

import hashlib
import ipaddress
import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from typing import Final, Protocol

from agent.model.document import Json
from agent.model.reading import NOTHING

REDACTED: Final = "redacted"
"""Stands for every secret; its length tells nothing."""


@dataclass(frozen=True, slots=True)
class Anonymised:
    """Documents without identities.

    Attributes:
        documents: REST path to answer.
        counts: kind (serial, host, ipv4, ipv6, mac, clock-identity, position, text, user, secret) to the number of
            places where something of that kind was replaced.
    """

    documents: dict[str, Json]
    counts: dict[str, int]


def anonymise(documents: Mapping[str, Json], key: bytes, known: Iterable[str] = ()) -> Anonymised:
    """The documents of one device without its identities.

    Args:
        documents: REST path below /api to answer, with or without envelope, at most some hundred levels deep.
        key: random octets, new for each capture and thrown away after it.
        known: host names and addresses to be replaced too, which the documents may hold without naming them so.

    Raises:
        ValueError: the key is empty, so that anybody could try originals.
    """
    if not key:
        raise ValueError("the key must not be empty")
    learner = _Learner()
    for text in known:
        learner.host(text)
    for path, answer in documents.items():
        _walk(answer, _names_of(path), learner)
    replacer = _Replacer(learner, key)
    replaced = {replacer.name(path): _walk(answer, _names_of(path), replacer) for path, answer in documents.items()}
    return Anonymised(replaced, dict(sorted(replacer.counts.items())))


def _names_of(path: str) -> Names:
    return tuple(path.strip("/").split("/"))


# What a leaf is, by its name and the names above it.

Names = tuple[str, ...]
"""Names of the members that lead to a leaf; a list's elements have the list's name."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


class _Role(Enum):
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
_NO_SECRET: Final = _set(
    "type id ids idx index length size status state enabled count algorithm expire expires expiry lifetime "
    "protocol interval timeout mode level access policy policies"
)
"""Last words of names that say something about a secret, not the secret."""

_PEM: Final = "-----BEGIN "
_SERIAL_IDS: Final = _set(
    "rubid xheid hxeid uuid guid machineid deviceid hardwareid engineid snmpengineid sn licensenumber"
)
_NO_SERIAL: Final = _set(
    "port ports console speed baud baudrate mode format string strings interface framing parity type output input "
    "enabled running state status count"
)
"""Words beside "serial" in names about serial lines."""

_HOST_NAMES: Final = (
    "hostname",
    "fqdn",
    "domainname",
    "sysname",
    "systemname",
    "devicename",
    "nodename",
    "stationname",
)
_HOST_WORDS: Final = _set(
    "host server servers peer peers master gateway relay address addresses addr ip proxy target destination domain "
    "domains realm workgroup nameserver nameservers manager search url uri"
)
_PEERS: Final = _set(
    "ntp syncmon nodes peers servers nameservers members masters clients syncteam receivers managers destinations"
)
"""Members below which a name or ID is another machine's."""

_TEXT_WORDS: Final = _set(
    "alias aliases location contact description descr comment comments note notes remark remarks syslocation "
    "syscontact sysdescr subject issuer owner organization organisation company department customer city street "
    "building room rack site phone telephone mobile fax email mail asset tag dn basedn binddn ssid banner motd "
    "names label sender recipient recipients"
)
_USER_WORDS: Final = _set("user username login account securityname uid")
_USER_LISTS: Final = _set("users user accounts account logins administrators")
_COMMON_USERS: Final = _set("root admin info guest user operator anonymous super-user superuser")
_VERSION_WORDS: Final = _set("version revision firmware fwimage image oid mountpoint running selected")
_VOCABULARY: Final = _set(
    "model slot-id slot-type slot-name card-name version firmware-image profile type ref-type state role protocol "
    "format mode object-type clock-source time-source"
)
"""Members whose values are words of the device."""

_SURE_TEXTS: Final = _set("alias aliases location contact syslocation syscontact")
"""Texts that are an operator's even where they are made of the device's words."""

_GENERIC_NAMES: Final = frozenset({"value", "text", "number", "raw"})
"""Names that mean what the name above them means (a leaf asked for by its own path answers so)."""

_UNSET: Final = NOTHING | {
    "unknown", "default", "auto", "any", "all", "on", "off", "true", "false", "yes", "no", "enabled", "disabled",
    "static", "dhcp", "dhcpv6", "slaac", "localhost", "localhost.localdomain", "localdomain", "local",
}  # fmt: skip
"""Values (lower case) that name nobody."""

_DEVICE_WORDS: Final = _set("""
    action active address alarm alert annex announced antenna api arbitrary authentication auto available backup
    bad bond boundary bpe bridge broadcast candidate card chassis cli client clients clk clock cluster code common
    config configuration connected console cpe cpu critical daemon data date dcf default delay device direct
    disabled dns domain down e2e enabled error esi eth event external failure fan fault fdm file firmware fixed
    frequency front full fw galileo gateway general global glonass gnm gns gnss good gps grandmaster green group
    hardware high holdover host hps http https ieee image info input instance instances int interface internal
    internet invalid io ip ipv irig lan lantime leap led level light link list liu lno local localhost log low
    main manager manual master meinberg mhz mode model module monitor mri mrs multicast name net network no node
    none normal not notification ntp ntpd offline offset ok on online operation option ordinary oscillator output
    overlay p2p packet passive path peer permanent pio pool port position power pps primary priority private
    profile protocol psu ptp public pulse pwr pzf quality rack raw read receiver red redacted ref refclock
    reference rel relay remote rest role root router rsc rubidium running satellite scg scu secondary security
    selected sensor serial server servers service services shm signal site slave slot slots snmp software source
    ssh standard standby state static station status storage stratum string switch sync synchronized syncmon
    syncteam syslog system target tcr telecom temperature test time timeserver timestamper type udp unicast unit
    unknown untitled up update user users utc valid version vif virtual vlan vsg vsi warning web write xhe yellow
    zone
    """)
"""Words of the device's own language: a host name or alias made of them alone names nobody. It is replaced where it
stands, but not wherever the same word occurs: that would take the document apart."""


@cache
def _words(name: str) -> Names:
    return tuple(word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+", name)) or (name.lower(),)


def _telling(names: Names) -> Names:
    """The names without a last one that tells nothing."""
    return _telling(names[:-1]) if len(names) > 1 and names[-1].lower() in _GENERIC_NAMES else names


@lru_cache(maxsize=4096)
def _role(names: Names) -> _Role:
    name = names[-1]
    words, above = _words(name), {word for upper in names[:-1] for word in _words(upper)}
    if _is_secret(names) or (name == "object-id" and any(map(_names_secret, names))):
        return _Role.SECRET
    if _is_serial(words):
        return _Role.SERIAL
    if _axis(names):
        return _Role.POSITION
    if words[-1] in _USER_WORDS or "".join(words[-2:]) in _USER_WORDS:
        return _Role.USER
    if name in {"name", "object-id"} and len(names) > 1 and _words(names[-2])[-1] in _USER_LISTS:
        return _Role.USER
    if _VERSION_WORDS.intersection(words):
        return _Role.VERSION
    if {"mac", "hwaddr", "lladdr", "identity", "eui", "eui64", "clockid"}.intersection(words) or (
        words[-2:] in {("clock", "id"), ("gm", "id"), ("grandmaster", "id")}
    ):
        return _Role.HARDWARE
    if (
        "".join(words).endswith(_HOST_NAMES)
        or words[-1] in _HOST_WORDS
        or (name in {"name", "id", "reference"} and _PEERS & above)
    ):
        return _Role.HOST
    # The kinds of serial strings a card supports are described by the device, not by the operator.
    if words[-1] in _TEXT_WORDS and "supported" not in above:
        return _Role.TEXT
    return _Role.PLAIN


def _is_secret(names: Names) -> bool:
    """Whether a secret, or within something that is one."""
    return _words(names[-1])[-1] not in _NO_SECRET and any(map(_names_secret, names))


@cache
def _names_secret(name: str) -> bool:
    words = _words(name)
    return words[-1] not in _NO_SECRET and bool(_SECRET.search("-".join(words)))


def _is_serial(words: Names) -> bool:
    joined = "".join(words)
    if joined in _SERIAL_IDS or words[-2:] in {("rub", "id"), ("xhe", "id"), ("hxe", "id")}:
        return True
    return "serial" in joined and not _NO_SERIAL.intersection(words)


# Where it is. The Arabian Sea: nobody's, and positive in all coordinates, so that no text changes its form.

_LATITUDE, _LONGITUDE, _ALTITUDE = 13.617284, 62.728394, 31.2222


def _earth_centred() -> tuple[float, float, float]:
    """The position in the earth-centred frame (WGS 84), in metres."""
    axis, flat = 6_378_137.0, 1 / 298.257223563
    squared = flat * (2 - flat)
    lat, lon = math.radians(_LATITUDE), math.radians(_LONGITUDE)
    normal = axis / math.sqrt(1 - squared * math.sin(lat) ** 2)
    out = (normal + _ALTITUDE) * math.cos(lat)
    return out * math.cos(lon), out * math.sin(lon), (normal * (1 - squared) + _ALTITUDE) * math.sin(lat)


_ELSEWHERE: Final = dict(
    zip(("lat", "lon", "alt", "x", "y", "z"), (_LATITUDE, _LONGITUDE, _ALTITUDE, *_earth_centred()), strict=True)
)
_POSITION_WORDS: Final = frozenset({"position", "positions", "pos", "ecef", "xyz", "lla", "coordinates", "coordinate"})
_AXES: Final = {"latitude": "lat", "longitude": "lon", "altitude": "alt"}
_SHORT_AXES: Final = {"lat": "lat", "lon": "lon", "lng": "lon", "long": "lon", "alt": "alt", "height": "alt"}
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.(\d+))?")


@lru_cache(maxsize=4096)
def _axis(names: Names) -> str:
    """Which coordinate a leaf holds: lat, lon, alt, x, y, z; "text" for several in one text; "" for none."""
    words = _words(names[-1])
    for word in words:
        if word in _AXES:
            return _AXES[word]
    own = _POSITION_WORDS.intersection(words)
    near = own or (len(names) > 1 and _POSITION_WORDS.intersection(_words(names[-2])))
    last = words[-1]
    if last in _SHORT_AXES and (near or (len(words) == 1 and last in {"lat", "lon", "lng"})):
        return _SHORT_AXES[last]
    if near and last in {"x", "y", "z"}:
        return last
    if words[0] in {"x", "y", "z"} and own:
        return words[0]
    return "text" if last in _POSITION_WORDS and "slot" not in words else ""


def _is_zero(text: str) -> bool:
    return not text.strip("+-0. ")


def _moved_text(text: str, axis: str) -> str:
    """The same text about another place; every number keeps its decimals."""
    numbers = list(_NUMBER.finditer(text))
    if axis == "text" and not any(found[1] for found in numbers):
        return text  # "0,0,1" or a word: a position in something else than the world
    wanted = _coordinates(len(numbers), axis)
    if not wanted or all(_is_zero(found[0]) for found in numbers):
        return text
    values = iter(wanted)

    def moved(found: re.Match[str]) -> str:
        value = next(values)
        return found[0] if _is_zero(found[0]) else f"{value:.{len(found[1] or '')}f}"

    return re.sub(r"\b[SW]\b", lambda side: {"S": "N", "W": "E"}[side[0]], _NUMBER.sub(moved, text))


def _coordinates(count: int, axis: str) -> list[float]:
    """What the numbers of a text stand for: degrees, or degrees, minutes and seconds."""
    if not count:
        return []
    if axis != "text":
        return _sexagesimal(_ELSEWHERE[axis])[:count] if count in (2, 3) else [_ELSEWHERE[axis]] * count
    if count >= 6:
        angles = [*_sexagesimal(_LATITUDE), *_sexagesimal(_LONGITUDE)]
        return angles + [_ALTITUDE] * (count - 6)
    return [_LATITUDE, _LONGITUDE, *[_ALTITUDE] * (count - 2)][:count]


def _sexagesimal(degrees: float) -> list[float]:
    minutes = degrees % 1 * 60
    return [math.floor(degrees), math.floor(minutes), minutes % 1 * 60]


def _moved_number(value: float, axis: str) -> float:
    """A coordinate of the other place, with as many decimals; whole numbers are scaled by a power of ten."""
    there = _ELSEWHERE["lat" if axis == "text" else axis]
    if isinstance(value, int):
        power = len(str(abs(value))) - len(str(int(there)))
        return round(there * float(10 ** max(0, power)))
    found = _NUMBER.fullmatch(repr(value))
    return round(there, len(found[1] or "") if found else 6)


# The walk.


class _Visitor(Protocol):
    def name(self, text: str) -> str:
        """A member's name."""
        ...

    def owner(self, text: str, role: _Role) -> str:
        """A member's name where the names are those of users or secrets."""
        ...

    def leaf(self, names: Names, value: Json) -> Json:
        """A leaf."""
        ...


def _walk(node: Json, names: Names, visitor: _Visitor) -> Json:
    if isinstance(node, Mapping):
        return _walk_members(node, names, visitor)
    if isinstance(node, list):
        axes = _list_axes(node, names)
        if axes:
            return [visitor.leaf((*names, axis), value) for axis, value in zip(axes, node, strict=True)]
        return [_walk(element, names, visitor) for element in node]
    return visitor.leaf(_telling(names), node)


def _walk_members(node: Mapping[str, Json], names: Names, visitor: _Visitor) -> dict[str, Json]:
    walked: dict[str, Json] = {}
    owners = _owners(node, names)
    for name, member in node.items():
        shown = visitor.name(name) if owners is None else visitor.owner(name, owners)
        while shown in walked:  # a leaf must not get lost, whatever the names
            shown += "'"
        called = name
        if name == "object-id":
            # An element may be called by its own alias or host name.
            same = (
                other for other, value in node.items() if other != name and isinstance(value, str) and value == member
            )
            called = next((other for other in same if _role((*names, other)) in _NAMING), name)
        walked[shown] = _walk(member, (*names, called), visitor)
    return walked


_NAMING: Final = frozenset({_Role.SERIAL, _Role.HOST, _Role.TEXT, _Role.USER})


def _owners(node: Mapping[str, Json], names: Names) -> _Role | None:
    """What the members' names are, where every member is one user or one secret ({"communities": {"xyz": {…}}})."""
    if not node or not all(isinstance(member, Mapping) for member in node.values()):
        return None
    last = _words(names[-1])[-1]
    if last in _USER_LISTS:
        return _Role.USER
    return _Role.SECRET if last.endswith("s") and _is_secret(names) else None


def _list_axes(node: list[Json], names: Names) -> tuple[str, ...]:
    """The axes of a position written as a list of two or three numbers."""
    if _axis(names) != "text" or len(node) not in (2, 3):
        return ()
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in node):
        return ()
    far = any(abs(value) > 1000 for value in node[:2])
    return ("position-x", "position-y", "position-z")[: len(node)] if far else tuple(_AXES)[: len(node)]


# Shapes.

_H: Final = "[0-9A-Fa-f]"
_EUI: Final = rf"""
    (?P<eui>(?<!{_H})(?<!{_H}[:-]){_H}{{2}}(?P<e>[:-])(?:{_H}{{2}}(?P=e)){{6}}{_H}{{2}}(?![:-]?{_H})
        |(?<!{_H}){_H}{{6}}(?P<p>\.?)(?:[Ff]{{3}}[EeFf])(?P=p){_H}{{6}}(?!{_H}))
"""
_OTHERS: Final = rf"""
    (?P<mac>(?<!{_H})(?<!{_H}[:-]){_H}{{2}}(?P<m>[:-])(?:{_H}{{2}}(?P=m)){{4}}{_H}{{2}}(?![:-]?{_H}))
    |(?P<hex>(?<!{_H})(?:{_H}{{16}}|{_H}{{12}}|{_H}{{4}}\.{_H}{{4}}\.{_H}{{4}}(?:\.{_H}{{4}})?)(?!{_H}))
    |(?P<ip4>(?<!\d)(?<!\d\.)\d{{1,3}}(?P<d>[._-])\d{{1,3}}(?P=d)\d{{1,3}}(?P=d)\d{{1,3}}(?!\d|\.\d))
"""
_RUN: Final = r"(?P<run>(?<![0-9A-Fa-f:.])[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)"
_REST_OF_RUN: Final = re.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*")
"""Where an IPv6 address may stand."""

_FOUND: Final = rf"""
    (?P<scheme>(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*://)(?P<login>[^\s/@?\#]*@)?
        (?P<host>\[[^\]\s]*\]|[^\s/:?\#,;"'<>\[\]]*)
    |(?P<argument>[?&;](?i:[a-z_-]*(?:token|key|passw(?:or)?d|secret|auth))=)[^&\s\#"']+
    |(?P<user>(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+)@(?!{_H}{{0,4}}:)(?P<domain>[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*)(?![A-Za-z0-9-]|:{_H}{{1,4}}:)
"""
_SHAPE: Final = re.compile(f"{_EUI}|{_OTHERS}", re.VERBOSE)
_TOP_LEVELS: Final = (
    "com|net|org|edu|gov|mil|int|info|biz|arpa|local|localdomain|lan|intern|internal|intranet|corp|home|example|test"
    "|invalid|cloud|tech|systems|network|energy|bank|[a-z]{2}"
)
_FQDN: Final = re.compile(
    r"(?<![A-Za-z0-9_.-])(?:[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?\.)+"
    rf"(?:{_TOP_LEVELS})(?![A-Za-z0-9_-]|\.[A-Za-z0-9])",
    re.IGNORECASE,
)
_HOST: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_-]+)*\.?")
_TOKENS: Final = re.compile(r"[^\s,;]+")
_ALL_ONES: Final = (1 << 64) - 1
_LOCAL_BIT: Final = 1 << 41
"""The universal/local bit of a MAC address; IPv6 interface identifiers have it inverted (RFC 4291 2.5.1)."""


def _is_special(text: str) -> bool:
    """Whether a text says that there is nothing to say."""
    core = text.strip().lower()
    return core in _UNSET or not any(character.isalnum() and character != "0" for character in core)


def _ipv4(text: str) -> int | None:
    """The number of an address that names somebody."""
    parts = [int(part) for part in re.split(r"[._-]", text)]
    if len(parts) != 4 or max(parts) > 255:
        return None
    value = int.from_bytes(bytes(parts), "big")
    return None if _is_special_v4(value) else value


def _is_special_v4(value: int) -> bool:
    """Unspecified, loopback and pseudo-references, netmasks, and the multicast addresses of protocols."""
    return value >> 24 in (0, 127) or _is_mask(value, 32) or value >> 9 == 0xE00000 >> 1


def _is_mask(value: int, bits: int) -> bool:
    inverted = value ^ ((1 << bits) - 1)
    return inverted & (inverted + 1) == 0


def _ipv6(text: str) -> int | None:
    """The number of an address that names somebody."""
    try:
        value = int(ipaddress.IPv6Address(text))
    except ValueError:
        return None
    well_known = value >> 120 == 0xFF and value & ((1 << 112) - 1) <= 0xFFFF
    return None if value <= 1 or well_known or _is_mask(value, 128) or value & (1 << 118) - 1 == 0 else value


@lru_cache(maxsize=4096)
def _ipv6_within(run: str) -> tuple[int, int] | None:
    """Where in a run of digits, colons and points an IPv6 address stands; the longest that can be read."""
    if len(run) > 120:
        return None
    starts = sorted({0, *(found.end() for found in re.finditer(":", run)), *_double(run)})
    ends = sorted({len(run), len(run.rstrip(".:")), *(at.start() for at in re.finditer(":", run)),
                   *(at + 2 for at in _double(run))})  # fmt: skip
    spans = [(start, end) for start in starts for end in ends if end - start > 2 and run.count(":", start, end) > 1]
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        try:
            ipaddress.IPv6Address(run[start:end])
        except ValueError:
            continue
        return start, end
    return None


def _double(run: str) -> list[int]:
    return [found.start() for found in re.finditer("::", run)]


def _digits(text: str) -> str:
    return re.sub(r"[^0-9A-Fa-f]", "", text).lower()


def _is_special_mac(value: int) -> bool:
    """Zero, and group addresses (broadcast among them): protocols have them, not devices."""
    return value == 0 or bool(value >> 40 & 1)


def _mac_in_eui(value: int) -> int | None:
    """The MAC address that an EUI-64 was made of, None for one that was not."""
    if value >> 24 & 0xFFFF not in (0xFFFE, 0xFFFF):
        return None
    return value >> 40 << 24 | value & 0xFFFFFF


def _eui_of_mac(mac: int, like: int) -> int:
    return mac >> 24 << 40 | (like >> 24 & 0xFFFF) << 24 | mac & 0xFFFFFF


_OWNED: Final = "secret-name"
"""A secret that is the name of something (a community): its substitutes must be different from each other."""


class _Learner:
    """Learns the identities of the documents.

    Attributes:
        serials, labels, names, texts: in lower case; labels are the parts of names.
        macs: without the universal/local bit.
        coordinates: texts with three or more decimals, and the axis.
        device_words: names of models and slots, beside _DEVICE_WORDS.
    """

    def __init__(self) -> None:
        self.serials: set[str] = set()
        self.labels: set[str] = set()
        self.names: set[str] = set()
        self.texts: dict[str, str] = {}
        self.ipv4: set[int] = set()
        self.ipv6: set[int] = set()
        self.macs: set[int] = set()
        self.euis: set[int] = set()
        self.coordinates: dict[str, str] = {}
        self.device_words: set[str] = set()

    def name(self, text: str) -> str:
        self._shapes(text)
        return text

    def owner(self, text: str, role: _Role) -> str:
        self._own(text, _OWNED if role is _Role.SECRET else role.value)
        return text

    def leaf(self, names: Names, value: Json) -> Json:
        role = _role(names)
        if isinstance(value, str) and not _is_special(value):
            self._text(names, role, value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            self._number(names, role, value)
        return value

    def _number(self, names: Names, role: _Role, value: float) -> None:
        if role is _Role.SERIAL and isinstance(value, int) and value:
            self.serials.add(str(abs(value)))
        elif role is _Role.POSITION:
            self._coordinates(repr(value), _axis(names))

    def _text(self, names: Names, role: _Role, text: str) -> None:
        core = _lower(text.strip())
        if role is _Role.SERIAL and _is_serial_text(names, core):
            self.serials.add(core)
            if core.isdigit():
                self.serials.add(core.lstrip("0"))
        elif role is _Role.HOST:
            self.hosts(text)
        elif role is _Role.TEXT:
            self._own(text, "text")
        elif role in (_Role.USER, _Role.SECRET):
            self.owner(text, role) if names[-1] == "object-id" else self._own(text, role.value)
        elif role is _Role.POSITION:
            self._coordinates(text, _axis(names))
        elif role is _Role.HARDWARE:
            self._hardware(_digits(text))
        if names[-1] in _VOCABULARY:
            self.device_words.update(re.split(r"[^a-z0-9]+", core))
        self._shapes(text, numbers=role is not _Role.VERSION)

    def _own(self, text: str, kind: str) -> None:
        core = _lower(text.strip())
        if len(core) >= (6 if core.isdigit() else 4) and core not in _COMMON_USERS:
            self.texts.setdefault(core, kind)

    def _coordinates(self, text: str, axis: str) -> None:
        wanted = itertools.chain(_coordinates(len(_NUMBER.findall(text)), axis), itertools.repeat(0.0))
        for found, value in zip(_NUMBER.finditer(text), wanted, strict=False):
            if len(found[1] or "") >= 3 and not _is_zero(found[0]):
                self.coordinates.setdefault(found[0].lstrip("+-"), f"{value:.{len(found[1])}f}")

    def hosts(self, text: str) -> None:
        """A text that names hosts."""
        if "://" not in text and "@" not in text:
            for token in _TOKENS.findall(text):
                self.host(token)

    def host(self, text: str) -> None:
        """A host's name or address."""
        self._shapes(text)
        shape = _SHAPE.fullmatch(text)
        if shape and shape["hex"]:
            self._hardware(_digits(text))
        elif _names_host(text):
            self._name(text)

    def _name(self, text: str) -> None:
        labels = text.lower().rstrip(".").split(".")
        self.labels.update(labels)
        # Also the domain alone, and the organisation's own part of it.
        self.names.update(".".join(labels[start:]) for start in range(len(labels) - 1))
        self.names.update(label for label in (labels if len(labels) == 1 else labels[:-1]) if len(label) > 2)

    def _shapes(self, text: str, *, numbers: bool = True) -> None:
        for found in _LEARNT.finditer(text):
            if found["host"] or found["domain"]:
                self.host((found["host"] or found["domain"]).strip("[]"))
            elif found["run"]:
                start, end = _ipv6_within(found["run"]) or (0, 0)
                self._ipv6(found["run"][start:end])
                self._numbers(found["run"][:start], numbers=numbers)
                self._numbers(found["run"][end:], numbers=numbers)
            else:
                self._numbers(found[0], numbers=numbers)
        if numbers and "://" not in text:
            for found in _FQDN.finditer(text):
                self._name(found[0])

    def _numbers(self, text: str, *, numbers: bool) -> None:
        for found in _SHAPE.finditer(text):
            if found["eui"] or found["mac"]:
                self._hardware(_digits(found[0]))
            elif found["ip4"] and found["d"] == "." and numbers:
                value = _ipv4(found["ip4"])
                self.ipv4.update(() if value is None else (value,))

    def _ipv6(self, text: str) -> None:
        value = _ipv6(text)
        if value is not None:
            self.ipv6.add(value)
            if value >> 24 & 0xFFFF == 0xFFFE:
                self._hardware(f"{value & _ALL_ONES:016x}")

    def _hardware(self, digits: str) -> None:
        if len(digits) == 12 and not _is_special_mac(int(digits, 16)):
            self.macs.add(int(digits, 16) & ~_LOCAL_BIT)
        elif len(digits) == 16 and int(digits, 16) not in (0, _ALL_ONES):
            mac = _mac_in_eui(int(digits, 16))
            if mac is None:
                self.euis.add(int(digits, 16))
            else:
                self.macs.add(mac & ~_LOCAL_BIT)

    def is_device_word(self, text: str) -> bool:
        """Whether a name is made of words of the device's own language alone."""
        pieces = re.split(r"[^a-z0-9]+", text.lower())
        return all(
            piece in self.device_words or piece.strip("0123456789") in _DEVICE_WORDS or not piece.strip("0123456789")
            for piece in pieces
        )


_LEARNT: Final = re.compile(f"{_FOUND}|{_EUI}|{_RUN}|{_OTHERS}", re.VERBOSE)


def _is_serial_text(names: Names, core: str) -> bool:
    """Whether it can be a serial number: "if-sync" below `serial` is the mode of a serial line."""
    return any(character.isdigit() for character in core) or _words(names[-1])[-1] in {"number", "id"}


def _names_host(text: str) -> bool:
    """Whether a text can be a host's name, and is none that every host has."""
    return (
        bool(_HOST.fullmatch(text))
        and len(text) <= 253
        and not _is_special(text)
        and any(character.isalpha() for character in text)
        and not _SHAPE.fullmatch(text)
    )


# Substitutes.

_DOCUMENTATION: Final = tuple(int(ipaddress.IPv4Address(net)) for net in ("192.0.2.0", "198.51.100.0", "203.0.113.0"))
_BENCHMARK: Final = int(ipaddress.IPv4Address("198.18.0.0"))
"""RFC 2544: for the unicast clients of a large card, who are more than the documentation nets can hold."""
_GROUPS: Final = int(ipaddress.IPv4Address("233.252.0.0"))
_LINK_LOCAL: Final = int(ipaddress.IPv4Address("169.254.0.0"))
_LINK_LOCAL_V6: Final = 0xFE80
_DOCUMENTATION_V6: Final = 0x20010DB8
_POOL_TRIES, _TRIES = 60, 400


class _Assigner:
    """Gives every original a substitute of its own, which is nobody's original."""

    def __init__(self, key: bytes, taken: Mapping[str, Iterable[Json]]) -> None:
        self._key = hashlib.blake2b(key).digest()
        self._given: dict[tuple[str, str], Json] = {}
        self._used = {kind: set(originals) for kind, originals in taken.items()}

    def numbers(self, kind: str, original: str, attempt: int) -> Iterator[int]:
        """Octets without end that follow from key, kind and original."""
        for block in itertools.count():
            text = f"{attempt}/{block}/{original}".encode("utf-8", "surrogatepass")
            yield from hashlib.blake2b(text, key=self._key, person=kind.encode()[:16]).digest()

    def text(self, kind: str, original: str) -> str:
        """A text of the same form."""
        return str(self._assigned(kind, original, lambda octets, _: _scrambled(original, octets)))

    def number(self, kind: str, original: int, make: Callable[[int, int], int]) -> int:
        """What `make` makes of 128 random bits and the number of the attempt."""

        def made(octets: Iterator[int], attempt: int) -> int:
            return make(int.from_bytes(bytes(itertools.islice(octets, 16)), "big"), attempt)

        return int(self._assigned(kind, f"{original:x}", made))

    def _assigned(self, kind: str, original: str, make: Callable[[Iterator[int], int], Json]) -> Json:
        given = self._given.get((kind, original))
        if given is not None:
            return given
        used = self._used.setdefault(kind, set())
        for attempt in range(_TRIES):
            given = make(self.numbers(kind, original, attempt), attempt)
            if given not in used:
                break
        used.add(given)
        self._given[kind, original] = given
        return given


def _scrambled(text: str, octets: Iterator[int]) -> str:
    """Digits for digits, letters for letters; leading zeros stay, and what looks hexadecimal goes on doing so."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    body = text.lstrip("0") if text.isdigit() else text
    if len(text) >= 8 and re.fullmatch(r"(?=.*[0-9])(?=.*[a-f])[0-9a-f:. -]+", text):
        letters = "abcdef"
    made = ["0"] * (len(text) - len(body))
    for position, character in enumerate(body):
        if character.isdigit():
            first = position == 0
            made.append(str(1 + _pick(octets, 9) if first else _pick(octets, 10)))
        elif character.isalpha():
            made.append(letters[_pick(octets, len(letters))])
        else:
            made.append(character)
    return "".join(made)


def _pick(octets: Iterator[int], count: int) -> int:
    return (next(octets) << 8 | next(octets)) % count


def _cased(substitute: str, original: str) -> str:
    """The substitute in capitals where the original has them."""
    if len(substitute) != len(original):
        return substitute
    pairs = zip(substitute, original, strict=True)
    return "".join(new.upper() if old.isupper() else new for new, old in pairs)


def _lower(text: str) -> str:
    """Lower case of the same length."""
    return "".join(character.lower() if len(character.lower()) == 1 else character for character in text)


def _spelt(digits: str, original: str) -> str:
    """Hexadecimal digits in the original's grouping and case."""
    capitals = any(character in "ABCDEF" for character in original)
    rest = iter(digits.upper() if capitals else digits)
    return "".join(next(rest) if character in "0123456789abcdefABCDEF" else character for character in original)


class _Replacer:
    """Puts substitutes in the places of identities.

    Attributes:
        counts: places replaced, by kind.
    """

    def __init__(self, learner: _Learner, key: bytes) -> None:
        self.counts: Counter[str] = Counter()
        self._learner = learner
        self._assigner = _Assigner(
            key,
            {
                "serial": learner.serials,
                "host": learner.labels,
                "text": learner.texts,
                "user": learner.texts,
                "secret": learner.texts,
                "ipv4": learner.ipv4,
                "ipv6-net": {value >> 64 for value in learner.ipv6},
                "ipv6-interface": {value & _ALL_ONES for value in learner.ipv6},
                "mac": learner.macs,
                "clock-identity": learner.euis,
            },
        )
        self._literals = self._known_literals()
        literal = f"(?P<literal>{_alternatives(self._literals)})"
        self._pattern = re.compile(f"{_FOUND}|{literal}|{_EUI}|{_RUN}|{_OTHERS}", re.VERBOSE | re.IGNORECASE)
        self._inner = re.compile(f"{literal}|{_EUI}|{_OTHERS}", re.VERBOSE | re.IGNORECASE)
        self._literals_alone = re.compile(literal, re.VERBOSE | re.IGNORECASE)
        # How far beyond its beginning a find can reach; what is looked at twice must not be the whole text.
        self._reach = max(64, *(len(literal) + 1 for literal in self._literals)) if self._literals else 64
        self._plain: dict[str, tuple[str, Counter[str]]] = {}

    def _known_literals(self) -> dict[str, tuple[str, str]]:
        """What is looked for in every text: lower case to kind and substitute."""
        learner = self._learner
        literals: dict[str, tuple[str, str]] = {}
        for text, kind in learner.texts.items():
            if not learner.is_device_word(text):
                owned = kind.removesuffix("-name")
                literals[text] = (owned, REDACTED if kind == "secret" else self._scramble(owned, text))
        for coordinate, there in learner.coordinates.items():
            literals[coordinate] = ("position", there)
        for name in learner.names:
            if "." in name or not learner.is_device_word(name):
                literals[name] = ("host", self._labels(name))
        for serial in learner.serials:
            if len(serial) >= (6 if serial.isdigit() else 4):
                literals[serial] = ("serial", self._serial(serial))
        return literals

    def name(self, text: str) -> str:
        return self._swept(text)

    def owner(self, text: str, role: _Role) -> str:
        if text.lower() in _COMMON_USERS or self._learner.is_device_word(text):
            return self._swept(text)
        self.counts[role.value] += 1
        return self._scramble(role.value, text)

    def leaf(self, names: Names, value: Json) -> Json:
        if isinstance(value, str):
            return value if _is_special(value) else self._text(names, value)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value:
            return self._number(names, value)
        return value

    def _number(self, names: Names, value: float) -> Json:
        role, digits = _role(names), repr(abs(value))
        if role is _Role.POSITION and _axis(names) != "text":
            self.counts["position"] += 1
            return _moved_number(value, _axis(names))
        if isinstance(value, int) and (role is _Role.SERIAL or (len(digits) >= 8 and digits in self._learner.serials)):
            self.counts["serial"] += 1
            return int(self._serial(digits))
        if role is _Role.SECRET and isinstance(value, int) and _names_secret(names[-1]):
            self.counts["secret"] += 1
            return 0
        if isinstance(value, float) and digits in self._learner.coordinates:
            self.counts["position"] += 1
            return float(self._learner.coordinates[digits])
        return value

    def _text(self, names: Names, text: str) -> str:
        role = _role(names)
        core = text.strip()
        if role is _Role.SECRET or _PEM in text:
            return self._secret(names, core)
        if role is _Role.SERIAL and _is_serial_text(names, core.lower()):
            self.counts["serial"] += 1
            return text.replace(core, _cased(self._serial(core.lower()), core))
        if role is _Role.HOST and "://" not in text and "@" not in text:
            return _TOKENS.sub(lambda token: self._host(token[0], names), text)
        if role is _Role.TEXT or (role is _Role.USER and core.lower() not in _COMMON_USERS):
            return self._free(names, text, "text" if role is _Role.TEXT else "user")
        if role is _Role.POSITION:
            moved = _moved_text(text, _axis(names))
            self.counts["position"] += moved != text
            return moved
        return self._swept(text)

    def _secret(self, names: Names, core: str) -> str:
        if names[-1] == "object-id":
            # Names of list elements must stay different from each other.
            return self.owner(core, _Role.SECRET)
        self.counts["secret"] += 1
        return REDACTED

    def _free(self, names: Names, text: str, kind: str) -> str:
        sure = kind == "user" or _words(names[-1])[-1] in _SURE_TEXTS
        if not sure and self._learner.is_device_word(text):
            return self._swept(text)
        core = text.strip()
        self.counts[kind] += 1
        return text.replace(core, self._scramble(kind, core))

    def _scramble(self, kind: str, text: str) -> str:
        lower = _lower(text)
        return _cased(self._assigner.text(kind, lower), text)

    def _serial(self, digits: str) -> str:
        """The substitute of a serial number; zeros before it stay, so that it is the same with and without them."""
        body = digits.lstrip("0") if digits.isdigit() else digits
        zeros = digits[: len(digits) - len(body)]
        return zeros + self._assigner.text("serial", body) if body else digits

    # Hosts.

    def _host(self, token: str, names: Names) -> str:
        name, colon, port = token.rpartition(":") if re.fullmatch(r"[^:]+:\d+", token) else (token, "", "")
        strong = "".join(_words(names[-1])).endswith(_HOST_NAMES)
        if not _names_host(name) or not (strong or "." in name or not self._learner.is_device_word(name)):
            return self._swept(token)
        return self._named(name) + colon + port

    def _named(self, name: str) -> str:
        if _is_special(name):
            return name
        self.counts["host"] += 1
        return _cased(self._labels(name.lower()), name)

    def _labels(self, name: str) -> str:
        """The substitute of a name, label by label, so that hosts of one domain stay so."""
        labels = name.split(".")
        top = next((place for place in range(len(labels) - 1, 0, -1) if labels[place]), 0)
        made = []
        for place, label in enumerate(labels):
            if not label or label in ("localhost", "localdomain", "local", "arpa"):
                made.append(label)
            elif place == top and place and label.isalpha():
                made.append("x" + "z" * (len(label) - 1))  # "xz", "xzz" …: nobody's, and no country's
            else:
                made.append(self._assigner.text("host", label))
        return ".".join(made)

    # Everything else.

    def _swept(self, text: str) -> str:
        """A text with every known identity in it replaced."""
        known = self._plain.get(text)
        if known is None:
            before = self.counts
            self.counts = Counter()
            known = "".join(self._parts(text)), self.counts
            self.counts = before
            self._plain[text] = known
        self.counts.update(known[1])
        return known[0]

    def _parts(self, text: str) -> Iterator[str]:
        """The text in parts, identities replaced; a part ends where the next may begin, not where a pattern ended."""
        position = 0
        while found := self._pattern.search(text, position):
            yield text[position : found.start()]
            if found["run"]:
                shown, position = self._run(text, found.start(), found.end())
            else:
                shown, position = self._substitute(text, found)
            yield shown
            # What was just replaced may have touched an address.
            rest = _REST_OF_RUN.match(text, position)
            if rest and _ipv6_within(rest[0]):
                shown, position = self._run(text, position, rest.end())
                yield shown
        yield text[position:]

    def _substitute(self, text: str, found: re.Match[str]) -> tuple[str, int]:
        """What stands for a find, and where to go on."""
        group = found.groupdict()
        if group.get("scheme"):
            return self._url(found), found.end()
        if group.get("argument"):
            self.counts["secret"] += 1
            return found["argument"] + REDACTED, found.end()
        if group.get("domain"):
            self.counts["user"] += 1
            return f"{self._scramble('user', found['user'])}@{self._authority(found['domain'])}", found.end()
        if group["literal"]:
            return self._literal(found["literal"]), found.end()
        shown = self._ipv4(found[0]) if group["ip4"] else self._hardware(found[0], certain=not group["hex"])
        if shown != found[0]:
            return shown, found.end()
        # What only looked like an address may hold something else, or the beginning of it.
        inside = self._literals_alone.search(text, found.start(), found.end() + self._reach)
        if inside is None or inside.start() >= found.end():
            return shown, found.end()
        return text[found.start() : inside.start()] + self._literal(inside[0]), inside.end()

    def _run(self, text: str, start: int, end: int) -> tuple[str, int]:
        """What stands for a run of digits, colons and points, and where to go on."""
        span = _ipv6_within(text[start:end])
        stop = start + span[0] if span else end
        inside = self._inner.search(text, start, stop + self._reach)
        if inside is not None and inside.start() < stop:
            shown, position = self._substitute(text, inside)
            return text[start : inside.start()] + shown, position
        if span is None:
            return text[start:end], end
        address = text[start + span[0] : start + span[1]]
        return text[start:stop] + self._ipv6(address), start + span[1]

    def _url(self, found: re.Match[str]) -> str:
        login = ""
        if found["login"]:
            self.counts["secret"] += 1
            login = f"{REDACTED}@"
        return found["scheme"] + login + self._authority(found["host"])

    def _authority(self, host: str) -> str:
        return self._named(host) if _names_host(host) else self._swept(host)

    def _literal(self, text: str) -> str:
        known = self._literals.get(_lower(text.lstrip("+-") if text[-1].isdigit() else text))
        kind, substitute = known or self._literals.get(_lower(text)) or ("text", self._scramble("text", text))
        self.counts[kind] += 1
        return substitute if substitute == REDACTED or kind == "position" else _cased(substitute, text)

    def _ipv4(self, text: str) -> str:
        value = _ipv4(text)
        if value is None or value not in self._learner.ipv4:
            return text
        self.counts["ipv4"] += 1
        octets = self._v4(value).to_bytes(4, "big")
        separator = next(character for character in text if not character.isdigit())
        padded = any(len(part) > 1 and part[0] == "0" for part in text.split(separator))
        return separator.join(f"{octet:03}" if padded else str(octet) for octet in octets)

    def _v4(self, value: int) -> int:
        beside = next(self._assigner.numbers("ipv4-net", str(value >> 8), 0))

        def made(bits: int, attempt: int) -> int:
            if value >> 28 == 0xE:
                return _GROUPS | bits % (254 if attempt < _POOL_TRIES else 0x3FFE) + 1
            if value >> 16 == _LINK_LOCAL >> 16:
                return _LINK_LOCAL | bits % 0xFDFE + 0x101
            if attempt < _POOL_TRIES:
                # Neighbours stay so, as far as there is room.
                net = beside if attempt < _POOL_TRIES // 2 else bits
                return _DOCUMENTATION[net % 3] | (bits >> 8) % 254 + 1
            return _BENCHMARK | bits % 0x1FFFE + 1

        return self._assigner.number("ipv4", value, made)

    def _ipv6(self, text: str) -> str:
        value = _ipv6(text)
        if value is None:
            return text
        self.counts["ipv6"] += 1
        if value >> 32 == 0xFFFF:
            mapped = self._v4(value & 0xFFFFFFFF) if not _is_special_v4(value & 0xFFFFFFFF) else value & 0xFFFFFFFF
            return f"::ffff:{ipaddress.IPv4Address(mapped)}"
        address = ipaddress.IPv6Address(self._v6(value))
        groups = text.split(":")
        shown = address.exploded if len(groups) == 8 and all(len(group) == 4 for group in groups) else str(address)
        return shown.upper() if any(character in "ABCDEF" for character in text) else shown

    def _v6(self, value: int) -> int:
        network, interface = value >> 64, value & _ALL_ONES
        if network >> 56 == 0xFF:
            group = self._assigner.number("ipv6-group", value, lambda bits, _: bits & 0xFFFFFFFF | 1 << 31)
            return value >> 112 << 112 | group
        if network >> 54 == _LINK_LOCAL_V6 >> 6:
            made = _LINK_LOCAL_V6 << 48
        else:
            made = self._assigner.number(
                "ipv6-net", network, lambda bits, _: _DOCUMENTATION_V6 << 32 | bits & 0xFFFFFFFF
            )
        return made << 64 | self._interface(interface)

    def _interface(self, value: int) -> int:
        """An interface identifier; one made of a MAC address follows that address."""
        if value == 0:
            return 0
        if value >> 24 & 0xFFFF == 0xFFFE:
            mac = _mac_in_eui(value)
            if mac is not None:
                return _eui_of_mac(self._mac(mac), value)
        low = (1 << max(16, 16 * math.ceil(value.bit_length() / 16))) - 1
        return self._assigner.number("ipv6-interface", value, lambda bits, _: bits & low or 1)

    def _hardware(self, text: str, *, certain: bool) -> str:
        """A MAC address or EUI-64; plain digits only when they are known to be one."""
        digits = _digits(text)
        value = int(digits, 16)
        if len(digits) == 12:
            if _is_special_mac(value) or not (certain or value & ~_LOCAL_BIT in self._learner.macs):
                return text
            self.counts["mac"] += 1
            return _spelt(f"{self._mac(value):012x}", text)
        if value in (0, _ALL_ONES):
            return text
        mac = _mac_in_eui(value)
        if mac is None and value not in self._learner.euis:
            return text
        self.counts["clock-identity"] += 1
        return _spelt(f"{self._eui(value) if mac is None else _eui_of_mac(self._mac(mac), value):016x}", text)

    def _mac(self, value: int) -> int:
        """Another address of the same vendor."""
        universal = value & ~_LOCAL_BIT
        made = self._assigner.number("mac", universal, lambda bits, _: universal >> 24 << 24 | bits & 0xFFFFFF)
        return value >> 24 << 24 | made & 0xFFFFFF

    def _eui(self, value: int) -> int:
        return self._assigner.number("clock-identity", value, lambda bits, _: value >> 40 << 40 | bits & 0xFFFFFFFFFF)


def _alternatives(literals: Iterable[str]) -> str:
    """A pattern for known identities, longest first. Short ones count only where no letter or digit touches them."""
    ordered = sorted(literals, key=lambda text: (-len(text), text))
    coordinates = [text for text in ordered if re.fullmatch(r"\d+\.\d+", text)]
    others = [text for text in ordered if text not in set(coordinates)]
    alone = [text for text in others if not _is_distinct(text)]
    parts = [re.escape(text) for text in others if _is_distinct(text)]
    if coordinates:
        parts.append(rf"(?<![\d.])[+-]?(?:{'|'.join(map(re.escape, coordinates))})(?!\d)")
    if alone:
        parts.append(rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, alone))})(?![A-Za-z0-9])")
    return "|".join(parts) or "(?!)"


def _is_distinct(text: str) -> bool:
    """Whether a text can be looked for within words: nothing else will look like it."""
    return len(text) >= 8 and any(not character.isalpha() for character in text)
