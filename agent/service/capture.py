"""Recording a device's documents in a file that its operator can send in, and reading such a file.

Nothing is written that was not anonymised, and a capture cannot be made otherwise.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from agent import __version__
from agent.config import DeviceSettings
from agent.errors import (
    ConfigError,
    CredentialsMissing,
    CredentialsRejected,
    DeviceError,
    RateLimited,
    RestDisabled,
    ServerError,
    SwitchedOff,
    TimedOut,
    TlsFailed,
    Unreachable,
    UnsupportedVersion,
)
from agent.model import strictjson
from agent.model.anonymise import anonymise
from agent.model.document import MISSING, Json, find, graft, parse_path
from agent.model.envelope import api_version, slot_ids
from agent.model.exchange import Purpose
from agent.model.strictjson import NotADocument
from agent.service.fetch import Fetcher

FORMAT: Final = "lantime-capture"
VERSION: Final = 1

Progress = Callable[[int, int, str], None]
"""Told before each request: its number from 1, how many there will be as far as known, and the path."""

_STATUS: Final = "status"
_CHASSIS: Final = "status/chassis0"
_CONFIGURATION: Final = (
    "system", "notification", "network/general", "network/interfaces", "network/ports", "services/network", "ntp",
)  # fmt: skip
"""Configuration branches that a client has been seen asking for, without `security`."""

_SECURITY: Final = "configuration/security"
_DEADLINE_S: Final = 120.0
"""For one answer: a whole tree of a large chassis may take long, and nobody waits for a capture."""

_WAITS_S: Final = (5.0, 10.0, 20.0, 40.0)
"""Before asking again what was refused with 429, where the device does not say how long."""

_LONGEST_WAIT_S: Final = 600.0
_WAITS_IN_ALL: Final = 20
_LOSSES: Final = 3
"""Requests in a row that may fail for want of a connection."""

_HOPELESS: Final = (CredentialsMissing, CredentialsRejected, SwitchedOff)
"""After these nothing more is asked: rejected credentials, tried again, get a user locked out."""

_HOPELESS_AT_FIRST: Final = (*_HOPELESS, RestDisabled, TlsFailed, Unreachable, UnsupportedVersion)


def paths(settings: DeviceSettings, *, security: bool = False) -> list[str]:
    """The REST paths that are asked of every device; those of its cards follow from its status.

    Args:
        settings: the device.
        security: also ask for the configuration of users and certificates.
    """
    branches = [f"configuration/{branch}" for branch in _CONFIGURATION]
    slots = [_configuration_of(slot) for slot in settings.slots]
    return [_STATUS, *slots, *branches, *([_SECURITY] if security else [])]


def _configuration_of(slot: str) -> str:
    return f"configuration/chassis0/slots/{slot}/module"


def capture(
    fetcher: Fetcher,
    settings: DeviceSettings,
    progress: Progress,
    *,
    security: bool = False,
    sleep: Callable[[float], None] = time.sleep,
    key: bytes | None = None,
) -> dict[str, Json]:
    """Ask the device for its documents, one at a time, and return the file's content without identities.

    What cannot be had is noted under `errors` with its reason, and the rest is asked nevertheless.

    Args:
        fetcher: a session to the device.
        settings: the device.
        progress: told before each request.
        security: also ask for the configuration of users and certificates.
        sleep: waits for seconds, when the device asks for patience.
        key: what substitutes are made with; by default random and forgotten.

    Raises:
        DeviceError: not one document could be had; it is the first failure.
    """
    session = _Session(fetcher, progress, sleep)
    session.ask_all(settings, security=security)
    if not session.documents:
        raise session.failure or DeviceError(f"{settings.name}: nothing was asked")
    errors = {path: {"reason": reason, "text": _bare(text)} for path, (reason, text) in session.errors.items()}
    # Error texts hold the device's address and its own words.
    known = (settings.address, settings.name)
    clean = anonymise({**session.documents, _ERRORS: errors}, key or secrets.token_bytes(32), known)
    documents = dict(clean.documents)
    shown = documents.pop(_ERRORS)
    root = merged(documents)
    information = root.get("system-information")
    model = information.get("model") if isinstance(information, Mapping) else None
    return {
        "format": FORMAT,
        "version": VERSION,
        "agent": __version__,
        "api-version": api_version(root),
        "model": model,
        "anonymised": True,
        "replaced": clean.counts,
        "documents": documents,
        "errors": shown,
    }


def _bare(text: str) -> str:
    """An error text without the device's address: of the URLs in it, the path alone."""
    return re.sub(r"https?://[^\s/]*", "", text)


_ERRORS: Final = "errors"
"""Stands beside the documents' paths while all are anonymised together; no REST path is called so."""


def written(captured: Mapping[str, Json]) -> str:
    """The text of a capture file."""
    return json.dumps(captured, indent=2, allow_nan=False) + "\n"


class _StopError(Exception):
    """Nothing more is to be asked."""


class _Session:
    """The requests of one capture.

    Attributes:
        documents: path to answer.
        errors: path to reason and text.
        failure: the first error.
    """

    def __init__(self, fetcher: Fetcher, progress: Progress, sleep: Callable[[float], None]) -> None:
        self._fetcher = fetcher
        self._progress = progress
        self._sleep = sleep
        self._number = 0
        self._waits = 0
        self._losses = 0
        self._queue: list[tuple[str, str]] = []
        self.documents: dict[str, Json] = {}
        self.errors: dict[str, tuple[str, str]] = {}
        self.failure: DeviceError | None = None

    def ask_all(self, settings: DeviceSettings, *, security: bool) -> None:
        """Ask for everything; what is not asked any more is noted."""
        branches = [path for path in paths(settings, security=security) if "/slots/" not in path and path != _STATUS]
        self._queue = [(_STATUS, ""), *((path, "") for path in branches)]
        try:
            self._next()
            if _STATUS not in self.documents:
                self._queue[:0] = [(_CHASSIS, ""), *((f"{_STATUS}/{path}", "") for path in settings.poll.subtrees)]
                while self._queue and self._queue[0][0].startswith(_STATUS):
                    self._next()
            self._queue[:0] = list(self._of_cards(settings))
            while self._queue:
                self._next()
        except _StopError as problem:
            for path, _ in self._queue:
                self.errors[path] = ("notAsked", str(problem))

    def _of_cards(self, settings: DeviceSettings) -> Iterator[tuple[str, str]]:
        """The cards' paths, with their slots: their status where the whole was not had, their configuration."""
        root = merged(self.documents)
        there = slot_ids(root)
        wanted = [slot for slot in there if not settings.slots or slot in settings.slots] or list(settings.slots)
        if there:
            wanted = [slot for slot in wanted if _has_module(root, slot)]
        for slot in wanted:
            if _STATUS not in self.documents:
                yield f"{_CHASSIS}/slots/{slot}/module", slot
            yield _configuration_of(slot), slot

    def _next(self) -> None:
        path, slot = self._queue.pop(0)
        self._number += 1
        self._progress(self._number, self._number + len(self._queue), path)
        try:
            self.documents[path] = self._patiently(path, slot)
            self._losses = 0
        except DeviceError as problem:
            self._note(path, problem)

    def _note(self, path: str, problem: DeviceError) -> None:
        self.errors[path] = (problem.reason, str(problem))
        self._losses = self._losses + 1 if isinstance(problem, (Unreachable, TimedOut)) else 0
        first = self.failure is None and not self.documents
        self.failure = self.failure or problem
        if isinstance(problem, _HOPELESS_AT_FIRST if first else _HOPELESS):
            raise _StopError(f"not asked after {problem.reason}")
        if self._losses >= _LOSSES:
            raise _StopError(f"not asked after {_LOSSES} requests in a row without an answer")
        if self._waits >= _WAITS_IN_ALL or _asked_wait_s(problem) > _LONGEST_WAIT_S:
            raise _StopError("not asked, for the device asks not to be asked so often")

    def _patiently(self, path: str, slot: str) -> Json:
        """The answer, after as many waits as the device wants and this capture has."""
        for wait_s in _WAITS_S:
            try:
                return self._fetcher.get(path, deadline_s=_DEADLINE_S, slot=slot, purpose=Purpose.PROBE)
            except (RateLimited, ServerError) as problem:
                patient = isinstance(problem, RateLimited) or problem.retry_after_s is not None
                asked_s = _asked_wait_s(problem)
                if not patient or asked_s > _LONGEST_WAIT_S or self._waits >= _WAITS_IN_ALL:
                    raise
                self._waits += 1
                self._sleep(max(asked_s, wait_s if problem.retry_after_s is None else 1.0))
        return self._fetcher.get(path, deadline_s=_DEADLINE_S, slot=slot, purpose=Purpose.PROBE)


def _asked_wait_s(problem: DeviceError) -> float:
    asked_s = problem.retry_after_s if isinstance(problem, (RateLimited, ServerError)) else None
    return asked_s or 0.0


def _has_module(root: Mapping[str, Json], slot: str) -> bool:
    return find(root, parse_path(f"status.chassis0.slots.{slot}.module").steps) is not MISSING


def merged(documents: Mapping[str, Json]) -> dict[str, Json]:
    """All documents as the one tree that the agent reads (agent.model.document)."""
    root: dict[str, Json] = {}
    # What is part of another answer goes in after it.
    for path in sorted(documents, key=lambda path: path.count("/")):
        root = graft(root, path, documents[path])
    return root


# Reading.

_BRANCHES: Final = frozenset({"system", "chassis0", "network", "notification", "services", "ntp", "rest-api"})
"""Members of a status tree, of which one at least must be there to know it for one."""


def read_documents(text: str, place: str) -> dict[str, Json]:
    """The documents in a text: a capture file, an answer to GET /api/status, or the status tree alone.

    Args:
        text: what the file holds.
        place: how the file is called in errors.

    Returns:
        REST path below /api to answer.

    Raises:
        ConfigError: it is none of these; the problem says what it is instead.
    """
    content = _parsed(text, place)
    if "format" in content:
        return _captured(content, place)
    if "data" in content:
        return {_path_of(content, place): content}
    if not _BRANCHES & content.keys():
        raise ConfigError(
            place,
            "JSON, but neither a capture file of this agent nor an answer of a LANTIME's REST API "
            f"(no member format, data, or any of {', '.join(sorted(_BRANCHES))})",
        )
    return {_STATUS: content}


def _captured(content: dict[str, Json], place: str) -> dict[str, Json]:
    if content["format"] != FORMAT:
        raise ConfigError(place, f"a file of another kind: its format is not {FORMAT!r}")
    version = content.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise ConfigError(place, "version: a whole number from 1 is expected")
    if version > VERSION:
        raise ConfigError(place, f"written by a newer agent: format version {version}, this agent reads {VERSION}")
    documents = content.get("documents")
    if not isinstance(documents, dict) or not documents:
        raise ConfigError(place, "documents: an object of REST paths and answers is expected, with one at least")
    for path, answer in documents.items():
        if not _is_path(path):
            raise ConfigError(place, f"documents: {path[:80]!r} is no path below status or configuration")
        if not isinstance(answer, (dict, list)):
            raise ConfigError(place, f"documents: {path}: an object or list is expected")
    return documents


def _is_path(path: str) -> bool:
    steps = path.split("/")
    return steps[0] in ("status", "configuration") and all(steps)


def _path_of(answer: dict[str, Json], place: str) -> str:
    """Which path a bare answer is of: its own link says so."""
    data = answer["data"]
    if not isinstance(data, (dict, list)):
        raise ConfigError(place, "data: an object is expected, as a LANTIME's REST API answers")
    links = answer.get("links")
    link = links.get("self") if isinstance(links, dict) else None
    if isinstance(link, str):
        path = link.partition("?")[0].partition("/api/")[2].strip("/")
        if _is_path(path):
            return path
    if isinstance(data, dict) and (data.get("object-id") == _STATUS or _BRANCHES & data.keys()):
        return _STATUS
    raise ConfigError(place, "an answer, but not to GET /api/status, and without a link that says to what")


def _parsed(text: str, place: str) -> dict[str, Json]:
    try:
        return strictjson.load(text.strip().removeprefix("\ufeff"))
    except NotADocument as fault:
        problem = str(fault)
        if fault.at is not None:
            problem = f"not JSON: {fault} at line {fault.line}, column {fault.column}"
    raise ConfigError(place, problem)
