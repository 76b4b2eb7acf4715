"""One write to one device: read the object, post it changed, read it back; used in a worker thread."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from urllib.parse import quote

from agent.config import WriteSettings
from agent.errors import CredentialsRejected, DeviceError, NotFound, RateLimited, ServerError, TimedOut
from agent.mib.declaration import Column
from agent.mib.forms import same
from agent.model.configuring import Change, Posted, Verdict, Written
from agent.model.document import MISSING, Json, Missing
from agent.model.exchange import Purpose
from agent.service.fetch import Session

SETTLING_S = (0.0, 0.3, 0.7, 1.0)
"""Pauses before a read-back that still finds the old value; the last is repeated as long as settle_s allows."""
LAST_WORD_S = 10.0
"""What a read-back has at least, when the answer to a POST used up all the time there was."""


@dataclass(slots=True)
class Run:
    """What a write came to, as it grows.

    Attributes:
        results: one per change, in order.
        answers: REST path of each object that was read back, and what it was then.
        error: what the device last answered that concerns more than this write (credentials, 429).
        pending: changes.pending-changes of the first and of the last answer that had it.
    """

    results: list[Written] = field(default_factory=list)
    answers: dict[str, Json] = field(default_factory=dict)
    error: DeviceError | None = None
    pending: list[int] = field(default_factory=list)


class WriteRun:
    """Writes changes of one device in order; used once.

    Args:
        columns: the objects by name, for comparing values.
        deadline_s: seconds all of it may take.
    """

    def __init__(
        self,
        session: Session,
        settings: WriteSettings,
        columns: Mapping[str, Column],
        deadline_s: float,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._session = session
        self._settings = settings
        self._columns = columns
        self._now_s = monotonic
        self._sleep = sleep
        self._ends_s = monotonic() + deadline_s
        self.run = Run()

    def write(self, changes: Sequence[Change]) -> Run:
        """Write in order, an object at a time; nothing more is posted after the first that is not written."""
        stopped = ""
        for owner, group in groupby(changes, key=lambda change: change.target.owner):
            some = list(group)
            if stopped:
                self.run.results += [Written(one, Verdict.REFUSED, f"not tried, since {stopped}") for one in some]
                continue
            results = self._write_object(owner, some)
            self.run.results += results
            bad = next((one for one in results if one.verdict is not Verdict.WRITTEN), None)
            stopped = f"{bad.change.target.text} was not written" if bad else ""
        return self.run

    def read(self, owner: str) -> dict[str, Json] | None:
        """What the device says of an object now; None when it has none there.

        Raises:
            DeviceError: it did not answer as it should.
        """
        try:
            answer = self._session.get(
                escaped(owner), deadline_s=self._left_s(), slot=slot_of(owner), purpose=Purpose.SET
            )
        except NotFound:
            return None
        except DeviceError as problem:
            self._note(problem)
            raise
        self._note_pending(answer)
        node = answer.get("data", answer) if isinstance(answer, Mapping) else answer
        return dict(node) if isinstance(node, Mapping) else None

    def _left_s(self) -> float:
        left_s = self._ends_s - self._now_s()
        if left_s <= 0:
            raise TimedOut("the time for this write is over")
        return left_s

    def _write_object(self, owner: str, changes: list[Change]) -> list[Written]:
        try:
            before = self.read(owner)
            if before is None:
                return [Written(one, Verdict.REFUSED, f"the device has no /api/{owner}") for one in changes]
            results = [Written(one, Verdict.WRITTEN, "", before.get(one.target.member, MISSING)) for one in changes]
            if all(self._same(one, one.before) for one in results):
                self.run.answers[owner] = before
                return [replace(one, after=one.before) for one in results]
            posted = self._post(owner, self._body(before, changes))
        except DeviceError as problem:  # nothing was posted
            return [Written(one, _unposted(problem), said(problem)) for one in changes]
        if posted.error is not None and not posted.is_lost:
            self._note(posted.error)
            return self._refused(owner, results, posted)
        return self._read_back(owner, results, posted.error)

    def _body(self, before: dict[str, Json], changes: list[Change]) -> dict[str, Json]:
        wanted = {one.target.member: one.raw for one in changes}
        if self._settings.body == "changes":
            return wanted
        # The object without its own name, as the device was seen to be written.
        return {name: value for name, value in before.items() if name != "object-id"} | wanted

    def _post(self, owner: str, body: Json) -> Posted:
        posted = self._session.post(escaped(owner), body, deadline_s=self._left_s(), slot=slot_of(owner))
        if posted.error is None and self._settings.apply_path:
            return self._session.post(self._settings.apply_path, {}, deadline_s=self._left_s())
        return posted

    def _refused(self, owner: str, results: list[Written], posted: Posted) -> list[Written]:
        """What a no came to. An error of the device's own does not tell whether anything took effect."""
        verdict = Verdict.REFUSED if posted.status is not None else Verdict.UNREACHABLE
        detail = said(posted.error)
        if posted.status is None or posted.status < 500:
            return [replace(one, verdict=verdict, detail=detail) for one in results]
        try:
            self._allow_last_word()
            now = self.read(owner) or {}
        except DeviceError as problem:
            text = f"{detail}; whether it took effect is not known: {said(problem)}"
            return [replace(one, verdict=Verdict.UNKNOWN, detail=text) for one in results]
        self.run.answers[owner] = now
        after = [replace(one, after=now.get(one.change.target.member, MISSING)) for one in results]
        return [
            replace(one, verdict=verdict, detail=f"{detail}; the device says {shown(one.after)} now") for one in after
        ]

    def _read_back(self, owner: str, results: list[Written], lost: DeviceError | None) -> list[Written]:
        """Compare what the device says with what it was to be; it has a while to take it over."""
        if lost is not None:
            self._allow_last_word()
        waited_s = 0.0
        attempt = 0
        while True:
            try:
                now = self.read(owner) or {}
            except DeviceError as problem:
                cause = f"the answer was lost ({said(lost)}), and" if lost else "the device took it, but"
                text = f"{cause} it could not be read back: {said(problem)}"
                return [replace(one, verdict=Verdict.UNKNOWN, detail=text) for one in results]
            results = [replace(one, after=now.get(one.change.target.member, MISSING)) for one in results]
            self.run.answers[owner] = now
            pending = [one for one in results if not self._same(one, one.after)]
            may_come = all(self._same_values(one, one.before, one.after) for one in pending)
            pause_s = SETTLING_S[min(attempt + 1, len(SETTLING_S) - 1)]
            attempt += 1
            if not pending or not may_come or waited_s + pause_s > self._settings.settle_s:
                return [self._judged(one, lost) for one in results]
            if self._ends_s - self._now_s() <= pause_s:
                return [self._judged(one, lost) for one in results]
            self._sleep(pause_s)
            waited_s += pause_s

    def _judged(self, one: Written, lost: DeviceError | None) -> Written:
        if self._same(one, one.after):
            return one
        wanted, after = shown(one.change.raw), shown(one.after)
        if lost is not None and self._same_values(one, one.before, one.after):
            text = f"wanted {wanted}; no answer came ({said(lost)}), and the device still says {after}"
            return replace(one, verdict=Verdict.UNKNOWN, detail=text)
        held = self.run.pending[-1] if self.run.pending else 0
        ready = f"; it holds {held} pending changes" if held else ""
        text = f"wanted {wanted}, the device took it and says {after}{ready}"
        return replace(one, verdict=Verdict.DIFFERS, detail=text)

    def _allow_last_word(self) -> None:
        """Whatever time is left, what became of a POST is worth a question."""
        self._ends_s = max(self._ends_s, self._now_s() + LAST_WORD_S)

    def _same(self, one: Written, raw: Json | Missing) -> bool:
        return self._same_values(one, one.change.raw, raw)

    def _same_values(self, one: Written, first: Json | Missing, second: Json | Missing) -> bool:
        if isinstance(first, Missing) and isinstance(second, Missing):
            return True
        return same(self._columns[one.change.target.object_name], first, second)

    def _note(self, problem: DeviceError) -> None:
        if isinstance(problem, (CredentialsRejected, RateLimited, ServerError)):
            self.run.error = problem

    def _note_pending(self, answer: Json) -> None:
        count = pending_in(answer)
        if count is not None:
            self.run.pending = [*self.run.pending[:1], count]


def _unposted(problem: DeviceError) -> Verdict:
    """What an object that could not even be read comes to."""
    refused = isinstance(problem, (CredentialsRejected, RateLimited, ServerError))
    return Verdict.REFUSED if refused else Verdict.UNREACHABLE


def pending_in(answer: Json) -> int | None:
    """changes.pending-changes of an answer."""
    changes = answer.get("changes") if isinstance(answer, Mapping) else None
    count = changes.get("pending-changes") if isinstance(changes, Mapping) else None
    return count if isinstance(count, int) and not isinstance(count, bool) else None


def slot_of(path: str) -> str:
    """Slot ID that a REST path is about, "" for none."""
    parts = path.split("/")
    return parts[3] if parts[:3] == ["configuration", "chassis0", "slots"] and len(parts) > 3 else ""


def escaped(path: str) -> str:
    """A REST path as it stands in a URL."""
    return quote(path, safe="/:@!$'()*+,;=~")


def said(problem: DeviceError | None) -> str:
    """What a device's failure says, without the address in front of it, which the row of the exchange has."""
    place, _, text = str(problem).partition(": ")
    return text if text and "://" in place else str(problem)


def shown(raw: Json | Missing, limit: int = 60) -> str:
    """A JSON value for a person."""
    text = "nothing" if isinstance(raw, Missing) else json.dumps(raw, ensure_ascii=False)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
