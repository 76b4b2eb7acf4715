"""Where the device is: which leaf holds a coordinate, and the same leaf about another place.

Names say what a coordinate is; decimals, units and the way to write angles stay.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Final

from agent.model.anonymise.words import Names, words_of

_LATITUDE, _LONGITUDE, _ALTITUDE = 13.617284, 62.728394, 31.2222
"""The Arabian Sea: nobody's, and positive in all coordinates, so that no text changes its form."""


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
AXES: Final = {"latitude": "lat", "longitude": "lon", "altitude": "alt"}
_SHORT_AXES: Final = {"lat": "lat", "lon": "lon", "lng": "lon", "long": "lon", "alt": "alt", "height": "alt"}
NUMBER: Final = re.compile(r"[+-]?\d+(?:\.(\d+))?")


@lru_cache(maxsize=4096)
def axis_of(names: Names) -> str:
    """Which coordinate a leaf holds: lat, lon, alt, x, y, z; "text" for several in one text; "" for none."""
    words = words_of(names[-1])
    for word in words:
        if word in AXES:
            return AXES[word]
    own = _POSITION_WORDS.intersection(words)
    near = own or (len(names) > 1 and _POSITION_WORDS.intersection(words_of(names[-2])))
    last = words[-1]
    if last in _SHORT_AXES and (near or (len(words) == 1 and last in {"lat", "lon", "lng"})):
        return _SHORT_AXES[last]
    if near and last in {"x", "y", "z"}:
        return last
    if words[0] in {"x", "y", "z"} and own:
        return words[0]
    return "text" if last in _POSITION_WORDS and "slot" not in words else ""


def is_zero(text: str) -> bool:
    """Whether a number, as a text, says that there is no position."""
    return not text.strip("+-0. ")


def moved_text(text: str, axis: str) -> str:
    """The same text about another place; every number keeps its decimals."""
    numbers = list(NUMBER.finditer(text))
    if axis == "text" and not any(found[1] for found in numbers):
        return text  # "0,0,1" or a word: a position in something else than the world
    wanted = coordinates(len(numbers), axis)
    if not wanted or all(is_zero(found[0]) for found in numbers):
        return text
    values = iter(wanted)

    def moved(found: re.Match[str]) -> str:
        value = next(values)
        return found[0] if is_zero(found[0]) else f"{value:.{len(found[1] or '')}f}"

    return re.sub(r"\b[SW]\b", lambda side: {"S": "N", "W": "E"}[side[0]], NUMBER.sub(moved, text))


def coordinates(count: int, axis: str) -> list[float]:
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


def moved_number(value: float, axis: str) -> float:
    """A coordinate of the other place, with as many decimals; whole numbers are scaled by a power of ten."""
    there = _ELSEWHERE[axis]
    if isinstance(value, int):
        power = len(str(abs(value))) - len(str(int(there)))
        return round(there * float(10 ** max(0, power)))
    found = NUMBER.fullmatch(repr(value))
    return round(there, len(found[1] or "") if found else 6)
