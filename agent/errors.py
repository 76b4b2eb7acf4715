"""Every error this agent raises on purpose, in one tree whose branches say who can mend it.

AgentError
├── OperatorError        the operator wrote something that cannot work
│   ├── ConfigError      a configuration file or overlay: names file, key and what is allowed
│   └── UsageError       a command line
├── HostError            the machine denies something (address in use, state directory not writable)
├── DeviceError          a LANTIME is not asked, or did not answer as it should; has the reason served over SNMP
│   ├── CredentialsMissing · SwitchedOff · CredentialsRejected (AccessDenied) · RestDisabled · UnsupportedVersion
│   ├── Unreachable · TimedOut · TlsFailed · RateLimited
│   └── ServerError · NotFound · BadAnswer · TooLarge
└── DeclarationError     a MIB declaration contradicts itself (found at import, never while serving)
"""

from __future__ import annotations

from typing import ClassVar


class AgentError(Exception):
    """Base of all errors of this agent; its text is meant for a person."""


class OperatorError(AgentError):
    """The operator can mend this."""


class ConfigError(OperatorError):
    """A configuration file says something that is not allowed.

    Args:
        place: file, or file and key ("agent.yaml: devices[0].address").
        problem: what is wrong and what is allowed.
    """

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem


class UsageError(OperatorError):
    """A command was called in a way that makes no sense."""


class HostError(AgentError):
    """The machine the agent runs on denies something it needs."""


class DeclarationError(AgentError):
    """A MIB declaration is contradictory."""


class DeviceError(AgentError):
    """A device did not answer as it should; `reason` is the label that the device table serves."""

    reason: ClassVar[str] = "badAnswer"


class Unreachable(DeviceError):
    """No connection could be made, or it broke."""

    reason = "unreachable"


class TimedOut(DeviceError):
    """The device did not answer in time, or not to the end."""

    reason = "timedOut"


class TlsFailed(DeviceError):
    """The device's certificate was not accepted."""

    reason = "tlsFailed"


class RateLimited(DeviceError):
    """The device answered 429 (it does so even to a serial client).

    Args:
        message: text for a person.
        retry_after_s: what the device asked for, in seconds, or None.
    """

    reason = "rateLimited"

    def __init__(self, message: str, retry_after_s: float | None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class CredentialsMissing(DeviceError):
    """No user name or password is configured, so nothing is asked."""

    reason = "credentialsMissing"


class SwitchedOff(DeviceError):
    """The configuration says `enabled: false`, so nothing is asked."""

    reason = "switchedOff"


class CredentialsRejected(DeviceError):
    """The device answered 401 or 403."""

    reason = "credentialsRejected"


class AccessDenied(CredentialsRejected):
    """The device answered 403: it knows the user, who may not have this."""


class RestDisabled(DeviceError):
    """The web server answers, the REST API does not: it is not enabled on the device."""

    reason = "restDisabled"


class ServerError(DeviceError):
    """The device answered with another error status."""

    reason = "serverError"

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NotFound(DeviceError):
    """The device has no such path."""

    reason = "notFound"


class BadAnswer(DeviceError):
    """The answer is not the JSON document it should be."""

    reason = "badAnswer"


class TooLarge(DeviceError):
    """The answer is larger than the configured limit."""

    reason = "tooLarge"


class UnsupportedVersion(DeviceError):
    """The device's REST API is of a generation this agent does not read."""

    reason = "unsupportedVersion"
