"""The `chassis0` branch of the status: the slots and what is plugged into them."""

from __future__ import annotations

from dataclasses import dataclass

from agent.sim.cards import card_members
from agent.sim.clocks import clock_module
from agent.sim.hps import hps_members
from agent.sim.moment import Moment
from agent.sim.network import CPU_MODEL
from agent.sim.shape import JsonObject
from agent.sim.spec import SimSpec

# One model of every IMS card family.
FAMILY_OF_MODEL = {
    "bpe2352": "bpe",
    "cpe180": "cpe",
    "esi180": "esi",
    "fdm180": "fdm",
    "gnm181": "gnm",
    "gns183": "gns",
    "gns181-uc": "gns-uc",
    "gps180": "gps",
    "hps100": "hps",
    "liu": "liu",
    "lno180": "lno",
    "mri": "mri",
    "pio180": "pio",
    "pzf180": "pzf",
    "rel1000": "rel",
    "rsc180": "rsc",
    "scg": "scg",
    "tcr180": "tcr",
    "vsg181": "vsg",
    "vsi180": "vsi",
}
RECEIVERS = ("gnm", "gns", "gns-uc", "gps", "pzf", "tcr")

# The models that follow the HPS100 cards in the I/O slots.
_IO_MODELS = [
    "lno180",
    "bpe2352",
    "cpe180",
    "fdm180",
    "gnm181",
    "gns181-uc",
    "liu",
    "pio180",
    "pzf180",
    "rel1000",
    "scg",
    "tcr180",
    "vsg181",
]
# Some cards report their serial padded to 16 characters, as the clock of the V10 capture does.
_PADDED = ("gps180", "pzf180", "tcr180", "hps100")
# Delivered power of a supply in W; an empty or dead one reports zero.
_SUPPLY_POWER = 100.0


@dataclass(frozen=True)
class Slot:
    """A place in the chassis and the model that sits there ("" if it is empty)."""

    name: str
    kind: str
    model: str
    position: int


def slots(spec: SimSpec) -> list[Slot]:
    """The slots in the order the device of this spec lists them."""
    plan = _small_plan(spec) if spec.generation == 8 else _large_plan(spec)
    found = [Slot(name, kind, model, position) for position, (name, kind, model) in enumerate(plan)]
    if spec.is_v20:
        return found
    # V10 lists the CPU before the clocks, V20 by position.
    order = {"pwr": 0, "cpu": 1}
    return sorted(found, key=lambda slot: order.get(slot.kind, 2))


def _large_plan(spec: SimSpec) -> list[tuple[str, str, str]]:
    """An M3000. With two HPS100 cards and one card of each other family its 16 I/O slots just do."""
    plan = [("pwr1", "pwr", "psu"), ("pwr2", "pwr", "psu"), ("pwr3", "pwr", "psu"), ("pwr4", "pwr", "")]
    plan += [("clk1", "clk", "gns183"), ("clk2", "clk", "gps180"), ("rsc", "scu", "rsc180")]
    plan += [("cpu", "cpu", CPU_MODEL), ("mri1", "mri", "mri"), ("mri2", "mri", "vsi180")]
    plan += [("esi1", "esi", "esi180"), ("esi2", "esi", "")]
    models = ["hps100"] * spec.hps_cards + _IO_MODELS
    models += [""] * max(1, 16 - len(models))
    plan += [(f"io{number}", "io", model) for number, model in enumerate(models, start=1)]
    return plan


def _small_plan(spec: SimSpec) -> list[tuple[str, str, str]]:
    """An M1000S."""
    plan = [("pwr1", "pwr", "psu"), ("pwr2", "pwr", ""), ("clk1", "clk", "gps180"), ("clk2", "clk", "")]
    plan += [("rsc", "scu", "rsc180"), ("cpu", "cpu", CPU_MODEL)]
    models = ["hps100"] * spec.hps_cards + ["bpe2352", ""]
    plan += [(f"io{number}", "io", model) for number, model in enumerate(models, start=1)]
    return plan


def chassis_branch(moment: Moment, only: str = "") -> JsonObject:
    """`/api/status/chassis0`; `only` limits the work to one slot when just that one is asked for."""
    spec = moment.spec
    found = slots(spec)
    if moment.conditions.slots_reordered:
        found = found[::-1]
    return {
        "model": spec.release.model,
        "serial-number": spec.serial("chassis"),
        "backplane-revision": "V53",
        "firmware-image": spec.release.firmware,
        "slot-layout": f"1,{len(found)}",
        "slots": [_slot(moment, slot) for slot in found if not only or slot.name == only],
    }


def fitted_model(moment: Moment, slot: Slot) -> str:
    """The model in the slot at this moment: "" if the slot is empty or the card is pulled."""
    if slot.name in moment.conditions.pulled:
        return ""
    return moment.conditions.replaced.get(slot.name, slot.model)


def _slot(moment: Moment, slot: Slot) -> JsonObject:
    model = fitted_model(moment, slot)
    node: JsonObject = {
        "object-id": slot.name,
        "slot-id": slot.name,
        "slot-type": slot.kind,
        "slot-position": f"0,{slot.position},1",
        "slot-orientation": "vertical",
    }
    if slot.kind == "pwr":
        node["module"] = _supply(moment, slot, model)
    elif model:
        node["module"] = _module(moment, slot, model)
    return node


def _supply(moment: Moment, slot: Slot, model: str) -> JsonObject:
    """A power supply; an empty bay has a module all the same, but no `info`."""
    if not model:
        return {"power-available": False, "power-capacity": 0.0}
    # The third supply is plugged in without mains.
    dead = slot.name == "pwr3" or slot.name in moment.conditions.lost_supplies
    info = {"model": model, "serial-number": "", "software-revision": "", "firmware-image": ""}
    return {
        "power-available": not dead,
        "power-capacity": 0.0 if dead else _SUPPLY_POWER,
        "info": info,
    }


def _module(moment: Moment, slot: Slot, model: str) -> JsonObject:
    family = FAMILY_OF_MODEL.get(model, "")
    module: JsonObject = {}
    if moment.spec.is_v20 and family in RECEIVERS:
        # Both are null on the V20 device.
        module |= {"dac-cal": None, "dac-val": None}
    module["info"] = _info(moment, slot, model)
    if family == "hps":
        return module | hps_members(moment, slot.name)
    if family in RECEIVERS:
        return module | clock_module(moment, slot.name, family)
    return module | card_members(moment, slot.name, family)


def _info(moment: Moment, slot: Slot, model: str) -> JsonObject:
    spec = moment.spec
    if slot.kind == "cpu":
        return {
            "model": model,
            "serial-number": "N/A",
            "software-revision": spec.release.version,
            "firmware-image": spec.release.firmware,
            "sensors": {"temperature-1": moment.temperature("cpu", 48.0)},
        }
    replaced = slot.name in moment.conditions.replaced
    serial = spec.serial(f"{slot.name}/{model}/{'spare' if replaced else 'original'}")
    if model in _PADDED and not spec.is_v20:
        serial = f"{serial:<16}"
    sensors = {"temperature-1": moment.temperature(slot.name)}
    if model in ("hps100", "lno180"):
        sensors["temperature-2"] = moment.temperature(slot.name + "/2", 47.0)
    return {
        "model": model,
        "serial-number": serial,
        "software-revision": f"v{1 + spec.number(model) % 2}.{spec.number(model) % 40:02d}",
        "firmware-image": f"{model}-{spec.number(model) % 90 + 10}",
        "sensors": sensors,
    }
