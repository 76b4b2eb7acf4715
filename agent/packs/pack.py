"""A pack: files for one receiver or network-management system, made from the declarations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.mib.declaration import Module
from agent.mib.encoding import Oid
from agent.mib.render import dotted
from agent.packs.selection import View, views


@dataclass(frozen=True, slots=True)
class Source:
    """What packs are made from: a module below its root, and what of it is shown."""

    module: Module
    views: tuple[View, ...]

    def oid(self, name: str, *instance: int) -> str:
        """OID of an object, with an instance or without, in digits behind a dot."""
        return at(self.module.objects[name].oid, *instance)

    @property
    def root(self) -> str:
        """OID of the module: what the agent says as its sysObjectID."""
        return at(self.module.root)


def at(oid: Oid, *instance: int) -> str:
    """An OID in digits behind a dot."""
    return "." + dotted((*oid, *instance))


def source_of(module: Module) -> Source:
    """What packs of a module are made from.

    Raises:
        DeclarationError: an object that packs show is not declared.
    """
    return Source(module, views(module))


@dataclass(frozen=True, slots=True)
class Pack:
    """The files for one tool.

    Attributes:
        name: its folder below config/packs.
        tool: the tool and the versions it is for.
        gives: what one has of it.
        make: the files, by path within the folder.
    """

    name: str
    tool: str
    gives: str
    make: Callable[[Source], Mapping[str, str]]
