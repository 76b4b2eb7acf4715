"""Cells as people write them: `lnbPtpConfigDomain.1.7.1`, or an OID in dotted digits."""

from __future__ import annotations

import re

from agent.mib.declaration import Module
from agent.mib.encoding import Oid

_DIGITS = re.compile(r"\.?\d{1,10}(\.\d{1,10})*")


class Misspelt(ValueError):
    """A text that stands for nothing; says what is allowed."""


def cell_oid(module: Module, text: str) -> Oid:
    """The OID of a cell from its name and instance, or from dotted digits.

    Raises:
        Misspelt: there is no such object.
    """
    name, _, instance = text.partition(".")
    located = module.objects.get(name)
    if located is None and _DIGITS.fullmatch(text):
        return numbers(text)
    if located is None:
        raise Misspelt(f"{text!r}: no object {name!r}; a cell is an object's name and its index, or an OID in digits")
    if not _DIGITS.fullmatch(instance):
        raise Misspelt(f"{text!r}: behind {name} stands the row's index, like {name}.1.7")
    return (*located.oid, *numbers(instance))


def numbers(text: str) -> Oid:
    """Dotted digits as sub-identifiers.

    Raises:
        Misspelt: one is too large.
    """
    oid = tuple(int(part) for part in text.strip(".").split("."))
    if max(oid) >= 2**32:
        raise Misspelt(f"{text!r}: a sub-identifier is at most {2**32 - 1}")
    return oid
