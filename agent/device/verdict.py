"""What an answer means: a document, or which error."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from agent.device.body import parsed, trimmed
from agent.device.text import printable
from agent.device.transport import Answer
from agent.errors import (
    AccessDenied,
    BadAnswer,
    CredentialsRejected,
    DeviceError,
    NotFound,
    RateLimited,
    RestDisabled,
    ServerError,
)
from agent.model.document import Json

Now = Callable[[], datetime]

_ENABLE = "is the REST API enabled in its web interface (System, General Settings)?"


def accept(answer: Answer, url: str, now: Now) -> None:
    """Take an answer for a yes; nothing is expected in its body.

    Raises:
        DeviceError: it is a no, it is a web page instead, or none came.
    """
    if answer.status is None:
        raise answer.fault or BadAnswer(f"{url}: no answer")
    refusal = _refusal(answer, answer.status, url, now)
    if refusal is not None:
        raise refusal
    if _is_page(answer):
        raise RestDisabled(f"{url}: a web page instead of JSON; {_ENABLE}")


def document_in(answer: Answer, url: str, now: Now) -> dict[str, Json]:
    """The document of a complete, successful answer.

    Args:
        answer: what came.
        url: what was asked for, without query.
        now: the time, in UTC, for Retry-After dates.

    Raises:
        DeviceError: of the kind that the status, or what is missing, stands for. The status goes first: a refusal
            that is cut off is still a refusal.
    """
    if answer.status is None:
        raise answer.fault or BadAnswer(f"{url}: no answer")
    refusal = _refusal(answer, answer.status, url, now)
    if refusal is not None:
        raise refusal
    if answer.fault is not None:
        raise answer.fault
    if _is_page(answer):
        # Inferred: with the API off nothing public tells what the web server answers below /api; a page of the web
        # interface (its login) is the likely thing, and is in no case an answer of the API.
        raise RestDisabled(f"{url}: a web page instead of JSON; {_ENABLE}")
    fault = ""
    document: dict[str, Json] = {}
    try:
        document = parsed(answer.body)
    except BadAnswer as problem:
        fault = str(problem)
    if fault:
        raise BadAnswer(f"{url}: {fault}")
    return document


def _refusal(answer: Answer, status: int, url: str, now: Now) -> DeviceError | None:
    if 200 <= status < 300:
        return None
    said = printable(f"{status} {answer.reason}".strip())
    location = answer.headers.get("Location")
    if status == 401:
        return CredentialsRejected(f"{url}: {said}; the device does not accept the user name and password")
    if status == 403:
        return AccessDenied(f"{url}: {said}; the user may not do this, or the account is locked")
    if status == 429:
        return RateLimited(f"{url}: {said}", retry_after_s(answer.headers.get("Retry-After"), now))
    if 300 <= status < 400 and location:
        return _redirected(url, said, location)
    if status == 404:
        return _not_found(answer, url, said)
    return ServerError(f"{url}: {said}", retry_after_s(answer.headers.get("Retry-After"), now))


def _redirected(url: str, said: str, location: str) -> DeviceError:
    try:
        target = urlsplit(location)
    except ValueError:
        return BadAnswer(f"{url}: {said} to an address that cannot be read")
    if target.scheme == "https" and url.startswith("http:"):
        return BadAnswer(f"{url}: {said} to https ({printable(target.path)}); set scheme: https for this device")
    if target.path == urlsplit(url).path:
        return BadAnswer(f"{url}: {said} to another host or port ({printable(target.path)}); none is followed")
    # Inferred like the page above: the web interface sends those who are not logged in to its login page.
    return RestDisabled(f"{url}: {said} to {printable(target.path) or '/'}; {_ENABLE}")


def _not_found(answer: Answer, url: str, said: str) -> DeviceError:
    # Inferred: /api/status exists on every generation, so without it there is no API.
    if url.endswith("/api/status") or _is_page(answer):
        return RestDisabled(f"{url}: {said}; {_ENABLE}")
    return NotFound(f"{url}: {said}; the device has no such path")


def _is_page(answer: Answer) -> bool:
    start = trimmed(answer.body)[:1]
    if "html" in answer.headers.get("Content-Type", "").lower():
        return start not in {b"{", b"["}  # no type is promised for JSON
    return start == b"<"


def retry_after_s(value: str | None, now: Now) -> float | None:
    """Seconds that a Retry-After header asks to wait, 0 for a moment gone by, None for none (RFC 9110 10.2.3)."""
    if value is None:
        return None
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - now()).total_seconds())
