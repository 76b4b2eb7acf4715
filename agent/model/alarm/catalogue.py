"""All alarm types, and how looks come about: rules run over a device, events within the agent read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from agent.model.alarm import events
from agent.model.alarm.events import Event
from agent.model.alarm.facts import AGENT, Scene, Site
from agent.model.alarm.finding import Condition, Finding, Look, Sight, known
from agent.model.alarm.kind import AlarmType, RuleSettings, Source
from agent.model.alarm.rules import bus, chassis, clock, configuring, network, ptp, reach
from agent.model.alarm.rules import events as device_events
from agent.model.alarm.table import Alarm
from agent.model.health import DeviceState

TYPES: Final = tuple(
    sorted(
        (
            *bus.TYPES, *reach.TYPES, *clock.TYPES, *chassis.TYPES, *ptp.TYPES, *network.TYPES, *device_events.TYPES,
            *configuring.TYPES,
        ),
        key=lambda one: one.arc,
    )
)  # fmt: skip
"""By arc."""

BY_NAME: Final = {one.name: one for one in TYPES}
WATCHED_COLUMNS: Final = frozenset(name for one in TYPES for name in one.reads)
"""MIB objects that rules look at."""

Rules = Callable[[str], RuleSettings]
"""The settings of a rule by the name of its alarm type."""


def default_rules(name: str) -> RuleSettings:
    """The settings of a rule when nothing is configured."""
    return BY_NAME[name].defaults


def look_at(scene: Scene, rules: Rules, types: Iterable[AlarmType] = TYPES) -> Look:
    """What the rules make of a device now; cells count only while the last poll was good.

    A rule that fails costs its own type only, which is then unknown.
    """
    is_up = scene.health.state is DeviceState.UP
    found: list[Finding] = []
    faults: list[tuple[str, str]] = []
    whole, unknown, retired = set(), set(), set()
    for one in types:
        settings = rules(one.name)
        if one.source is Source.EVENTS:
            continue
        if not settings.enabled:
            retired.add(one.name)
        elif one.source is Source.CELLS and not is_up:
            unknown.add(one.name)
        else:
            try:
                found += [_finding(one, settings, scene.site, sight) for sight in one.rule(scene, settings)]
            except Exception as problem:
                unknown.add(one.name)
                faults.append((one.name, repr(problem)))
                continue
            if not one.once:
                whole.add(one.name)
    return Look(scene.site, tuple(found), frozenset(whole), frozenset(unknown), frozenset(retired), tuple(faults))


def forgotten(alarms: Iterable[Alarm]) -> list[Look]:
    """The end of alarms that events of another process raised and that this one would have to raise again."""
    return [
        Look(alarm.site, (_over(alarm),))
        for alarm in alarms
        if BY_NAME[alarm.alarm_type].source is Source.EVENTS and not BY_NAME[alarm.alarm_type].once
    ]


def _over(alarm: Alarm) -> Finding:
    return Finding(
        alarm.site, alarm.resource, alarm.alarm_type, Condition.FALSE, alarm.severity, alarm.text, "agent restarted"
    )


def _finding(kind: AlarmType, settings: RuleSettings, site: Site, sight: Sight) -> Finding:
    return Finding(
        site=site,
        resource=sight.resource,
        alarm_type=kind.name,
        condition=sight.condition,
        severity=sight.severity or settings.severity,
        text=sight.text or kind.text,
        value=sight.value,
        object_name=sight.object_name,
        key=sight.key,
        raise_after_s=settings.raise_after_s,
        clear_after_s=settings.clear_after_s,
        once=kind.once,
    )


def happened(happenings: Iterable[Event], sites: Mapping[str, Site], rules: Callable[[str], Rules]) -> list[Look]:
    """What events within the agent mean, in their order.

    Args:
        happenings: the events.
        sites: configured devices by name; an event about another one counts as the agent's.
        rules: the rules of a device by its name.
    """
    looks = []
    for event in happenings:
        site = sites.get(getattr(event, "device", ""), AGENT)
        for kind, sight in _sights(event):
            settings = rules(site.name)(kind.name)
            if settings.enabled:
                looks.append(Look(site, (_finding(kind, settings, site, sight),)))
            else:
                looks.append(Look(site, retired=frozenset({kind.name})))
    return looks


def _sights(event: Event) -> Iterator[tuple[AlarmType, Sight]]:
    yield from (_sights_of_bus(event) if isinstance(event, _OF_BUS) else _sights_of_agent(event))


_OF_BUS: Final = (events.MessageFailed, events.MessageSucceeded, events.MessageStalled, events.StallEnded)


def _sights_of_bus(
    event: events.MessageFailed | events.MessageSucceeded | events.MessageStalled | events.StallEnded,
) -> Iterator[tuple[AlarmType, Sight]]:
    of_type = f"interapp/{event.message_type}"
    if isinstance(event, events.MessageFailed):
        value = f"{event.reason}, message {event.number}" + (f": {event.text}" if event.text else "")
        text = f"{bus.INTER_APP_FAILED.text}: {event.message_type}"
        yield bus.INTER_APP_FAILED, Sight(of_type, Condition.TRUE, value, text)
    elif isinstance(event, events.MessageSucceeded):
        yield bus.INTER_APP_FAILED, Sight(of_type, Condition.FALSE, "succeeded")
    else:
        seconds = event.seconds if isinstance(event, events.MessageStalled) else None
        value = event.message_type if seconds is None else f"{event.message_type} for {seconds:.0f} s"
        yield bus.INTER_APP_STALLED, Sight(f"interapp/message-{event.number}", known(seconds is not None), value)


def _sights_of_agent(event: Event) -> Iterator[tuple[AlarmType, Sight]]:
    if isinstance(event, events.MailboxFull):
        yield bus.INTER_APP_FULL, Sight("interapp", Condition.TRUE, f"{event.open} open")
    elif isinstance(event, events.MailboxFree):
        yield bus.INTER_APP_FULL, Sight("interapp", Condition.FALSE, "room")
    elif isinstance(event, events.DataLossCrossed):
        yield reach.DATA_LOSS_HIGH, Sight("", known(event.over), f"{event.permille / 10:g} %")
    elif isinstance(event, events.StateWriting):
        yield bus.STATE_NOT_WRITTEN, Sight("state", known(not event.written), event.problem)
    elif isinstance(event, events.StateSetAside):
        yield bus.STATE_LOST, Sight("state", Condition.TRUE, event.kept_as)
    elif isinstance(event, events.ProcessDied):
        value = f"{event.name}, deaths since the start: {event.restarts}"
        yield bus.PROCESS_DIED, Sight(f"process/{event.name}", Condition.TRUE, value)
    elif isinstance(event, events.TransactionRolledBack):
        text = f"{configuring.TRANSACTION_ROLLED_BACK.text}: {event.text}"
        yield (
            configuring.TRANSACTION_ROLLED_BACK,
            Sight(f"config/transaction-{event.number}", Condition.TRUE, f"transaction {event.number}", text),
        )
    elif isinstance(event, events.EditLeft):
        yield configuring.ROLLBACK_INCOMPLETE, Sight(
            f"config/transaction-{event.number}/{event.target}", known(event.is_left), f"transaction {event.number}",
            event.text,
        )  # fmt: skip
