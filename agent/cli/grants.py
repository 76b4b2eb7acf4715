"""Who may see and set what, in words, and what is unwise about it: a part of `check`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from agent.config import AccessSettings, CommunitySettings, DeviceSettings, Settings, SnmpSettings, UserSettings
from agent.config.device import Auth
from agent.config.grant import community_name
from agent.config.view import NO_VIEW, ViewSettings
from agent.mib.groups.settings import GROUP as SETTINGS
from agent.mib.module import northbound
from agent.mib.render import dotted
from agent.model.place import NAME_OCTETS, NODE, child_context
from agent.wire.policy import make_access
from agent.wire.view import intersection, make_view

_LEVELS = ("noAuthNoPriv", "authNoPriv", "authPriv")
_GUESSED = frozenset({"public", "private"})


def grants(settings: SnmpSettings) -> Iterator[str]:
    """One line for each community and user, one for each thing it may do, and one for each view."""
    for number, community in enumerate(settings.communities):
        yield f"community {number}: {_sources(community)}{_membership(community)}{_fixed_context(community)}"
        yield from _grants_of(settings, community_name(number), ("v1", "v2c"), _LEVELS[0])
    for user in settings.users:
        yield f"user {user.name}: {_protocols(user)}{_membership(user)}"
        yield from _grants_of(settings, user.name, ("usm",), user.highest_level)
    for name, view in settings.all_views.items():
        yield f"view {name}: {_families(view)}"


def _grants_of(settings: SnmpSettings, name: str, models: Sequence[str], highest: str) -> Iterator[str]:
    """What a security name may do; what is the same for several models once."""
    by_text: dict[str, list[str]] = {}
    for model in models:
        for text in _merged(_rows(settings, name, model, highest)) or ["nothing: its group has no row for it"]:
            by_text.setdefault(text, []).append(model)
    yield from (f"  {' and '.join(models)} {text}" for text, models in by_text.items())


def _rows(settings: SnmpSettings, name: str, model: str, highest: str) -> list[AccessSettings]:
    """The rows that a security name of a model can come to, asking at no higher level than this."""
    groups = {member.group for member in settings.members if (member.model, member.name) == (model, name)}
    rows = [row for group in groups for row in settings.all_groups[group] if row.model in ("any", model)]
    return [row for row in rows if _LEVELS.index(row.level) <= _LEVELS.index(highest)]


def _merged(rows: Iterable[AccessSettings]) -> list[str]:
    """Rows in words; those that differ in the context alone together."""
    contexts: dict[tuple[str, str, str, str], list[str]] = {}
    for row in rows:
        contexts.setdefault((row.level, row.read, row.write, row.notify), []).append(_context(row))
    return [
        f"from {level} up, {', '.join(where)}: reads {_named(read)}, sets {_named(write)}, is told {_named(notify)}"
        for (level, read, write, notify), where in contexts.items()
    ]


def _context(row: AccessSettings) -> str:
    if row.match == "prefix":
        return f"contexts {row.context}*" if row.context else "all contexts"
    return f"context {row.context}" if row.context else "default context"


def _named(view: str) -> str:
    return "nothing" if view == NO_VIEW else view


def _families(view: ViewSettings) -> str:
    included, excluded = (", ".join(map(str, subtrees)) for subtrees in (view.include, view.exclude))
    if not included:
        return "nothing"
    return f"{included} without {excluded}" if excluded else included


def _sources(community: CommunitySettings) -> str:
    return f"from {', '.join(community.sources) or 'everywhere'}"


def _membership(entry: CommunitySettings | UserSettings) -> str:
    return "" if entry.group is None else f", group {entry.group}"


def _fixed_context(community: CommunitySettings) -> str:
    if community.context is None:
        return ""
    return f", always in context {community.context}" if community.context else ", always in the default context"


def _protocols(user: UserSettings) -> str:
    return " and ".join(key.protocol for key in (user.auth, user.priv) if key) or "no auth, no priv"


def warnings(settings: Settings) -> Iterator[str]:
    """What works and is unwise."""
    snmp = settings.snmp
    for number, community in enumerate(snmp.communities):
        if community.name.reveal().lower() in _GUESSED:
            yield f"community {number}: its name is one that everybody tries first"
        if not community.sources and _may_set(snmp, community_name(number)):
            yield f"community {number}: may set objects, and may come from everywhere; give it sources"
    for user in snmp.users:
        yield from (f"user {user.name}: {protocol} is weak" for protocol in user.weak_protocols)
        if _rows(snmp, user.name, "usm", _LEVELS[0]):
            yield f"user {user.name}: may ask without keys; who knows the name has what it has at noAuthNoPriv"
        if snmp.engine_id is None and any(key and key.localized_key for key in (user.auth, user.priv)):
            yield f"user {user.name}: its localized key is right for one engine ID only; set snmp.engine_id"
    yield from (_unnamed(device) for device in settings.devices if child_context(device.name, NODE, 1) is None)
    yield from (_plain(device) for device in settings.devices if device.enabled and _is_plain(device))
    yield from _of_writing(settings)


def _of_writing(settings: Settings) -> Iterator[str]:
    """What is unwise about writing the devices' configuration."""
    written = [device for device in settings.devices if device.enabled and device.writes.enabled]
    if not written:
        return
    if settings.writing.allow_insecure:
        yield "writing.allow_insecure: who listens on the way reads what devices are set to, and may set it again"
    elif not _writers(settings):
        names = ", ".join(device.name for device in written)
        group = dotted((*northbound(settings.root_oid).root, 1, SETTINGS.arc))
        yield (
            f"{names}: writes are on, and no user may set their configuration at authPriv; that takes auth and priv, "
            f"and a write_view with objects of {SETTINGS.name} ({group}) or of other configuration"
        )
    yield from (
        f"device {device.name}: writes are on, and poll.configuration is off: nothing is known that could be written"
        for device in written
        if not device.poll.configuration
    )
    yield from (
        f"device {device.name}: is written over plain http; who listens on the way may write it too"
        for device in written
        if device.scheme == "http"
    )


def _writers(settings: Settings) -> list[str]:
    """Users who may set some of the devices' configuration."""
    objects = northbound(settings.root_oid).objects.values()
    configured = make_view([located.oid for located in objects if located.column.writes is not None], [])
    views = make_access(settings.snmp).views
    writing = {name for name, view in views.items() if intersection(view, configured).starts}
    return [
        user.name
        for user in settings.snmp.users
        if user.highest_level == _LEVELS[-1]
        and any(row.write in writing for row in _rows(settings.snmp, user.name, "usm", _LEVELS[-1]))
    ]


def _may_set(settings: SnmpSettings, name: str) -> bool:
    """Whether a community may set anything, in any way."""
    rows = [row for model in ("v1", "v2c") for row in _rows(settings, name, model, _LEVELS[0])]
    return any(settings.all_views[row.write].include for row in rows)


def _unnamed(device: DeviceSettings) -> str:
    left = NAME_OCTETS - len(device.name)
    return f"device {device.name}: its name leaves {left} characters of {NAME_OCTETS} for contexts of what is in it"


def _is_plain(device: DeviceSettings) -> bool:
    return device.scheme == "http" and device.auth is Auth.BASIC and device.username is not None


def _plain(device: DeviceSettings) -> str:
    return f"device {device.name}: Basic over plain http; who listens on the way has the password"
