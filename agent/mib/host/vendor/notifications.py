"""B.3.0: the vendor's notifications, and which of them an alarm of ours is told by.

What the device itself takes notice of, its notification events, is told as the device would tell it. Where a device
does not list the event that a notification stands for, an alarm rule of ours takes its place, so that nothing is told
twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from agent.model.alarm.facts import Facts
from agent.model.alarm.kind import RuleSettings
from agent.model.alarm.table import Alarm

NUMBERS: Final = {
    "NTPNotSync": 1, "NTPStopped": 2, "ServerBoot": 3, "ReceiverNotResponding": 4, "ReceiverNotSync": 5,
    "AntennaFaulty": 6, "AntennaReconnect": 7, "ConfigChanged": 8, "LeapSecondAnnounced": 9, "SHSTimeLimitError": 10,
    "SecondaryRecNotSync": 11, "PowerSupplyFailure": 12, "AntennaShortCircuit": 13, "ReceiverSync": 14,
    "NTPClientAlarm": 15, "PowerSupplyUp": 16, "NetworkDown": 17, "NetworkUp": 18, "SecondaryRecNotResp": 19,
    "XmrLimitExceeded": 30, "XmrRefDisconnect": 31, "XmrRefReconnect": 32, "FdmError": 33, "SHSTimeLimitWarning": 34,
    "SecondaryRecSync": 35, "NTPSync": 36, "PtpPortDisconnected": 37, "PtpPortConnected": 38, "PtpStateChanged": 39,
    "PtpError": 40, "LowSystemResources": 41, "FanDown": 45, "FanUp": 46, "CertificateExpired": 47,
    "SufficientSystemResources": 48, "OscillatorWarmedUp": 49, "OscillatorNotWarmedUp": 50, "XmrRefChanged": 51,
    "ClusterMasterChanged": 52, "ClusterFalsetickerDetected": 53, "ClusterFalsetickerCleared": 54,
    "SHSTimeLimitOk": 55, "IMSError": 56, "IMSOk": 57, "FDMOk": 58, "NTPOffsetLimitExceeded": 59,
    "NTPOffsetLimitOk": 60, "XheRubOk": 61, "XheRubError": 62, "PowerConsumptionExceeded": 63,
    "PowerConsumptionOk": 64, "PowerRedundancyNotAvail": 65, "PowerRedundancyAvail": 66, "TrustedSourceOk": 67,
    "TrustedSourceError": 68, "SynceInputQualityLevelChanged": 69, "HttpsSelfSignedCertificateInUse": 70,
    "EsiItuLimitsViolated": 71, "EsiItuLimitsadhered": 72, "ImsPortError": 73, "ImsPortOk": 74,
    "MrsSourceInvalid": 75, "MrsSourceOk": 76, "NormalOperation": 77, "FailLockUserBanned": 78, "SyncMonAlert": 79,
    "SyncMonOk": 80, "Heartbeat": 88, "TestNotification": 99,
}  # fmt: skip
"""Last sub-identifier of each notification, by its name behind mbgLtNgTrap."""

HEARTBEAT: Final = "Heartbeat"
TEST: Final = "TestNotification"


@dataclass(frozen=True, slots=True)
class Told:
    """How something is told.

    Attributes:
        begins: name of the notification that it is the case; of another one that it is over, "" for none.
        unless: an event; while that is triggered it is not over, but told as `instead`.
        inferred: whether the event's name is told from the notification's, since no device was seen with it.
    """

    begins: str
    ends: str = ""
    unless: str = ""
    instead: str = ""
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Stands:
    """An alarm type of ours that stands in for events that the device does not list.

    Attributes:
        resource: pattern of the alarm's resource.
        value: pattern of the alarm's value when it is raised; of two entries the first that matches counts.
        covered: keys of the events that say the same.
    """

    alarm_type: str
    told: Told
    covered: tuple[str, ...] = ()
    resource: str = "*"
    value: str = "*"


EVENTS: Final = {
    "ntp-not-sync": Told("NTPNotSync", "NTPSync"),
    "ntp-stopped": Told("NTPStopped", "NormalOperation"),
    "ntp-offset-limit-exceeded": Told("NTPOffsetLimitExceeded", "NTPOffsetLimitOk"),
    "refclock-1-not-responding": Told(
        "ReceiverNotResponding", "ReceiverSync", "refclock-1-not-sync", "ReceiverNotSync"
    ),
    "refclock-1-not-sync": Told("ReceiverNotSync", "ReceiverSync"),
    "refclock-2-not-responding": Told(
        "SecondaryRecNotResp", "SecondaryRecSync", "refclock-2-not-sync", "SecondaryRecNotSync", inferred=True
    ),
    "refclock-2-not-sync": Told("SecondaryRecNotSync", "SecondaryRecSync", inferred=True),
    "antenna-faulty": Told("AntennaFaulty", "AntennaReconnect"),
    "antenna-short-circuit": Told("AntennaShortCircuit", "AntennaReconnect"),
    "oscillator-not-adjusted": Told("OscillatorNotWarmedUp", "OscillatorWarmedUp"),
    "network-link-down": Told("NetworkDown", "NetworkUp"),
    "low-system-resources": Told("LowSystemResources", "SufficientSystemResources"),
    "https-certificate-expired": Told("CertificateExpired"),
    "https-certificate-expire-warning": Told("CertificateExpired"),
    "self-signed-https-certificate-in-use": Told("HttpsSelfSignedCertificateInUse"),
    "cluster-falseticker-detected": Told("ClusterFalsetickerDetected", "ClusterFalsetickerCleared"),
    "sync-monitor-alert": Told("SyncMonAlert", "SyncMonOk"),
    "power-supply-failure": Told("PowerSupplyFailure", "PowerSupplyUp", inferred=True),
    "fan-failure": Told("FanDown", "FanUp", inferred=True),
    "ptp-link-down": Told("PtpPortDisconnected", "PtpPortConnected", inferred=True),
    "ptp-error": Told("PtpError", inferred=True),
    "ims-error": Told("IMSError", "IMSOk", inferred=True),
    "ims-port-error": Told("ImsPortError", "ImsPortOk", inferred=True),
    "mrs-source-invalid": Told("MrsSourceInvalid", "MrsSourceOk", inferred=True),
    "trusted-source-error": Told("TrustedSourceError", "TrustedSourceOk", inferred=True),
}
"""By the key of the device's event, whose alarm (deviceEvent) it goes with."""

STAND_INS: Final = (
    Stands("ntpNotSynchronized", Told("NTPNotSync", "NTPSync"), ("ntp-not-sync",)),
    Stands("clockNotSynchronized", Told("ReceiverNotSync", "ReceiverSync"), ("refclock-1-not-sync",), "clk1"),
    Stands("clockNotSynchronized", Told("SecondaryRecNotSync", "SecondaryRecSync"), ("refclock-2-not-sync",), "clk2"),
    Stands(
        "antennaFault", Told("AntennaShortCircuit", "AntennaReconnect"), ("antenna-faulty", "antenna-short-circuit"),
        "?*", "shortCircuit",
    ),
    Stands(
        "antennaFault", Told("AntennaFaulty", "AntennaReconnect"), ("antenna-faulty", "antenna-short-circuit"), "?*"
    ),
    Stands(
        "oscillatorFault", Told("OscillatorNotWarmedUp", "OscillatorWarmedUp"), ("oscillator-not-adjusted",), "clk*"
    ),
    Stands("powerSupplyLost", Told("PowerSupplyFailure", "PowerSupplyUp"), ("power-supply-failure",)),
    Stands("slotEmptied", Told("IMSError", "IMSOk"), ("ims-error",)),
    Stands("moduleFault", Told("IMSError", "IMSOk"), ("ims-error",)),
    Stands("networkLinkDown", Told("PtpPortDisconnected", "PtpPortConnected"), ("ptp-link-down",), "*/*"),
    Stands("networkLinkDown", Told("NetworkDown", "NetworkUp"), ("network-link-down",)),
    Stands("ptpPortStateChanged", Told("PtpStateChanged")),
    Stands("syncmonNodeAlert", Told("SyncMonAlert", "SyncMonOk"), ("sync-monitor-alert",)),
    Stands("deviceConfigChanged", Told("ConfigChanged")),
    Stands("deviceRebooted", Told("ServerBoot")),
)  # fmt: skip
"""Our alarm types that have a notification of the vendor's."""

DEVICE_EVENT: Final = "deviceEvent"
EVENT_PLACE: Final = "event/"
"""What the resource of an event's alarm begins with."""
_ALARMING: Final = frozenset({"critical", "error", "warning"})
"""Types of events that are alarms."""

Rules = Callable[[str], RuleSettings]


def vendor_name(alarm: Alarm, facts: Facts, rules: Rules) -> str:
    """Name of the notification by which the vendor tells of an alarm as it is now, "" for none.

    Args:
        alarm: raised, changed or cleared.
        facts: the last that is known of its device.
        rules: the settings of alarm types that hold for the device.
    """
    told = _told(alarm, facts, rules)
    if told is None:
        return ""
    if not alarm.cleared:
        return told.begins
    return told.instead if told.unless and _is_triggered(facts, told.unless) else told.ends


def _told(alarm: Alarm, facts: Facts, rules: Rules) -> Told | None:
    if alarm.alarm_type == DEVICE_EVENT:
        return EVENTS.get(alarm.resource.removeprefix(EVENT_PLACE))
    for one in STAND_INS:
        if one.alarm_type == alarm.alarm_type and _fits(one, alarm):
            listed = any(_is_told_by_device(facts, event, rules) for event in one.covered)
            return None if listed else one.told
    return None


def _fits(one: Stands, alarm: Alarm) -> bool:
    return fnmatchcase(alarm.resource, one.resource) and fnmatchcase(alarm.value, one.value)


def _is_told_by_device(facts: Facts, event: str, rules: Rules) -> bool:
    """Whether the device lists the event, it is one of those that are alarms, and its alarm is not switched off."""
    settings = rules(DEVICE_EVENT)
    if not settings.enabled or event in settings.words("ignored"):
        return False
    keys = [key for key, name in facts.rows("lnbEventKey").items() if name == event]
    return any(facts.at("lnbEventType", key) in _ALARMING for key in keys)


def _is_triggered(facts: Facts, event: str) -> bool:
    keys = [key for key, name in facts.rows("lnbEventKey").items() if name == event]
    return any(facts.at("lnbEventTriggered", key) is True for key in keys)
