"""Settings of access: who belongs to which group, and what a group may see and set (RFC 3415 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from agent.config.base import Model
from agent.config.view import NO_VIEW

SecurityModel = Literal["any", "v1", "v2c", "usm"]
Level = Literal["noAuthNoPriv", "authNoPriv", "authPriv"]
AdminName = Annotated[str, Field(min_length=1, max_length=32)]


class AccessSettings(Model):
    """One row of a group: who asks like this, in such a context, at this level or above, has these views."""

    model: SecurityModel = "any"
    level: Level
    context: Annotated[str, Field(max_length=32)] = ""
    match: Literal["exact", "prefix"] = "exact"
    read: str = NO_VIEW
    write: str = NO_VIEW
    notify: str = NO_VIEW

    @property
    def views(self) -> tuple[tuple[str, str], ...]:
        """The views it names, each with its key."""
        return ("read", self.read), ("write", self.write), ("notify", self.notify)


class Grantee(Model):
    """What communities and users share: the name of a group, or views as a shorthand for a group of their own.

    Attributes:
        notify_view: what notifications may tell it; what it may read unless given.
        contexts: names of the contexts it may ask for, "" the default one; all of them unless given.
    """

    group: AdminName | None = None
    view: str = "default"
    write_view: str | None = None
    notify_view: str | None = None
    contexts: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _group_or_views(self) -> Grantee:
        beside = {"view", "write_view", "notify_view", "contexts"} & self.model_fields_set
        if self.group is not None and beside:
            raise ValueError(f"group: excludes {', '.join(sorted(beside))}, which the rows of the group say")
        return self

    def rows(self, model: SecurityModel, level: Level) -> Iterator[AccessSettings]:
        """What the shorthand stands for, for one security model."""
        places: Iterable[tuple[str, Literal["exact", "prefix"]]]
        places = [("", "prefix")] if self.contexts is None else [(context, "exact") for context in self.contexts]
        for context, match in places:
            yield AccessSettings(
                model=model,
                level=level,
                context=context,
                match=match,
                read=self.view,
                write=self.write_view or NO_VIEW,
                notify=self.notify_view or self.view,
            )


@dataclass(frozen=True, slots=True)
class Member:
    """A security name of one model, and its group (vacmSecurityToGroupTable)."""

    model: SecurityModel
    name: str
    group: str


def community_name(number: int) -> str:
    """The security name of a community, which is no secret."""
    return f"community{number}"
