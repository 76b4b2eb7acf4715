"""Settings of the SNMP side: where it listens, who may read and write what."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from agent.config.base import Model
from agent.config.grant import AccessSettings, AdminName, Grantee, Member, community_name
from agent.config.listen import check_listen
from agent.config.secret import OpenSecret
from agent.config.user import UserSettings
from agent.config.view import BUILT_IN, NO_VIEW, ViewSettings


class CommunitySettings(Grantee):
    """One v1/v2c community.

    Attributes:
        sources: networks it may be used from; all unless given.
        context: the one context it stands for; unless given the default one, and `name@context` any other.
    """

    name: OpenSecret
    sources: tuple[str, ...] = ()
    context: Annotated[str, Field(max_length=32)] | None = None

    @model_validator(mode="after")
    def _networks(self) -> CommunitySettings:
        for source in self.sources:
            try:
                ipaddress.ip_network(source)
            except ValueError as problem:
                raise ValueError(f"sources: {source!r} is not a network like 192.0.2.0/24") from problem
        if not 1 <= len(self.name.reveal()) <= 255:
            raise ValueError("name: 1 to 255 characters")
        if self.context is not None and self.contexts is not None and self.context not in self.contexts:
            raise ValueError(f"contexts: {self.context!r}, which the community stands for, is not among them")
        return self


class SnmpSettings(Model):
    """The SNMP side: where it listens, and who may read what.

    Attributes:
        fronts: processes that answer, each on all addresses; the kernel chooses by the address and port of who asks.
    """

    listen: tuple[str, ...] = ("0.0.0.0:1161", "[::]:1161")
    fronts: Annotated[int, Field(ge=1, le=16)] = 1
    engine_id: str | None = None
    engine: Literal["wire", "pysnmp"] = "wire"
    max_message_size: Annotated[int, Field(ge=484, le=65507)] = 1472
    contact: Annotated[str, Field(max_length=255)] = ""
    system_name: Annotated[str, Field(max_length=255)] = ""
    location: Annotated[str, Field(max_length=255)] = ""
    communities: tuple[CommunitySettings, ...] = ()
    users: tuple[UserSettings, ...] = ()
    groups: dict[AdminName, tuple[AccessSettings, ...]] = Field(default={})
    views: dict[AdminName, ViewSettings] = Field(default={})

    @model_validator(mode="after")
    def _consistent(self) -> SnmpSettings:
        check_listen(self.listen)
        if not self.listen:
            raise ValueError("listen: at least one address and port")
        if self.engine == "pysnmp" and not all(text.startswith(("127.", "[::1]")) for text in self.listen):
            raise ValueError("engine: pysnmp is for comparison and listens on loopback only (127.x.x.x, [::1])")
        if self.engine == "pysnmp" and self.fronts > 1:
            raise ValueError("fronts: the pysnmp path has one process; leave fronts out")
        self._check_names()
        if len({entry.name for entry in self.communities}) != len(self.communities):
            raise ValueError("communities: a name is given twice")
        if len({entry.name for entry in self.users}) != len(self.users):
            raise ValueError("users: a name is given twice")
        if self.engine_id is not None and not re.fullmatch(r"(?:0x)?[89a-fA-F][0-9a-fA-F]{9,63}", self.engine_id):
            raise ValueError("engine_id: 5 to 32 octets in hexadecimal, the first bit set (RFC 3411 5)")
        if self.engine_id is not None and len(self.engine_id.removeprefix("0x")) % 2:
            raise ValueError("engine_id: an even number of hexadecimal digits")
        return self

    def _check_names(self) -> None:
        """Every name that is used is defined, and means one thing."""
        if NO_VIEW in self.views:
            raise ValueError(f"views.{NO_VIEW}: is built in and shows nothing; choose another name")
        for place, view in self._named_views():
            if view is not None and view not in self.all_views:
                known = ", ".join(sorted(self.all_views))
                raise ValueError(f"{place}: {view!r} is not defined; views are: {known}")
        own = {member.group for member, grantee in self._grantees() if grantee.group is None}
        for name, rows in self.groups.items():
            if name in own:
                raise ValueError(f"groups.{name}: is the name of a user or community with views of its own")
            keys = [(row.context, row.model, row.level) for row in rows]
            if len(set(keys)) != len(keys):
                raise ValueError(f"groups.{name}: two rows of the same model, level and context")
        for place, entry in self._entries():
            if entry.group is not None and entry.group not in self.groups:
                known = ", ".join(sorted(self.groups)) or "none"
                raise ValueError(f"{place}.group: {entry.group!r} is not defined; groups are: {known}")

    def _entries(self) -> Iterator[tuple[str, CommunitySettings | UserSettings]]:
        yield from ((f"communities[{n}]", entry) for n, entry in enumerate(self.communities))
        yield from ((f"users[{n}]", entry) for n, entry in enumerate(self.users))

    def _named_views(self) -> Iterator[tuple[str, str | None]]:
        """Every view that is named, with its place."""
        for place, entry in self._entries():
            yield f"{place}.view", entry.view
            yield f"{place}.write_view", entry.write_view
            yield f"{place}.notify_view", entry.notify_view
        for name, rows in self.groups.items():
            for number, row in enumerate(rows):
                yield from ((f"groups.{name}[{number}].{key}", view) for key, view in row.views)

    def check_contexts(self, known: Iterable[str]) -> None:
        """Refuse the name of a context that there is not.

        Args:
            known: the names of the devices, whose contexts there are beside the default one.

        Raises:
            ValueError: naming the key, and the contexts there are.
        """
        contexts = {"", *known}
        listed = ", ".join(sorted(contexts - {""})) or "none"
        for place, entry in self._entries():
            for context in entry.contexts or ():
                if context not in contexts:
                    raise ValueError(f"snmp.{place}.contexts: no context {context!r}; devices are: {listed}")
        for number, community in enumerate(self.communities):
            if community.context is not None and community.context not in contexts:
                place = f"snmp.communities[{number}].context"
                raise ValueError(f"{place}: no context {community.context!r}; devices are: {listed}")

    @property
    def all_views(self) -> dict[str, ViewSettings]:
        """The views, with the built-in ones; of these the file may define its own `default`."""
        return {**BUILT_IN, **self.views}

    @property
    def members(self) -> tuple[Member, ...]:
        """Who belongs to which group; who names none has one of its own name."""
        return tuple(member for member, _ in self._grantees())

    @property
    def all_groups(self) -> dict[str, tuple[AccessSettings, ...]]:
        """The rows of every group, with those that shorthands stand for."""
        groups = dict(self.groups)
        for member, grantee in self._grantees():
            if grantee.group is None:
                level = grantee.level if isinstance(grantee, UserSettings) else "noAuthNoPriv"
                groups[member.group] = (*groups.get(member.group, ()), *grantee.rows(member.model, level))
        return groups

    def _grantees(self) -> Iterator[tuple[Member, CommunitySettings | UserSettings]]:
        for number, community in enumerate(self.communities):
            name = community_name(number)
            yield Member("v1", name, community.group or name), community
            yield Member("v2c", name, community.group or name), community
        for user in self.users:
            yield Member("usm", user.name, user.group or user.name), user
