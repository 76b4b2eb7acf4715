"""From raw JSON to typed values: what a LANTIME writes for numbers, truth, time, quality, load, memory, position.

Every reader takes the raw JSON value and returns a Python value, or ABSENT when the device says that there is
nothing to say (null, "", "N/A", "-", "never"), or raises `Unreadable`. Generations differ in type and format for the
same field: a reader accepts all forms seen.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from agent.model.document import Json

UTC = timezone.utc


class Absent:
    """The device names the field but has nothing to say in it."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()

NOTHING: Final = frozenset({"", "-", "n/a", "na", "none", "null", "never", "not available", "not-available"})
"""Words (lower case) that stand for no value where a number, time or identity belongs."""


class Unreadable(ValueError):
    """A value that cannot be what its field is; costs one cell and is counted as drift."""


class OutOfRange(Unreadable):
    """A readable value that its SNMP type cannot carry; the text column beside it still does."""


def says_nothing(raw: Json) -> bool:
    """Whether the raw value stands for no value."""
    return raw is None or (isinstance(raw, str) and raw.strip().lower() in NOTHING)


_NUMBER = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*%?")


_LARGEST = 1e30
"""No figure of a device is larger; the bound keeps changes of unit from overflowing."""


def number(raw: Json) -> float | int | Absent:
    """A finite number, also as text ("100", "12.5 %"); a unit behind it is refused, since it would be lost."""
    if type(raw) is int or type(raw) is float:
        return _bounded(raw)
    if says_nothing(raw):
        return ABSENT
    if isinstance(raw, bool):
        raise Unreadable("a truth value where a number belongs")
    if isinstance(raw, (int, float)):
        return _bounded(raw)
    if isinstance(raw, str):
        found = _NUMBER.fullmatch(raw.strip())
        if found and len(found[1]) <= 40:
            digits = found[1]
            return _bounded(int(digits) if digits.lstrip("+-").isdigit() else float(digits))
    raise Unreadable("not a number")


def _bounded(value: float | int) -> float | int:
    if not abs(value) <= _LARGEST:  # so that it holds for not-a-number, too
        raise Unreadable("not a finite number of a size that can be measured")
    return value


def integer(raw: Json) -> int | Absent:
    """A whole number; a float or text that is nearly whole is rounded (some units report 55.0)."""
    value = number(raw)
    return value if isinstance(value, Absent) else round(value)


def scaled(factor: float) -> Any:
    """A reader of numbers that multiplies and rounds, for a change of unit (`scaled(1e9)`: s to ns)."""

    def read(raw: Json) -> int | Absent:
        value = number(raw)
        return value if isinstance(value, Absent) else round(value * factor)

    return read


ns_from_s = scaled(1e9)
milli = scaled(1e3)
micro = scaled(1e6)
centi = scaled(1e2)


_TRUE = frozenset({"true", "yes", "on", "enabled", "1"})
_FALSE = frozenset({"false", "no", "off", "disabled", "0"})


def truth(raw: Json) -> bool | Absent:
    """A truth value; 0 and 1 and the usual words count."""
    if says_nothing(raw):
        return ABSENT
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, (int, str)):
        word = str(raw).strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
    raise Unreadable("neither true nor false")


def text(raw: Json) -> str | Absent:
    """Text without padding (serials are padded to 16 characters on clock cards); numbers and truth as written."""
    if says_nothing(raw):
        return ABSENT
    if isinstance(raw, str):
        return raw.strip()
    return written(raw)


def written(raw: Json) -> str:
    """A leaf as text, exactly as far as JSON carries it."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, (int, float)):
        return repr(raw)
    if isinstance(raw, str):
        return raw
    if isinstance(raw, list):
        return "[]" if not raw else ", ".join(written(element) for element in raw)
    return "{}" if not raw else "object"


def word(raw: Json) -> str | Absent:
    """A word of an enumeration as the device writes it; words like none and never have a meaning there."""
    if raw is None or (isinstance(raw, str) and raw.strip() in ("", "-")):
        return ABSENT
    return written(raw).strip()


def verbatim(raw: Json) -> str | Absent:
    """What is configured as text, as it is written: an empty text is a value, and so is "none"."""
    return raw if isinstance(raw, str) else text(raw)


def words(raw: Json) -> str | Absent:
    """A list of words as one line ("gps28, gps1"); a single word as it is."""
    if isinstance(raw, list):
        if not raw:
            return ABSENT
        if any(isinstance(element, (list, dict)) for element in raw):
            raise Unreadable("a list of objects where words belong")
        return ", ".join(written(element).strip() for element in raw)
    return text(raw)


_STAMP = re.compile(
    r"(?P<year>\d{4})[-.](?P<month>\d\d)[-.](?P<day>\d\d)[T ](?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d))?"
    r"(\.(?P<fraction>\d{1,12}))?\s*(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?"
)
_PACKED = re.compile(r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?")
_UNSET_YEAR = 1970
"""Years up to this one mean "never" on the device ("1970-01-01 00:00:00" in V10)."""


def moment(raw: Json) -> datetime | Absent:
    """A point in time, UTC; all formats seen, with no zone meaning UTC."""
    if says_nothing(raw):
        return ABSENT
    if not isinstance(raw, str):
        raise Unreadable("not a time stamp")
    found = _STAMP.fullmatch(raw.strip()) or _PACKED.fullmatch(raw.strip())
    if found is None:
        raise Unreadable("not a time stamp")
    part = found.groupdict()
    second = min(int(part["second"] or 0), 59)  # a leap second is shown as the last second of its minute
    year, month, day, hour, minute = (int(part[name]) for name in ("year", "month", "day", "hour", "minute"))
    try:
        stamp = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as problem:
        raise Unreadable(str(problem)) from problem
    if stamp.year <= _UNSET_YEAR:
        return ABSENT
    micros = int((part.get("fraction") or "0").ljust(6, "0")[:6])
    try:
        return stamp.replace(microsecond=micros) - _zone(part.get("zone"))
    except OverflowError as problem:
        raise Unreadable(str(problem)) from problem


def _zone(text: str | None) -> timedelta:
    if text in (None, "Z", "UTC"):
        return timedelta()
    digits = (text or "").replace(":", "")
    offset = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return -offset if digits[0] == "-" else offset


_QUALITY = re.compile(r"(?:less-than|<)[- ]?(\d{1,12}(?:\.\d{1,12})?)[- ]?(ns|us|µs|μs|ms|s)", re.IGNORECASE | re.ASCII)
_UNIT_NS = {"ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
_QUALITY_CODES = {
    3: 1, 4: 10, 5: 25, 6: 100, 7: 250, 8: 1_000, 9: 2_500, 10: 10_000, 11: 25_000, 12: 100_000, 13: 250_000,
    14: 1_000_000, 15: 2_500_000, 16: 10_000_000, 17: 25_000_000, 18: 100_000_000, 19: 250_000_000,
    20: 1_000_000_000, 21: 10_000_000_000,
}  # fmt: skip
"""Raw codes of the device's public header, upper bound in ns."""


def quality_ns(raw: Json) -> int | Absent:
    """Upper bound of the estimated time quality in ns, from "less-than-100ns" or its raw code.

    A word without a bound ("unknown", "more-than-10s") is no number: absent.
    """
    if says_nothing(raw):
        return ABSENT
    if isinstance(raw, int) and not isinstance(raw, bool):
        return _QUALITY_CODES.get(raw, ABSENT)
    if isinstance(raw, str):
        found = _QUALITY.fullmatch(raw.strip())
        return round(float(found[1]) * _UNIT_NS[found[2].lower()]) if found else ABSENT
    raise Unreadable("not a time quality")


def part(pattern: str, reader: Any = integer) -> Any:
    """A reader of one part of a text: group 1 of `pattern`, read by `reader`.

    For texts that carry several values ("99052 kB total memory, 56816 kB free (57 %)").
    """
    compiled = re.compile(pattern)

    def read(raw: Json) -> Any:
        if says_nothing(raw):
            return ABSENT
        found = compiled.search(raw) if isinstance(raw, str) else None
        if found is None:
            raise Unreadable("not in the format known")
        return reader(found[1])

    return read


_WORD_BREAK = re.compile(r"[^A-Za-z0-9]+")


def label(raw: Json) -> str | Absent:
    """The device's word as an enumeration label: "not-warmed-up" becomes notWarmedUp; raw codes stay digits."""
    if raw is None or (isinstance(raw, str) and raw.strip().lower() in {"", "-", "n/a"}):
        return ABSENT
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, (list, dict, float)):
        raise Unreadable("not a word")
    first, *rest = [word for word in _WORD_BREAK.split(str(raw).strip()) if word] or [""]
    return first.lower() + "".join(word[:1].upper() + word[1:].lower() for word in rest)


def scaled_text(value: float, units: tuple[tuple[float, str], ...]) -> str:
    """A value with the largest unit it fills, at least three significant figures ("1.32 GB").

    Args:
        value: in the base unit.
        units: (size in base units, name) from smallest to largest.
    """
    size, name = units[0]
    for size_of, name_of in units:
        if abs(value) >= size_of:
            size, name = size_of, name_of
    shown = value / size
    if shown == round(shown) and abs(shown) < 1e6:
        return f"{round(shown)} {name}"
    if abs(shown) < 1:
        return f"{shown:.3g} {name}"
    decimals = 2 if abs(shown) < 10 else 1 if abs(shown) < 100 else 0
    return f"{shown:.{decimals}f} {name}"


TIME_UNITS: Final = ((1.0, "ns"), (1e3, "us"), (1e6, "ms"), (1e9, "s"))
SIZE_UNITS: Final = ((1.0, "KiB"), (1024.0, "MiB"), (1024.0**2, "GiB"), (1024.0**3, "TiB"))


def time_text(ns: float) -> str:
    """Nanoseconds in a readable unit ("-123 ns", "1.50 ms")."""
    return scaled_text(ns, TIME_UNITS)


_TIME = re.compile(r"([+-]?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,2})?)\s*(ns|us|µs|μs|ms|s)")


def nanoseconds(raw: Json) -> int | Absent:
    """Nanoseconds where no public document states the unit: a number of ns, or text that names its unit.

    A fraction below 1 is refused: it may as well be seconds, and would read as a false zero.
    """
    found = _TIME.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if found:
        return round(float(found[1]) * _UNIT_NS[found[2]])
    value = number(raw)
    if isinstance(value, Absent):
        return value
    if value != 0 and abs(value) < 1:
        raise Unreadable("a fraction below 1 where nanoseconds were expected")
    return round(value)


def nanoseconds_text(raw: Json) -> str | Absent:
    """Nanoseconds in the unit that suits their size; what cannot be read as such stays as it is written."""
    try:
        value = nanoseconds(raw)
    except Unreadable:
        return text(raw)
    return value if isinstance(value, Absent) else time_text(value)


def size_text(kib: float) -> str:
    """Kibibytes in a readable unit ("381.8 MiB")."""
    return scaled_text(kib, SIZE_UNITS)


def duration_text(seconds: float) -> str:
    """Seconds as days and time of day ("11 d 02:55:35")."""
    whole = int(seconds)
    days, rest = divmod(whole, 86_400)
    clock = f"{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}"
    return f"{days} d {clock}" if days else clock
