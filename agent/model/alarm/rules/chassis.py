"""Slots, modules, power supplies, temperatures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agent.model.alarm.facts import Key, Scene
from agent.model.alarm.finding import Condition, Sight, above, known
from agent.model.alarm.kind import AlarmType, RuleSettings, Threshold
from agent.model.severity import Severity

_IDENTITY: Final = ("lnbModuleModel", "lnbModuleSerial")
"""What makes a module the one it is; software may be updated."""


def _slots(scene: Scene) -> Iterator[tuple[Key, str, str]]:
    """Row, slot ID and state of every slot."""
    for key, state in scene.facts.rows("lnbSlotState").items():
        yield key, str(scene.facts.at("lnbSlotId", key) or key[-1]), state


def _was_occupied(scene: Scene, key: Key) -> bool:
    return scene.before is not None and scene.before.at("lnbSlotState", key) in ("occupied", "otherCard")


def _emptied(scene: Scene, key: Key, state: str) -> Condition:
    """Whether a module was pulled: seen once as a change, and the case until one is there again."""
    if state in ("occupied", "otherCard"):
        return Condition.FALSE
    if state != "empty":
        return Condition.UNKNOWN
    return Condition.TRUE if _was_occupied(scene, key) else Condition.SAME


def _slot_emptied(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    for key, slot, state in _slots(scene):
        if scene.facts.at("lnbSlotType", key) == "pwr":
            continue  # powerSupplyLost says it
        expected = state == "empty" and scene.facts.at("lnbSlotExpectedFamily", key) is not None
        condition = Condition.TRUE if expected else _emptied(scene, key, state)
        model = scene.before.at("lnbModuleModel", key) if scene.before else None
        yield Sight(slot, condition, str(model or ""), object_name="lnbSlotState", key=key)


def _module_changed(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    if scene.before is None:
        return
    for key, slot, state in _slots(scene):
        if state not in ("occupied", "otherCard") or not _was_occupied(scene, key):
            continue
        now, before = (tuple(facts.at(name, key) for name in _IDENTITY) for facts in (scene.facts, scene.before))
        changed = any(a != b for a, b in zip(now, before, strict=True) if a is not None and b is not None)
        if changed:
            shown = " ".join(str(one) for one in now if one)
            yield Sight(slot, Condition.TRUE, shown, object_name="lnbModuleModel", key=key)


def _module_fault(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    for key, slot, state in _slots(scene):
        if state == "missing":
            yield Sight(slot, Condition.UNKNOWN)
            continue
        fault = state in ("otherCard", "notFound")
        text = {"otherCard": "Module is not of the family expected", "notFound": "Slot does not exist"}.get(state, "")
        yield Sight(slot, known(fault), state, text, object_name="lnbSlotState", key=key)


def _power(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    for key, slot, state in _slots(scene):
        if scene.facts.at("lnbSlotType", key) != "pwr":
            continue
        if state == "occupied" and scene.facts.at("lnbModuleState", key) == "noPower":
            yield Sight(slot, Condition.TRUE, "noPower", object_name="lnbModuleState", key=key)
            continue
        yield Sight(slot, _emptied(scene, key, state), state, object_name="lnbSlotState", key=key)


def _temperature(scene: Scene, settings: RuleSettings) -> Iterator[Sight]:
    high, low, band = (settings.number(name) for name in ("high_c", "low_c", "band_c"))
    for key, kind in scene.facts.rows("lnbSensorType").items():
        if kind != "celsius":
            continue
        milli = scene.facts.at("lnbSensorValue", key)
        value = None if milli is None else milli / 1000
        slot, name = scene.facts.at("lnbSensorSlotId", key), scene.facts.at("lnbSensorName", key)
        too_high = above(value, high, band)
        too_low = above(None if value is None else -value, -low, band)
        text = f"Temperature below {low:g} C" if too_low is Condition.TRUE else f"Temperature above {high:g} C"
        condition = _either(too_high, too_low)
        shown = "" if value is None else f"{value:g} C"
        yield Sight(f"{slot}/{name}", condition, shown, text, object_name="lnbSensorValue", key=key)


def _either(one: Condition, other: Condition) -> Condition:
    for condition in (Condition.TRUE, Condition.SAME, Condition.UNKNOWN):
        if condition in (one, other):
            return condition
    return Condition.FALSE


SLOT_EMPTIED = AlarmType(
    13, "slotEmptied", Severity.MAJOR,
    text="Module was pulled from its slot",
    cause="A slot that held a module is empty, or a slot is empty in which the configuration expects one. The value "
    "names the module that was there.",
    remedy="Plug the module. A slot that is to stay empty: switch the rule off for the device, which ends the alarm, "
    "and on again.",
    rule=_slot_emptied,
    reads=("lnbSlotState", "lnbSlotId", "lnbSlotType", "lnbSlotExpectedFamily", "lnbModuleModel"),
)  # fmt: skip
MODULE_CHANGED = AlarmType(
    14, "moduleChanged", Severity.WARNING,
    text="Another module is in the slot",
    cause="Model or serial number of the module in a slot changed from one poll to the next. The value names the new "
    "module.",
    remedy="None when it was done on purpose: acknowledge it. Else find out who changed the module.",
    rule=_module_changed, reads=("lnbSlotState", "lnbSlotId", *_IDENTITY), once=True, clear_after_s=86_400,
)  # fmt: skip
MODULE_FAULT = AlarmType(
    15, "moduleFault", Severity.MAJOR,
    text="Module fault",
    cause="The configuration names a slot that the device does not have, or expects another family of card in it.",
    remedy="Compare the device with the configured slots (lnbDeviceSlotProblems).",
    rule=_module_fault, reads=("lnbSlotState", "lnbSlotId"),
)  # fmt: skip
POWER_SUPPLY_LOST = AlarmType(
    16, "powerSupplyLost", Severity.MAJOR,
    text="Power supply lost",
    cause="A power supply has no mains, or was pulled.",
    remedy="Check mains, fuse and cable; replace the supply if it stays so.",
    rule=_power, reads=("lnbSlotState", "lnbSlotId", "lnbSlotType", "lnbModuleState"),
)  # fmt: skip
TEMPERATURE_OUT_OF_RANGE = AlarmType(
    17, "temperatureOutOfRange", Severity.MINOR,
    text="Temperature out of range",
    cause="A sensor is above high_c or below low_c.",
    remedy="Check fans, air flow and room temperature.",
    rule=_temperature, reads=("lnbSensorType", "lnbSensorValue", "lnbSensorSlotId", "lnbSensorName"),
    thresholds=(
        Threshold("high_c", 75.0, "highest temperature, degrees Celsius", -100, 200),
        Threshold("low_c", 0.0, "lowest temperature, degrees Celsius", -100, 200),
        Threshold("band_c", 2.0, "degrees within the range at which it is over", 0, 50),
    ),
)  # fmt: skip

TYPES = (SLOT_EMPTIED, MODULE_CHANGED, MODULE_FAULT, POWER_SUPPLY_LOST, TEMPERATURE_OUT_OF_RANGE)
