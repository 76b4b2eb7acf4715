"""PTPv2 instances: port state, grandmaster, offset, delay, clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agent.model.alarm.facts import Facts, Key, Scene
from agent.model.alarm.finding import Condition, Sight, above, known
from agent.model.alarm.kind import AlarmType, RuleSettings, Threshold
from agent.model.severity import Severity

_INSTANCE = ("lnbPtpPresence", "lnbPtpSlotId", "lnbPtpName")
PORT_STATES = (
    "uninitialized", "initializing", "faulty", "disabled", "listening", "preMaster", "master", "passive",
    "uncalibrated", "slave",
)  # fmt: skip
"""The labels of lnbPtpPortState."""

_BY_ROLE = {"Slave": ("slave",), "Master": ("master", "passive")}
"""Port states to expect, by how the role's label ends."""


def _instances(scene: Scene) -> Iterator[tuple[Key, str]]:
    """Row and resource of the instances that the card lists now."""
    for key, presence in scene.facts.rows("lnbPtpPresence").items():
        if presence == "present":
            yield key, _name(scene.facts, key)


def _name(facts: Facts, key: Key) -> str:
    return f"{facts.at('lnbPtpSlotId', key)}/{facts.at('lnbPtpName', key)}"


def _missing(scene: Scene) -> Iterator[Sight]:
    """Instances of which nothing is known while their row is held."""
    for key, presence in scene.facts.rows("lnbPtpPresence").items():
        if presence != "present":
            yield Sight(_name(scene.facts, key), Condition.UNKNOWN)


def _changes(scene: Scene, name: str) -> Iterator[tuple[Key, str, Any]]:
    """Row, resource and value of the instances in which a cell differs from the one before."""
    if scene.before is None:
        return
    for key, resource in _instances(scene):
        now, before = scene.facts.at(name, key), scene.before.at(name, key)
        if now is not None and before is not None and now != before:
            yield key, resource, now


def _state_changed(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    for key, resource, state in _changes(scene, "lnbPtpPortState"):
        yield Sight(resource, Condition.TRUE, state, object_name="lnbPtpPortState", key=key)


def _grandmaster_changed(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    for key, resource, identity in _changes(scene, "lnbPtpGmIdentity"):
        yield Sight(resource, Condition.TRUE, identity, object_name="lnbPtpGmIdentity", key=key)


def _expected(scene: Scene, key: Key, settings: RuleSettings) -> tuple[str, ...]:
    """Port states that are as they should be; () when nothing is expected."""
    configured = settings.words("states")
    if configured:
        return configured
    if scene.facts.at("lnbPtpEnabled", key) is False:
        return ()
    role = str(scene.facts.at("lnbPtpRole", key))
    return next((states for ending, states in _BY_ROLE.items() if role.endswith(ending)), ())


def _unexpected(scene: Scene, settings: RuleSettings) -> Iterator[Sight]:
    yield from _missing(scene)
    for key, resource in _instances(scene):
        state, expected = scene.facts.at("lnbPtpPortState", key), _expected(scene, key, settings)
        condition = known(None if state is None else bool(expected) and state not in expected)
        text = f"PTP port state is not {' or '.join(expected)}" if expected else ""
        yield Sight(resource, condition, str(state or ""), text, object_name="lnbPtpPortState", key=key)


def _time(scene: Scene, settings: RuleSettings, name: str) -> Iterator[Sight]:
    """A time of each instance against its limit; a value that does not fit Integer32 is far above any limit."""
    yield from _missing(scene)
    limit, band = settings.number("limit_ns"), settings.number("band_ns")
    for key, resource in _instances(scene):
        ns, text = scene.facts.at(name, key), scene.facts.at(f"{name}Text", key)
        size = abs(ns) if ns is not None else None if text is None else float("inf")
        yield Sight(resource, above(size, limit, band), str(text or ""), object_name=name, key=key)


def _offset(scene: Scene, settings: RuleSettings) -> Iterator[Sight]:
    yield from _time(scene, settings, "lnbPtpOffset")


def _delay(scene: Scene, settings: RuleSettings) -> Iterator[Sight]:
    yield from _time(scene, settings, "lnbPtpMeanPathDelay")


def _clients(scene: Scene, settings: RuleSettings) -> Iterator[Sight]:
    yield from _missing(scene)
    limit, band = settings.number("limit"), settings.number("band")
    for key, resource in _instances(scene):
        clients = scene.facts.at("lnbPtpClients", key)
        shown = "" if clients is None else f"{clients} clients"
        yield Sight(resource, above(clients, limit, band), shown, object_name="lnbPtpClients", key=key)


PTP_PORT_STATE_CHANGED = AlarmType(
    18, "ptpPortStateChanged", Severity.WARNING,
    text="PTP port state changed",
    cause="The port state of a PTPv2 instance changed from one poll to the next. The value is the new state.",
    remedy="None when it was meant to. Else look for the grandmaster, and at links and PTP messages received.",
    rule=_state_changed, reads=("lnbPtpPortState", *_INSTANCE), once=True, clear_after_s=3600,
)  # fmt: skip
PTP_PORT_UNEXPECTED = AlarmType(
    19, "ptpPortUnexpected", Severity.MAJOR,
    text="PTP port state is not as expected",
    cause="A PTPv2 instance is in another port state than the configuration lists (states), or than its role wants: "
    "slave for a slave, master or passive for a master.",
    remedy="Check link, domain, profile and the grandmaster of the network.",
    rule=_unexpected, reads=("lnbPtpPortState", "lnbPtpRole", "lnbPtpEnabled", *_INSTANCE), raise_after_s=60,
    thresholds=(
        Threshold("states", (), "port states that are as they should be; by role when empty", words=PORT_STATES),
    ),
)  # fmt: skip
PTP_GRANDMASTER_CHANGED = AlarmType(
    20, "ptpGrandmasterChanged", Severity.WARNING,
    text="PTP grandmaster changed",
    cause="A PTPv2 instance follows another grandmaster than at the poll before. The value is its clock identity.",
    remedy="Check why the former grandmaster was given up, if that was not intended.",
    rule=_grandmaster_changed, reads=("lnbPtpGmIdentity", *_INSTANCE), once=True, clear_after_s=3600,
)  # fmt: skip
PTP_OFFSET_HIGH = AlarmType(
    21, "ptpOffsetHigh", Severity.MINOR,
    text="PTP offset from the master is above its limit",
    cause="The offset of a PTPv2 instance from its master, positive or negative, is larger than limit_ns.",
    remedy="Check the path to the master (asymmetry, load, switches without PTP support) and the master itself.",
    rule=_offset, reads=("lnbPtpOffset", "lnbPtpOffsetText", *_INSTANCE), raise_after_s=60,
    thresholds=(
        Threshold("limit_ns", 1_000_000, "largest offset, nanoseconds"),
        Threshold("band_ns", 100_000, "nanoseconds below the limit at which it is over"),
    ),
)  # fmt: skip
PTP_DELAY_HIGH = AlarmType(
    22, "ptpDelayHigh", Severity.MINOR,
    text="PTP path delay is above its limit",
    cause="The mean path delay of a PTPv2 instance is larger than limit_ns.",
    remedy="Check the path to the master: another route, load, switches without PTP support.",
    rule=_delay, reads=("lnbPtpMeanPathDelay", "lnbPtpMeanPathDelayText", *_INSTANCE), raise_after_s=60,
    thresholds=(
        Threshold("limit_ns", 10_000_000, "largest mean path delay, nanoseconds"),
        Threshold("band_ns", 1_000_000, "nanoseconds below the limit at which it is over"),
    ),
)  # fmt: skip
PTP_CLIENTS_NEAR_LIMIT = AlarmType(
    23, "ptpClientsNearLimit", Severity.WARNING,
    text="PTP unicast clients near the card's limit",
    cause="An instance serves more unicast clients than `limit`; a card serves 2048 at most and refuses further ones.",
    remedy="Spread the clients over more cards.",
    rule=_clients, reads=("lnbPtpClients", *_INSTANCE),
    thresholds=(
        Threshold("limit", 1900, "clients of an instance", 0, 2048),
        Threshold("band", 50, "clients below the limit at which it is over", 0, 2048),
    ),
)  # fmt: skip

TYPES = (
    PTP_PORT_STATE_CHANGED, PTP_PORT_UNEXPECTED, PTP_GRANDMASTER_CHANGED, PTP_OFFSET_HIGH, PTP_DELAY_HIGH,
    PTP_CLIENTS_NEAR_LIMIT,
)  # fmt: skip
