"""Every request that leaves becomes an exchange."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Protocol

from agent.device.redact import MARK, Redactor
from agent.device.text import printable
from agent.device.transport import Answer
from agent.errors import DeviceError, TimedOut, TooLarge
from agent.model.exchange import Exchange, ExchangeState, Purpose

REASON_LIMIT: Final = 255


class Recorder(Protocol):
    """Whoever keeps the exchanges."""

    def number(self) -> int:
        """The next exchange's number."""
        ...

    def begun(self, exchange: Exchange) -> None:
        """A request leaves."""
        ...

    def ended(self, exchange: Exchange) -> None:
        """Its answer came, or never will."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked for.

    Attributes:
        path: below /api, with its query.
        slot: slot ID it is about, "" for none.
        sensitive: whether the bodies are secrets as a whole (get-token).
    """

    method: str
    path: str
    slot: str
    purpose: Purpose
    body: bytes | None = field(default=None, repr=False)
    sensitive: bool = False


class Journal:
    """Makes the exchanges of one device. No credential, token or cookie gets into one."""

    def __init__(
        self,
        device: str,
        recorder: Recorder,
        redactor: Redactor,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self._device = device
        self._recorder = recorder
        self._redactor = redactor
        self._clock = clock
        self._now = now

    def number(self) -> int:
        """The next exchange's number."""
        return self._recorder.number()

    def record(self, number: int, call: Call, uri: str, send: Callable[[], Answer]) -> Answer:
        """Send a request and record it, however it ends."""
        body = call.body or b""
        exchange = Exchange(
            number=number, device=self._device, method=call.method, uri=self._redactor.text(uri), slot=call.slot,
            purpose=call.purpose, requested=self._now(), request_data=self._kept(body, call), request_size=len(body),
        )  # fmt: skip
        self._recorder.begun(exchange)
        started = self._clock()
        answer: Answer | None = None
        try:
            answer = send()
        finally:
            # without an answer, not even a faulty one, the program is being stopped
            aborted = replace(exchange, state=ExchangeState.ABORTED)
            done = aborted if answer is None else self._completed(exchange, call, answer, started)
            self._recorder.ended(done)
        return answer

    def _completed(self, exchange: Exchange, call: Call, answer: Answer, started: float) -> Exchange:
        if answer.status is not None:
            reason = answer.reason or http.client.responses.get(answer.status, "")
            exchange = replace(
                exchange,
                status_code=answer.status,
                status=printable(self._redactor.text(reason), REASON_LIMIT),
                response_data=self._kept(answer.body, call),
                response_size=answer.size,
            )
        if answer.fault is not None:
            return replace(exchange, state=_state(answer.fault))
        round_trip_ms = round(1000 * (self._clock() - started))
        return replace(exchange, state=ExchangeState.ANSWERED, answered=self._now(), round_trip_ms=round_trip_ms)

    def _kept(self, body: bytes, call: Call) -> bytes:
        if call.sensitive:
            return MARK if body else b""
        return self._redactor.body(body)


def _state(fault: DeviceError) -> ExchangeState:
    if isinstance(fault, TimedOut):
        return ExchangeState.TIMED_OUT
    return ExchangeState.ABORTED if isinstance(fault, TooLarge) else ExchangeState.FAILED
