"""How a device is reached: unreachable, credentials, REST API, version, loss of answers."""

from __future__ import annotations

from collections.abc import Iterator

from agent.model.alarm.facts import Scene
from agent.model.alarm.finding import Condition, Sight, known
from agent.model.alarm.kind import AlarmType, RuleSettings, Source, Threshold
from agent.model.health import CredentialState, DeviceState, RestState
from agent.model.severity import Severity

_OF_ITS_OWN = frozenset(
    {"credentialsMissing", "credentialsRejected", "restDisabled", "unsupportedVersion", "switchedOff"}
)
"""Reasons that are no lack of reach: they have an alarm of their own, or are as configured."""


def _said(scene: Scene) -> str:
    return scene.health.detail or scene.health.reason


def _unreachable(scene: Scene, settings: RuleSettings) -> Iterator[Sight]:
    health = scene.health
    if health.state is DeviceState.UP:
        condition = Condition.FALSE
    elif health.reason in _OF_ITS_OWN or health.failures == 0:
        condition = Condition.UNKNOWN
    else:
        condition = Condition.TRUE if health.failures >= settings.number("failures") else Condition.SAME
    yield Sight("", condition, _said(scene), object_name="lnbDeviceState", key=(scene.site.index,))


def _credentials(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    state = scene.health.credentials
    condition = known(None if state is CredentialState.UNVERIFIED else state is CredentialState.REJECTED)
    yield Sight("", condition, _said(scene), object_name="lnbDeviceCredentialState", key=(scene.site.index,))


def _rest(scene: Scene, state: RestState) -> Iterator[Sight]:
    rest = scene.health.rest
    condition = known(None if rest is RestState.UNKNOWN else rest is state)
    yield Sight("", condition, _said(scene), object_name="lnbDeviceRestState", key=(scene.site.index,))


def _rest_disabled(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    yield from _rest(scene, RestState.DISABLED)


def _unsupported(scene: Scene, _settings: RuleSettings) -> Iterator[Sight]:
    yield from _rest(scene, RestState.UNSUPPORTED)


DEVICE_UNREACHABLE = AlarmType(
    4, "deviceUnreachable", Severity.MAJOR,
    text="Device does not answer",
    cause="Several polls in a row brought no usable answer: no route, no connection, a certificate that is not "
    "trusted, time-outs, error answers. The value says what the last one met.",
    remedy="See lnbDeviceReasonText; check network, address, port, proxy and certificate of the device.",
    rule=_unreachable, source=Source.HEALTH,
    thresholds=(Threshold("failures", 3, "failed polls in a row", 1, 1000),),
)  # fmt: skip
CREDENTIALS_REJECTED = AlarmType(
    5, "credentialsRejected", Severity.MAJOR,
    text="Device refuses the agent's user name and password",
    cause="The device answered 401 or 403. After two refusals it is not asked for a while, because it locks accounts.",
    remedy="Set the right user name and password in the agent's configuration and reload it; unlock the account.",
    rule=_credentials, source=Source.HEALTH,
)  # fmt: skip
REST_API_DISABLED = AlarmType(
    6, "restApiDisabled", Severity.MAJOR,
    text="REST API of the device is switched off",
    cause="The device's web server answers and its REST API does not.",
    remedy="Select Enable REST API in the device's web interface, on the System page.",
    rule=_rest_disabled, source=Source.HEALTH,
)  # fmt: skip
UNSUPPORTED_VERSION = AlarmType(
    7, "unsupportedVersion", Severity.MAJOR,
    text="REST API version of the device is not supported",
    cause="The device's firmware speaks a version of the REST API that this agent does not know.",
    remedy="Update the agent, or the device's firmware.",
    rule=_unsupported, source=Source.HEALTH,
)  # fmt: skip
DATA_LOSS_HIGH = AlarmType(
    8, "dataLossHigh", Severity.WARNING,
    text="Too many answers of the device are errors",
    cause="The share of answers with an error status (lnbHttpDataLoss) is above its limit.",
    remedy="Read lnbHttpSessionTable: 429 means that too many clients ask the device; ask it less often.",
    source=Source.EVENTS,
)  # fmt: skip

TYPES = (DEVICE_UNREACHABLE, CREDENTIALS_REJECTED, REST_API_DISABLED, UNSUPPORTED_VERSION, DATA_LOSS_HIGH)
