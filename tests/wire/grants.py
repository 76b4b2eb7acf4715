"""Access policies for tests of single parts: each name with views of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.wire.access import Access, AccessRow, Level, Match, Model
from agent.wire.view import EVERYTHING, NOTHING, View


@dataclass(frozen=True)
class Grant:
    """What one security name may read and write, from this level up."""

    level: Level
    read: View
    write: View = NOTHING


def granting(grants: Mapping[tuple[Model, str], Grant], contexts: Mapping[str, View] | None = None) -> Access:
    """The policy in which every name is a group of its own, in every context."""
    views = {f"{kind} {key}": getattr(grant, kind) for key, grant in grants.items() for kind in ("read", "write")}
    return Access(
        groups={key: str(key) for key in grants},
        rows={
            str(key): (AccessRow(one.level, f"read {key}", f"write {key}", match=Match.PREFIX),)
            for key, one in grants.items()
        },
        views=views,
        contexts={"": EVERYTHING} if contexts is None else contexts,
    )
