"""From an object's value to the JSON a device is sent, and forms of values that several groups share.

Generations differ in how they write the same thing: what is sent looks like what the device said in that place before,
a word where it has words, a number where it has numbers.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any, Final

from agent.mib.declaration import Column, Form
from agent.mib.syntax import Syntax
from agent.model import reading
from agent.model.document import Json, Missing
from agent.model.reading import Absent, Unreadable


class Misfit(ValueError):
    """A value cannot be what its object is, or cannot be said to the device; the text says what is allowed."""


_TRUTHS: Final = (("true", "false"), ("enabled", "disabled"), ("yes", "no"), ("on", "off"), ("1", "0"))
_TURN: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def typed(column: Column, value: object) -> Any:
    """A value as the object's syntax has it, from what a person, a file or a manager says.

    Raises:
        Misfit: it cannot be one; the text says what is allowed.
    """
    syntax = column.syntax
    known: Any
    if syntax.smi == "TruthValue":
        known = _truth(value)
    elif syntax.labels:
        known = _label(syntax, value)
    elif syntax.kind == "number":
        known = _number(syntax, value)
    elif syntax.kind == "text":
        known = _text(syntax, value)
    else:
        raise Misfit(f"a {syntax.smi} cannot be written")
    form = column.writes
    if form is not None and form.fits is not None and not form.fits(known):
        raise Misfit(f"{value!r} cannot be right; {form.allowed}")
    return known


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    for true, false in _TRUTHS:
        if word in (true, false):
            return word == true
    raise Misfit(f"{value!r} is neither true nor false")


def _label(syntax: Syntax, value: object) -> str:
    if not isinstance(value, bool):
        if isinstance(value, int):
            for word, number in syntax.labels.items():
                if number == value and word != "other":
                    return word
        elif isinstance(value, str):
            word = syntax.read(value)
            if isinstance(word, str) and word != "other":
                return word
    allowed = ", ".join(f"{word}({number})" for word, number in syntax.labels.items() if word != "other")
    raise Misfit(f"{value!r} is none of {allowed}")


def _number(syntax: Syntax, value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,12}", value.strip()):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and syntax.low <= value <= syntax.high:
        return value
    raise Misfit(f"{value!r} is no number from {syntax.low} to {syntax.high}")


def _text(syntax: Syntax, value: object) -> str:
    if not isinstance(value, str):
        raise Misfit(f"{value!r} is no text")
    if len(value.encode("utf-8", "replace")) > syntax.high:
        raise Misfit(f"longer than {syntax.high} octets")
    return value


def as_json(column: Column, value: Any, present: Json | Missing) -> Json:
    """A typed value as the device is sent it.

    Args:
        column: the object.
        value: as `typed` gives it.
        present: what the device has in that place now.

    Raises:
        Misfit: the device writes codes there, and the value's is not known.
    """
    syntax = column.syntax
    if syntax.smi == "TruthValue":
        return _truth_as_json(value, present)
    if syntax.labels:
        return _label_as_json(column, value, present)
    if syntax.kind == "number":
        if not isinstance(present, str):
            return value
        unit = " ns" if column.units == "nanoseconds" and present.rstrip().endswith("s") else ""
        return f"{value}{unit}"
    if isinstance(present, (int, float)) and not isinstance(present, bool):
        return _number_in(value)
    return value


def _truth_as_json(value: Any, present: Json | Missing) -> Json:
    if isinstance(present, int) and not isinstance(present, bool):
        return int(value)
    if isinstance(present, str):
        for true, false in _TRUTHS:
            if present.strip().lower() in (true, false):
                return true if value else false
    return bool(value)


def _label_as_json(column: Column, label: str, present: Json | Missing) -> Json:
    is_number = isinstance(present, int) and not isinstance(present, bool)
    if is_number or (isinstance(present, str) and present.strip().isdecimal()):
        for code, meaning in column.syntax.codes.items():
            if meaning == label and code.isdecimal():
                return int(code) if is_number else code
        raise Misfit(f"the device writes numbers there, and the number of {label} is not known")
    form = column.writes
    word = form.words.get(label) if form is not None else None
    return word or _TURN.sub("-", label).lower()


def _number_in(text: str) -> int | float:
    try:
        value = reading.number(text)
    except Unreadable:
        value = reading.ABSENT
    if isinstance(value, Absent):
        raise Misfit(f"{text!r} is no number, which is what the device has there")
    return value


def same(column: Column, one: Json | Missing, other: Json | Missing) -> bool:
    """Whether two JSON values say the same of an object, however they are written."""
    if isinstance(one, Missing) or isinstance(other, Missing):
        return False
    if one == other and isinstance(one, bool) == isinstance(other, bool):
        return True
    read = column.read or column.syntax.read
    try:
        first, second = read(one), read(other)
    except (Unreadable, ValueError, TypeError):
        return False
    if isinstance(first, Absent) or isinstance(second, Absent):
        return False  # words for nothing are not the same word
    if column.syntax.labels and first == "other":
        return False
    return bool(first == second)


def _is_ip(value: str, versions: tuple[int, ...]) -> bool:
    try:
        return value == "" or ipaddress.ip_address(value).version in versions
    except ValueError:
        return False


def _is_netmask(value: str) -> bool:
    if re.fullmatch(r"/?[0-9]{1,2}", value):
        return int(value.lstrip("/")) <= 32
    try:
        bits = f"{int(ipaddress.IPv4Address(value)):032b}" if value else ""
    except ValueError:
        return False
    return "01" not in bits


_PART = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"{_PART}(?:\.{_PART})*\.?")


def _is_host(value: str) -> bool:
    return value == "" or _is_ip(value, (4, 6)) or (len(value) <= 253 and _NAME.fullmatch(value) is not None)


IPV4 = Form(fits=lambda value: _is_ip(value, (4,)), allowed="An IPv4 address, or empty for none.")
IPV6 = Form(fits=lambda value: _is_ip(value, (6,)), allowed="An IPv6 address, or empty for none.")
IP = Form(fits=lambda value: _is_ip(value, (4, 6)), allowed="An IPv4 or IPv6 address, or empty for none.")
NETMASK = Form(fits=_is_netmask, allowed="A network mask such as 255.255.255.0, or empty for none.")
HOST = Form(fits=_is_host, allowed="A host name or an address, or empty for none.")
LINE = Form(fits=lambda value: value.isprintable(), allowed="One line of printable characters.")
