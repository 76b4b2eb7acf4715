"""Chassis, slots and the modules in them."""

from __future__ import annotations

from agent.mib.declaration import Access, Column, Group, Table, described, with_text
from agent.mib.groups.common import DEVICE, SLOT, SLOTS
from agent.mib.syntax import GAUGE, INDEX, TEXT, TRUTH, enumeration
from agent.mib.view import Row
from agent.model import reading
from agent.model.family import FAMILIES, family
from agent.model.reading import ABSENT

SLOT_TYPE = enumeration("pwr", "clk", "cpu", "int", "scu", "mri", "esi", "io")
ORIENTATION = enumeration("vertical", "horizontal", "internal")
SLOT_STATE = enumeration("occupied", "empty", "missing", "notFound", "otherCard")
MODULE_STATE = enumeration("present", "missing", "noPower", "otherCard")


def _family_label(name: str) -> str:
    return name.replace("-", "").lower()


FAMILY = enumeration(*(_family_label(name) for name in FAMILIES), "clk", "pwr", "cpu")


def family_of(row: Row) -> str:
    """The family of the module in a slot's row."""
    model = row.find("module.info.model")
    slot_type = row.find("slot-type")
    return family(str(model or ""), str(slot_type or ""))


def has_module(row: Row) -> bool:
    """Whether something is plugged: the device leaves `module` out of an empty slot, and `info` out of an empty bay."""
    module = row.find("module")
    if not isinstance(module, dict) or not module:
        return False
    return "info" in module or module.get("power-available") is not False


def _expected(row: Row) -> str | None:
    return row.settings.slots.get(row.keys[0])


def _other_card(row: Row) -> bool:
    expected = _expected(row)
    return expected is not None and has_module(row) and expected.lower() != family_of(row).lower()


def slot_state(row: Row) -> str:
    """State of a slot; slots named in the configuration may not exist or hold another card."""
    if not row.present:
        return "missing"
    if row.keys[0] in row.settings.slots and row.find("slot-type") is None and not has_module(row):
        return "notFound"
    if _other_card(row):
        return "otherCard"
    return "occupied" if has_module(row) else "empty"


def module_state(row: Row) -> str:
    """State of a module."""
    if not row.present:
        return "missing"
    if _other_card(row):
        return "otherCard"
    return "noPower" if row.find("module.power-available") is False else "present"


CHASSIS = Table(
    1,
    "lnbChassisTable",
    "The chassis of each device.",
    "One chassis. The REST API knows one chassis per device, chassis0.",
    (DEVICE,),
    (
        Column(1, "lnbChassisModel", TEXT, "Model of the chassis, such as M3000.", ("model",)),
        Column(2, "lnbChassisSerial", TEXT, "Serial number of the chassis.", ("serial-number",)),
        Column(3, "lnbChassisBackplane", TEXT, "Revision of the backplane.", ("backplane-revision",)),
        Column(4, "lnbChassisFirmwareImage", TEXT, "Firmware the chassis was started with.", ("firmware-image",)),
        Column(
            5,
            "lnbChassisSlotLayout",
            TEXT,
            "Arrangement of the slots as the device writes it: rows, then columns, separated by a comma (the order is "
            "inferred).",
            ("slot-layout",),
        ),
        Column(
            6,
            "lnbChassisSlots",
            GAUGE,
            "Number of slots, empty ones included.",
            value=lambda row: len(row.find("slots") or ()),
        ),
        Column(
            7,
            "lnbChassisModules",
            GAUGE,
            "Number of slots in which a module is plugged.",
            value=lambda row: sum(
                isinstance(slot, dict) and isinstance(slot.get("module"), dict) and "info" in slot["module"]
                for slot in row.find("slots") or ()
            ),
        ),
    ),
    rows=("status.chassis0",),
)

SLOT_TABLE = Table(
    2,
    "lnbSlotTable",
    "Every slot of the chassis, empty ones included. Slots are known by their slot ID; an index once given to a slot "
    "ID is never given to another.",
    "One slot.",
    (DEVICE, SLOT),
    (
        Column(
            1,
            "lnbSlotIndex",
            INDEX,
            "Number of the slot, given when its slot ID is first seen and kept for ever.",
            access=Access.NOT_ACCESSIBLE,
        ),
        Column(
            2,
            "lnbSlotId",
            TEXT,
            "Slot ID, such as clk1 or io3: the name of the slot in the device's REST paths.",
            ("slot-id", "object-id"),
        ),
        *described(3, "lnbSlotType", SLOT_TYPE, "What the slot is made for.", "slot-type"),
        Column(
            5,
            "lnbSlotState",
            SLOT_STATE,
            "occupied: a module is plugged. empty: none is. missing: the device no longer lists the slot; the row "
            "stays for the configured hold. notFound: the configuration names a slot ID that the device does not have. "
            "otherCard: the module is not of the family that the configuration expects in this slot.",
            value=slot_state,
        ),
        Column(
            6,
            "lnbSlotPosition",
            TEXT,
            "Position as the device writes it: row, column and width, separated by commas (the order is inferred).",
            ("slot-position",),
        ),
        *described(7, "lnbSlotOrientation", ORIENTATION, "How a module stands in the slot.", "slot-orientation"),
        Column(
            9,
            "lnbSlotExpectedFamily",
            TEXT,
            "Family of card that the configuration expects in this slot.",
            value=_expected,
        ),
        Column(
            10,
            "lnbSlotModel",
            TEXT,
            "Model of the module in the slot, for reading the table at a glance; see lnbModuleTable.",
            value=lambda row: reading.text(row.find("module.info.model")),
        ),
    ),
    rows=(SLOTS,),
    keep=True,
)

MODULE_TABLE = Table(
    3,
    "lnbModuleTable",
    "The modules plugged in the slots: IMS cards, receivers, power supplies, CPU.",
    "One module, by the slot it stands in. A module that was pulled stays with state missing for the configured hold.",
    (DEVICE, SLOT),
    (
        Column(
            1,
            "lnbModuleFamily",
            FAMILY,
            "Family of the module, told from its model name; a clock, power supply or CPU that is no IMS card reads "
            "clk, pwr or cpu, anything else other.",
            value=lambda row: _family_label(family_of(row)),
        ),
        Column(2, "lnbModuleModel", TEXT, "Model name of the module.", ("module.info.model",)),
        Column(
            3, "lnbModuleState", MODULE_STATE,
            "present: the device lists the module. missing: it did and does no longer. noPower: a power supply without "
            "mains. otherCard: not of the family that the configuration expects here.",
            value=module_state,
        ),
        Column(4, "lnbModuleSerial", TEXT, "Serial number, without padding.", ("module.info.serial-number",)),
        Column(5, "lnbModuleSoftware", TEXT, "Software revision.", ("module.info.software-revision",)),
        Column(6, "lnbModuleFirmwareImage", TEXT, "Firmware image.", ("module.info.firmware-image",)),
        Column(
            7, "lnbModuleHardware", TEXT, "Hardware revision (path inferred).",
            ("module.info.hardware-revision", "module.info.hw-revision"),
        ),
        Column(
            8, "lnbModulePowerAvailable", TRUTH, "Whether a power supply has mains.", ("module.power-available",),
        ),
        *with_text(
            Column(
                9, "lnbModulePowerCapacity", GAUGE, "Power that a supply can deliver (the unit is inferred).",
                ("module.power-capacity",), read=reading.milli, units="milliwatts",
            ),
            lambda raw: _watts(raw),
        ),
        Column(
            11, "lnbModuleRestPath", TEXT,
            "Path of the module's status in the device's REST API.",
            value=lambda row: f"/api/status/chassis0/slots/{row.keys[0]}/module",
        ),
    ),
    rows=(SLOTS,),
    keep=True,
    when=has_module,
)  # fmt: skip


def _watts(raw: object) -> object:
    watts = reading.number(raw)
    return watts if watts is ABSENT else f"{watts:g} W"


GROUP = Group(
    3,
    "lnbChassis",
    "Chassis, slots and modules.",
    (CHASSIS, SLOT_TABLE, MODULE_TABLE),
)
