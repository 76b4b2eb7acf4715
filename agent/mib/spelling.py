"""Cells and values as people write them: `lnbPtpInstanceDomainNumber.1.7.1`, `24`, `true`, `master`."""

from __future__ import annotations

import re
from typing import Any

from agent.mib.declaration import Module
from agent.mib.encoding import Oid
from agent.mib.syntax import Syntax

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


def value_of(syntax: Syntax, text: str) -> Any:
    """The typed value that a text stands for. Whether it is in bounds is not looked at.

    Raises:
        Misspelt: it stands for none of that syntax.
    """
    if syntax.smi == "TruthValue":
        truth = {"true": True, "1": True, "false": False, "2": False}.get(text.strip().lower())
        if truth is None:
            raise Misspelt(f"{text!r}: true or false is needed")
        return truth
    if syntax.labels:
        named = {str(number): word for word, number in syntax.labels.items()} | {word: word for word in syntax.labels}
        if text.strip() not in named:
            raise Misspelt(f"{text!r}: one of {', '.join(syntax.labels)} is needed")
        return named[text.strip()]
    if syntax.kind == "number":
        if not re.fullmatch(r"[+-]?\d{1,20}", text.strip()):
            raise Misspelt(f"{text!r}: a whole number is needed")
        return int(text)
    return text
