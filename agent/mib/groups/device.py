"""The devices: identity, reachability, system state, synchronisation, LEDs, drift."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from agent.mib.declaration import Access, Column, Feed, Group, Index, Table, described, with_text
from agent.mib.groups.chassis import slot_state
from agent.mib.groups.common import DEVICE, named
from agent.mib.groups.words import ANTENNA, CLOCK_STATE, OSCILLATOR_STATE, OSCILLATOR_TYPE, REFERENCE_TYPE
from agent.mib.syntax import (
    COUNTER32,
    DATE_AND_TIME,
    GAUGE,
    INDEX,
    INTEGER32,
    NANOSECONDS,
    PERCENT,
    TEXT,
    TRUTH,
    UNSIGNED32,
    enumeration,
    integer32,
    unsigned32,
)
from agent.mib.view import DeviceView, Drift, Row
from agent.model import reading
from agent.model.document import Record
from agent.model.envelope import slot_ids
from agent.model.reading import ABSENT

REASON = enumeration(
    "none", "unreachable", "timedOut", "tlsFailed", "rateLimited", "credentialsMissing", "credentialsRejected",
    "restDisabled", "serverError", "notFound", "badAnswer", "tooLarge", "unsupportedVersion", "switchedOff",
)  # fmt: skip
STATE = enumeration("neverPolled", "up", "stale", "down")
CREDENTIALS = enumeration("missing", "unverified", "accepted", "rejected")
REST = enumeration("unknown", "ok", "disabled", "unsupportedVersion")
PROXY = enumeration("bypass", "system", "explicit")
TLS = enumeration("verified", "ownAuthority", "pinned", "unverified", "plainHttp")
LED_COLOUR = enumeration("green", "red", "yellow", "orange", "blue", "off", "none", codes={0: "off", 1: "green"})
LED_MODE = enumeration("permanent", "blinking", "flashing", codes={0: "permanent"})


def _tls_mode(row: Row) -> str:
    settings = row.view.settings
    if settings.scheme == "http":
        return "plainHttp"
    if not settings.tls.verify:
        return "unverified"
    if settings.tls.fingerprint:
        return "pinned"
    return "ownAuthority" if settings.tls.ca_file else "verified"


def _proxy_route(row: Row) -> str:
    mode = row.view.settings.proxy_mode
    return {"bypass": "direct", "system": "as the environment says"}.get(mode, row.view.settings.proxy)


def slot_problems(view: DeviceView) -> str:
    """What is wrong with the configured slots, as text; "" when all is as configured."""
    if not slot_ids(view.root):
        return ""
    slots = view.root["status"]["chassis0"]["slots"]
    problems = []
    for name, slot in zip(slot_ids(view.root), slots, strict=True):
        state = slot_state(Row(view, Record((name,), (view.root, slot))))
        if state == "notFound":
            problems.append(f"{name}: no such slot")
        elif state == "empty" and view.settings.slots.get(name):
            problems.append(f"{name}: empty, {view.settings.slots[name]} expected")
        elif state == "otherCard":
            problems.append(f"{name}: another card than {view.settings.slots[name]}")
    return "; ".join(problems)


def _text_of(reader: Any, show: Any) -> Any:
    def read(raw: Any) -> Any:
        value = reader(raw)
        return ABSENT if value is ABSENT else show(value)

    return read


NS_TEXT = _text_of(reading.number, reading.time_text)
"""Raw nanoseconds as readable text."""

DEVICE_TABLE = Table(
    1,
    "lnbDeviceTable",
    "The configured devices, each from the moment the agent starts, whether it answers or not.",
    "One LANTIME.",
    (DEVICE,),
    (
        Column(
            1, "lnbDeviceIndex", INDEX,
            "Number of the device, given when its configured name is first seen and kept for ever.",
            access=Access.NOT_ACCESSIBLE,
        ),
        Column(2, "lnbDeviceName", TEXT, "Name of the device in the agent's configuration.",
               value=lambda row: row.view.settings.name),
        Column(3, "lnbDeviceAddress", TEXT, "Host name or IP address the agent asks.",
               value=lambda row: row.view.settings.address),
        Column(4, "lnbDeviceWebUrl", TEXT, "URL of the device's web interface, as the agent sees the device.",
               value=lambda row: f"{row.view.settings.base_url}/"),
        Column(5, "lnbDeviceModel", TEXT, "Model, such as M3000.",
               ("system-information.model", "status.chassis0.model")),
        Column(6, "lnbDeviceSerial", TEXT, "Serial number of the device.",
               ("system-information.serial-number", "status.chassis0.serial-number")),
        Column(7, "lnbDeviceHostName", TEXT, "Host name the device has given itself.",
               ("system-information.hostname",)),
        Column(8, "lnbDeviceFirmware", TEXT, "Firmware that runs.",
               ("system-information.version", "status.system.firmware.running")),
        Column(9, "lnbDeviceApiVersion", TEXT,
               "Version of the REST API; its first number is the generation (10, 16, 20). Absent where the device does "
               "not say it (firmware 7.05).",
               ("status.rest-api.api-version", "system-information.API Version"),
               read=reading.part(r"V?(\d+(?:\.\d+)*)", reading.text)),
        Column(10, "lnbDeviceState", STATE,
               "neverPolled: no poll has ended yet, or the device is not polled at all (see lnbDeviceReason). up: the "
               "last poll brought everything. stale: it failed, all cells show the last good poll. down: the last "
               "success is older than the configured time; identity and status cells stay, measured cells are gone.",
               value=lambda row: row.view.health.state.value),
        Column(11, "lnbDeviceReason", REASON, "Why the last poll failed, none after a success.",
               value=lambda row: row.view.health.reason),
        Column(12, "lnbDeviceReasonText", TEXT, "The same for a person; empty after a success.",
               value=lambda row: row.view.health.detail),
        Column(13, "lnbDeviceStateSince", DATE_AND_TIME, "When lnbDeviceState last changed.",
               value=lambda row: row.view.health.state_since),
        Column(14, "lnbDeviceRestState", REST,
               "What is known of the REST API: disabled means the web server answers and the REST API does not, so "
               "Enable REST API has to be selected in the device's System page.",
               value=lambda row: row.view.health.rest.value),
        Column(15, "lnbDeviceCredentialState", CREDENTIALS,
               "missing: no user name and password are configured, the device is not polled. unverified: not answered "
               "yet. rejected: the device refused them; after two refusals polling pauses, because the device locks "
               "accounts.",
               value=lambda row: row.view.health.credentials.value),
        Column(16, "lnbDeviceProxyMode", PROXY, "Whether requests go directly, as the system says, or by a proxy.",
               value=lambda row: row.view.settings.proxy_mode),
        Column(17, "lnbDeviceProxyRoute", TEXT, "The route requests take.", value=_proxy_route),
        Column(18, "lnbDeviceTlsMode", TLS,
               "How the device's certificate is checked: by the system's authorities, by an authority of its own, by a "
               "pinned fingerprint, or not at all; plainHttp is no encryption.", value=_tls_mode),
        Column(19, "lnbDeviceLastPoll", DATE_AND_TIME, "When the last poll ended.",
               value=lambda row: row.view.health.last_poll),
        Column(20, "lnbDeviceLastSuccess", DATE_AND_TIME,
               "When the last poll that brought everything ended: the age of all cells.",
               value=lambda row: row.view.health.last_success),
        Column(21, "lnbDevicePollDuration", GAUGE, "How long the last successful poll took.",
               value=lambda row: row.view.health.duration_ms, units="milliseconds"),
        Column(22, "lnbDeviceReach", unsigned32(0, 255),
               "The last eight polls as bits, the newest in the lowest bit, set for a success: 255 when all eight were "
               "good.", value=lambda row: row.view.health.reach),
        Column(23, "lnbDeviceFailures", GAUGE, "Polls failed since the last success.",
               value=lambda row: row.view.health.failures),
        Column(24, "lnbDevicePolls", COUNTER32, "Polls made since the agent started.",
               value=lambda row: row.view.health.polls),
        Column(25, "lnbDevicePollsFailed", COUNTER32, "Polls failed since the agent started.",
               value=lambda row: row.view.health.polls_failed),
        Column(26, "lnbDevicePollInterval", unsigned32(10, 86400), "Configured interval between polls.",
               value=lambda row: round(row.view.settings.poll.interval_s), units="seconds"),
        Column(27, "lnbDeviceDrift", GAUGE, "Mismatches found in the last document; lnbDriftTable lists them.",
               value=lambda row: len(row.view.drift)),
        Column(28, "lnbDeviceSlots", TEXT, "Slot IDs the configuration restricts the agent to; empty for all slots.",
               value=lambda row: ", ".join(row.view.settings.slots)),
        Column(29, "lnbDeviceSlotProblems", TEXT,
               "Configured slots that do not exist, hold another card, or none where one is expected; empty when there "
               "are none.",
               value=lambda row: slot_problems(row.view)),
        Column(30, "lnbDevicePendingChanges", GAUGE,
               "Configuration changes on the device that are not committed (meaning inferred).",
               ("changes.pending-changes",)),
        Column(31, "lnbDeviceDocumentTime", DATE_AND_TIME, "Time stamp of the device in its last answer, UTC.",
               ("system-information.time-stamp",)),
    ),
    feed=Feed.STATUS,
    rows=(".",),
)  # fmt: skip

LOAD = r"^\s*([\d.]+)"
SYSTEM = Table(
    2,
    "lnbSystemTable",
    "The state of each device's own computer.",
    "One LANTIME.",
    (DEVICE,),
    (
        *with_text(
            Column(1, "lnbSystemUptime", GAUGE, "Time since the device was started.", ("uptime",), units="seconds",
                   measured=True),
            _text_of(reading.number, reading.duration_text),
        ),
        Column(3, "lnbSystemTime", DATE_AND_TIME, "The device's time when it wrote the document, UTC.",
               ("current-time", "current-time-iso"), measured=True),
        Column(4, "lnbSystemTimeIso", DATE_AND_TIME, "The same from the ISO 8601 text the device writes beside it.",
               ("current-time-iso",), measured=True),
        Column(5, "lnbSystemDocumentBuilt", DATE_AND_TIME,
               "When the device last renewed the cache its REST API answers from (API 20).", ("api-last-update",)),
        Column(6, "lnbSystemLoad1", GAUGE, "Load average over one minute.", ("cpuload",), units="hundredths",
               read=reading.part(LOAD, reading.centi), measured=True),
        Column(7, "lnbSystemLoad5", GAUGE, "Load average over five minutes.", ("cpuload",), units="hundredths",
               read=reading.part(r"^\s*[\d.]+\s+([\d.]+)", reading.centi), measured=True, follows="lnbSystemLoad1"),
        Column(8, "lnbSystemLoad15", GAUGE, "Load average over fifteen minutes.", ("cpuload",), units="hundredths",
               read=reading.part(r"^\s*[\d.]+\s+[\d.]+\s+([\d.]+)", reading.centi), measured=True,
               follows="lnbSystemLoad1"),
        Column(9, "lnbSystemTasksRunning", GAUGE, "Tasks ready to run.", ("cpuload",),
               read=reading.part(r"(\d+)/\d+"), measured=True, follows="lnbSystemLoad1"),
        Column(10, "lnbSystemTasks", GAUGE, "All tasks.", ("cpuload",), read=reading.part(r"\d+/(\d+)"), measured=True,
               follows="lnbSystemLoad1"),
        Column(11, "lnbSystemLastProcess", GAUGE, "Number of the process created last.", ("cpuload",),
               read=reading.part(r"\d+/\d+\s+(\d+)"), measured=True, follows="lnbSystemLoad1"),
        *with_text(
            Column(12, "lnbSystemMemoryTotal", GAUGE, "Memory of the device.", ("memory",), units="kibibytes",
                   read=reading.part(r"(\d+)\s*kB total")),
            _text_of(reading.part(r"(\d+)\s*kB total"), reading.size_text),
        ),
        *with_text(
            Column(14, "lnbSystemMemoryFree", GAUGE, "Memory that is free.", ("memory",), units="kibibytes",
                   read=reading.part(r"(\d+)\s*kB free"), measured=True, follows="lnbSystemMemoryTotal"),
            _text_of(reading.part(r"(\d+)\s*kB free"), reading.size_text),
        ),
        Column(16, "lnbSystemMemoryFreePercent", PERCENT, "Share of the memory that is free.", ("memory",),
               read=reading.part(r"\((\d+)\s*%"), units="percent", measured=True, follows="lnbSystemMemoryTotal"),
        Column(17, "lnbSystemLatitude", integer32(-90_000_000, 90_000_000), "Latitude, north positive.", ("position",),
               read=reading.part(r"^\s*(-?[\d.]+)\s*,", reading.micro), units="microdegrees"),
        Column(18, "lnbSystemLongitude", integer32(-180_000_000, 180_000_000), "Longitude, east positive.",
               ("position",), read=reading.part(r",\s*(-?[\d.]+)", reading.micro), units="microdegrees",
               follows="lnbSystemLatitude"),
        Column(19, "lnbSystemPosition", TEXT, "Position as the device writes it: latitude, longitude in degrees.",
               ("position",), follows="lnbSystemLatitude"),
        Column(20, "lnbSystemPositionUpdated", DATE_AND_TIME,
               "When the position was last renewed; absent when it never was.", ("last-position-update",)),
        Column(21, "lnbSystemConfigChanged", GAUGE,
               "The device's figure for its last configuration change. Whether it is an age or an uptime is not known.",
               ("last-config-change",), units="seconds"),
    ),
    rows=("status.system",),
)  # fmt: skip

SYNC = Table(
    3,
    "lnbSyncTable",
    "Synchronisation of each device: what it follows, how well.",
    "One LANTIME.",
    (DEVICE,),
    (
        Column(1, "lnbSyncReference", TEXT, "Reference the device follows, such as clk1-gps.", ("reference",)),
        *described(2, "lnbSyncReferenceType", REFERENCE_TYPE, "Kind of the reference.", "ref-type"),
        Column(4, "lnbSyncClock", INTEGER32, "Number of the reference clock in use, from 0.", ("clock-idx",)),
        *described(5, "lnbSyncOscillatorType", OSCILLATOR_TYPE, "Kind of the oscillator.", "osc-type"),
        Column(7, "lnbSyncQuality", UNSIGNED32,
               "Upper bound of the estimated error of the time, in nanoseconds; absent when the device gives no bound.",
               ("est-time-quality",), read=reading.quality_ns, units="nanoseconds", measured=True),
        Column(8, "lnbSyncQualityText", TEXT, "The estimate as the device writes it.", ("est-time-quality",),
               follows="lnbSyncQuality", measured=True),
        Column(9, "lnbSyncLeapAnnounced", TRUTH, "Whether a leap second is announced.", ("leapsecond-announced",)),
        Column(10, "lnbSyncLeapDate", TEXT, "Date of the leap second announced.", ("leapsecond-date",)),
        *described(11, "lnbSyncClockState", CLOCK_STATE, "State of the clock.", "clock-status.clock"),
        *described(13, "lnbSyncOscillatorState", OSCILLATOR_STATE, "State of the oscillator.",
                   "clock-status.oscillator"),
        *described(15, "lnbSyncAntenna", ANTENNA, "State of the antenna.", "clock-status.antenna"),
        *with_text(
            Column(17, "lnbSyncHoldoverOffset", NANOSECONDS,
                   "Offset estimated in holdover (the unit is inferred from the device's public header).",
                   ("holdover-status.time-offset",), units="nanoseconds", measured=True),
            NS_TEXT,
        ),
        Column(19, "lnbSyncHoldoverElapsed", GAUGE, "Time in holdover (the unit is inferred).",
               ("holdover-status.time-elapsed",), units="seconds", measured=True),
        Column(20, "lnbSyncTfom", unsigned32(0, 15), "Time figure of merit sent out, 0 best to 15.",
               ("holdover-status.tfom-out",), measured=True),
    ),
    rows=("status.system.sync-status",),
)  # fmt: skip

LED = Table(
    4,
    "lnbLedTable",
    "The lamps on each device's front.",
    "One lamp.",
    (DEVICE, named("lnbLedIndex", "led")),
    (
        Column(1, "lnbLedIndex", INDEX, "Number of the lamp.", access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbLedName", TEXT, "Name of the lamp, such as led-ref-time.", value=lambda row: row.keys[-1]),
        *described(3, "lnbLedColour", LED_COLOUR, "Colour now.", "current-color"),
        Column(5, "lnbLedLit", TRUTH, "Whether the lamp is lit.", ("current-state",)),
        *described(6, "lnbLedMode", LED_MODE, "How it is lit.", "current-mode"),
        *described(8, "lnbLedLastColour", LED_COLOUR, "Colour before.", "last-color"),
        Column(10, "lnbLedLastLit", TRUTH, "Whether the lamp was lit before.", ("last-state",)),
        *described(11, "lnbLedLastMode", LED_MODE, "How it was lit before.", "last-mode"),
    ),
    rows=("status.system.front-leds[]",),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One mismatch, with its place in the list."""

    device_index: int
    number: int
    drift: Drift


def _drift_rows(view: DeviceView) -> Iterator[DriftRow]:
    for number, drift in enumerate(view.drift, 1):
        yield DriftRow(view.index, number, drift)


def _drift_number(row: DriftRow) -> Iterable[int]:
    return (row.number,)


DRIFT = Table(
    5,
    "lnbDriftTable",
    "Where the last document of each device did not fit what this agent knows: unreadable values, unknown words, "
    "doubled names. Each costs at most the one cell it names.",
    "One mismatch.",
    (DEVICE, Index("lnbDriftIndex", _drift_number)),
    (
        Column(1, "lnbDriftIndex", INDEX, "Place in the list; not kept from one document to the next.",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbDriftObject", TEXT, "Object whose cell is absent, or reads other, because of it.",
               value=lambda row: row.drift.object_name),
        Column(3, "lnbDriftPlace", TEXT, "Names of the row's elements and the path read.",
               value=lambda row: row.drift.place),
        Column(4, "lnbDriftValue", TEXT, "What the device said, shortened.", value=lambda row: row.drift.raw),
        Column(5, "lnbDriftProblem", TEXT, "Why it does not fit.", value=lambda row: row.drift.problem),
    ),
    feed=Feed.STATUS,
    source=_drift_rows,
)  # fmt: skip

GROUP = Group(2, "lnbDevices", "The devices and their own state.", (DEVICE_TABLE, SYSTEM, SYNC, LED, DRIFT))
