"""Settings of views: families of subtrees included and excluded, each with an optional mask (RFC 3415 5)."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, model_validator

from agent.config.base import Model, Oid

_BITS = re.compile(r"[01]|[01](\.[01])+")
_OCTETS = re.compile(r"[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){0,15}")
_MASK_PROBLEM = 'bits like "1.1.0.1" (one per sub-identifier) or octets like "ff:a0" (as net-snmp writes them), quoted'


def _text(value: Any) -> str:
    if not isinstance(value, str):  # YAML reads 1.0 as a number and 10:20 as a time
        raise ValueError(_MASK_PROBLEM)
    return value


def _mask(value: str) -> str:
    if value and not _BITS.fullmatch(value) and not _OCTETS.fullmatch(value):
        raise ValueError(_MASK_PROBLEM)
    return value


class Subtree(Model):
    """One family of subtrees: an OID, and a mask that says which of its sub-identifiers count (none given: all)."""

    oid: Oid
    mask: Annotated[str, BeforeValidator(_text), AfterValidator(_mask)] = ""

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, data: Any) -> Any:
        return data if isinstance(data, (dict, Subtree)) else {"oid": data}

    @model_validator(mode="after")
    def _consistent(self) -> Subtree:
        bits = self.mask.split(".") if _BITS.fullmatch(self.mask) else []
        if len(bits) > self.oid.count(".") + 1:
            raise ValueError("mask: has more bits than the OID has sub-identifiers")
        return self

    @property
    def mask_octets(self) -> bytes:
        """The mask as vacmViewTreeFamilyMask has it: the first bit highest, filled up with ones."""
        if not _BITS.fullmatch(self.mask):
            return bytes.fromhex(self.mask.replace(":", ""))
        bits = self.mask.replace(".", "")
        bits += "1" * (-len(bits) % 8)
        return int(bits, 2).to_bytes(len(bits) // 8, "big")

    def __str__(self) -> str:
        return f"{self.oid} mask {self.mask}" if self.mask else self.oid


class ViewSettings(Model):
    """What a group may see: subtrees included and excluded; of those that match the longest decides (RFC 3415 5)."""

    include: tuple[Subtree, ...]
    exclude: tuple[Subtree, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> ViewSettings:
        oids = [subtree.oid for subtree in (*self.include, *self.exclude)]
        for oid in oids:
            if oids.count(oid) > 1:
                raise ValueError(f"{oid} is given twice; a subtree has one mask, and is included or excluded")
        return self


def _view(include: tuple[str, ...], exclude: tuple[str, ...]) -> ViewSettings:
    return ViewSettings(
        include=tuple(Subtree(oid=oid) for oid in include), exclude=tuple(Subtree(oid=oid) for oid in exclude)
    )


SECURITY_SUBTREES = ("1.3.6.1.6.3.15.1.2", "1.3.6.1.6.3.16", "1.3.6.1.6.3.18")
"""Users, views and communities: in no view unless one is written that includes them."""

NO_VIEW = "none"
"""Name of the view that shows nothing, which everybody has where no other is given."""

BUILT_IN = {"default": _view(("1.3.6.1",), SECURITY_SUBTREES), NO_VIEW: _view((), ("1.3",))}
