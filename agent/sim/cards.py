"""Status modules of the IMS cards that are neither receivers nor HPS100; their own members are inferred."""

from __future__ import annotations

from collections.abc import Callable

from agent.sim.clocks import clock_sync_status
from agent.sim.moment import Moment
from agent.sim.shape import JsonList, JsonObject

Output = tuple[str, str]

_ALWAYS, _IF_SYNC, _OFF = "always-enabled", "if-sync", "disabled"

# Type and operation mode of each output, in the words of the maker's public header file.
OUTPUTS: dict[str, tuple[Output, ...]] = {
    "bpe": (("pps", _ALWAYS), ("10mhz", _ALWAYS), ("time-code", _IF_SYNC), ("programmable-output", _OFF)),
    "cpe": (("pps", _ALWAYS), ("time-code", _IF_SYNC), ("programmable-output", _IF_SYNC), ("uart", _OFF)),
    "liu": (("2048khz", _IF_SYNC), ("e1", _IF_SYNC), ("e1", _IF_SYNC), ("t1", _OFF)),
    "lno": (("10mhz", _ALWAYS), ("10mhz", _ALWAYS), ("10mhz", _ALWAYS), ("10mhz", _ALWAYS)),
    "pio": (("pps", _ALWAYS), ("pps", _IF_SYNC), ("programmable-output", _OFF)),
    "rel": (("spdt-relay", _ALWAYS), ("spst-relay", _ALWAYS), ("spst-relay", _IF_SYNC)),
    "vsg": (("black-burst", _IF_SYNC), ("tri-level-sync", _IF_SYNC), ("word-clock", _IF_SYNC), ("ltc", _OFF)),
}


def card_members(moment: Moment, slot: str, family: str) -> JsonObject:
    """The members that follow `info` in the status module of the card."""
    builder = _BUILDERS.get(family)
    return builder(moment, slot) if builder else {}


def _outputs(moment: Moment, slot: str, family: str) -> JsonList:
    """What the outputs do: those that need synchronisation fall silent without it."""
    lost = moment.conditions.clock_state == "not-synchronized"
    rows = []
    for index, (kind, delivered) in enumerate(OUTPUTS[family]):
        mode = str(moment.module_setting(slot, f"outputs/output{index}/mode", delivered))
        active = mode == _ALWAYS or (mode == _IF_SYNC and not lost)
        rows.append(
            {
                "object-id": f"output{index}",
                "type": kind,
                "mode": mode,
                "state": "on" if active else "off",
            }
        )
    return rows


def _distributor(family: str) -> Callable[[Moment, str], JsonObject]:
    """A card that follows the system reference and drives outputs."""
    return lambda moment, slot: {"outputs": _outputs(moment, slot, family)}


def _synchronised(family: str) -> Callable[[Moment, str], JsonObject]:
    """A card with an oscillator or a filter of its own, so with a synchronisation of its own."""
    return lambda moment, slot: {
        "sync-status": clock_sync_status(moment, slot),
        "outputs": _outputs(moment, slot, family),
    }


def _low_noise(moment: Moment, slot: str) -> JsonObject:
    rows = _outputs(moment, slot, "lno")
    for index, row in enumerate(rows):
        row["level"] = round(12.1 + moment.wander(f"{slot}/level{index}", 0.3), 1)
    pll = {"locked": True, "control-voltage": round(2.4 + moment.wander(f"{slot}/pll", 0.1), 2)}
    return {"sync-status": clock_sync_status(moment, slot), "pll": pll, "outputs": rows}


def _signal_inputs(kinds: tuple[str, ...]) -> Callable[[Moment, str], JsonObject]:
    """An input card: signals with their quality, the first in use."""

    def build(moment: Moment, slot: str) -> JsonObject:
        rows = [_input(moment, slot, index, kind, len(kinds)) for index, kind in enumerate(kinds)]
        return {"sync-status": clock_sync_status(moment, slot), "inputs": rows}

    return build


def _input(moment: Moment, slot: str, index: int, kind: str, count: int) -> JsonObject:
    present = index < count - 1
    name = f"{slot}/input{index}"
    return {
        "object-id": f"input{index}",
        "type": kind,
        "signal": present,
        "quality": int(90 + moment.wander(name, 6)) if present else 0,
        "quality-level": "prc" if present else "dnu",
        "offset": int(moment.wander(name + "/offset", 60)) if present else 0,
        "selected": index == 0,
    }


def _frequency_monitor(moment: Moment, slot: str) -> JsonObject:
    """Power line monitor: the members of the FDM status structure."""
    frequency = round(50.0 + moment.wander(f"{slot}/freq", 0.03), 4)
    deviation = round(moment.wander(f"{slot}/deviation", 0.8), 3)
    return {
        "sync-status": clock_sync_status(moment, slot),
        "fdm": {
            "freq": frequency,
            "line-freq": "50hz",
            "t-ref": moment.now.strftime("%H:%M:%S"),
            "t-plt": moment.now.strftime("%H:%M:%S"),
            "t-sync": "00:00:00",
            "time-deviation": deviation,
            "flags": {
                "sync-after-reset": True,
                "plt-locked": True,
                "fd-overflow": False,
                "td-overflow": False,
            },
        },
    }


def _redundant_switch(moment: Moment, slot: str) -> JsonObject:
    switched = moment.conditions.clock_state != "synchronized" or "clk1" in moment.conditions.pulled
    return {
        "switch": {
            "mode": moment.module_setting(slot, "switch/mode", "automatic"),
            "active-clock": "clk2" if switched else "clk1",
            "standby-clock": "clk1" if switched else "clk2",
            "clk1-ok": not switched,
            "clk2-ok": True,
        }
    }


def _ports(kinds: tuple[str, ...], direction: str) -> Callable[[Moment, str], JsonObject]:
    """A card with video or studio ports."""

    def build(moment: Moment, slot: str) -> JsonObject:
        rows = [
            {
                "object-id": f"port{index}",
                "type": kind,
                "direction": direction,
                "format": "ntsc" if kind == "black-burst" else "none",
                "state": "on" if index == 0 else "off",
                "signal": index == 0,
                "offset": int(moment.wander(f"{slot}/port{index}", 90)),
            }
            for index, kind in enumerate(kinds)
        ]
        return {"sync-status": clock_sync_status(moment, slot), "ports": rows}

    return build


_BUILDERS: dict[str, Callable[[Moment, str], JsonObject]] = {
    "bpe": _distributor("bpe"),
    "cpe": _synchronised("cpe"),
    "esi": _signal_inputs(("e1", "2048khz", "10mhz", "t1")),
    "fdm": _frequency_monitor,
    "liu": _synchronised("liu"),
    "lno": _low_noise,
    "mri": _signal_inputs(("10mhz", "pps", "irig-dcls", "irig-am")),
    "pio": _distributor("pio"),
    "rel": _distributor("rel"),
    "rsc": _redundant_switch,
    "scg": _ports(("word-clock", "aes3-dars", "aes3-dars", "word-clock"), "output"),
    "vsg": _synchronised("vsg"),
    "vsi": _ports(("black-burst", "tri-level-sync", "ltc"), "input"),
}
