"""One request and its answer, whatever becomes of it."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field

import requests
import urllib3
from requests.utils import select_proxy

from agent.config import DeviceSettings
from agent.device import faults
from agent.device.allowance import Allowance
from agent.device.connection import Line
from agent.device.lookup import Resolver
from agent.device.session import Session, route
from agent.errors import BadAnswer, DeviceError, TooLarge

PIECE = 16_384
"""Octets read at a time."""

# ValueError: the libraries' word for an address, a header or a combination of TLS settings that cannot be used
_FAILURES = (
    requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        status: status code, or None when no status line came.
        reason: reason phrase as sent; the device of one capture sends none.
        body: decoded body, or as much of it as was read.
        size: octets of the body; more than were read when the device announced more than is allowed.
        fault: why the answer is not complete, or None.
        dead: the connection had been kept alive and turned out dead before anything of the answer came.
    """

    status: int | None = None
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    size: int = 0
    fault: DeviceError | None = None
    dead: bool = False


class Transport:
    """Sends requests to one device, one at a time."""

    def __init__(self, settings: DeviceSettings, allowance: Allowance) -> None:
        self.allowance = allowance
        self._settings = settings
        self._limit = int(settings.poll.body_limit_mb * 1_000_000)
        self._place = settings.base_url
        self._line = Line(allowance, Resolver(), self._place, settings.tls.fingerprint)
        self._session: Session | None = None

    def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            self._session.close()

    def send(self, request: requests.PreparedRequest) -> Answer:
        """Send a request and read its answer within what is left of the allowance; faults are in the answer."""
        fault: DeviceError
        self.allowance.begin()
        try:
            proxies = route(self._settings, self._place)
            response = self._opened().send(
                request, stream=True, allow_redirects=False, proxies=proxies, verify=self._settings.tls.verify,
                timeout=(self.allowance.connect_s, self.allowance.read_s),
            )  # fmt: skip
        except DeviceError as problem:
            fault = problem
        except _FAILURES as problem:
            fault = self._fault(problem)
            if self._died(problem):
                return Answer(fault=_bare(fault), dead=True)
        else:
            with response:
                return self._read(response)
        return Answer(fault=_bare(fault))

    def _opened(self) -> Session:
        # opened with the first request, so that a CA file that cannot be read is this device's failure alone
        if self._session is None:
            self._session = Session(self._settings, self._line)
        return self._session

    def _fault(self, problem: BaseException) -> DeviceError:
        direct = select_proxy(self._place, route(self._settings, self._place)) is None
        return faults.translated(problem, self._settings, self.allowance, direct=direct)

    def _died(self, problem: BaseException) -> bool:
        return self.allowance.reused and not self.allowance.received and faults.is_broken_connection(problem)

    def _read(self, response: requests.Response) -> Answer:
        body = bytearray()
        size, fault = self._announced(response)
        if fault is None:
            try:
                fault = self._fill(body, response)
            except _FAILURES as problem:
                fault = self._fault(problem)
                if isinstance(fault, BadAnswer):
                    fault = BadAnswer(f"{fault} (after {len(body)} octets of the body)")
            size = len(body)
        if fault is not None:
            fault = _bare(fault)
            response.raw.close()  # what is left of the body would be taken for the next answer
        return Answer(response.status_code, response.reason or "", response.headers, bytes(body), size, fault)

    def _announced(self, response: requests.Response) -> tuple[int, DeviceError | None]:
        announced = response.headers.get("Content-Length", "").strip()
        if announced.isascii() and announced.isdigit():
            size = int(announced[:18])
            if size > self._limit:
                return size, self._too_large(f"{size} octets announced")
        return 0, None

    def _fill(self, body: bytearray, response: requests.Response) -> DeviceError | None:
        # read1 returns what has come, so that a part of the body is there to be shown when the rest does not come
        while piece := response.raw.read1(PIECE, decode_content=True):
            body += piece
            if len(body) > self._limit:
                return self._too_large(f"more than {self._limit} octets")
        return None

    def _too_large(self, found: str) -> TooLarge:
        return TooLarge(f"{self._place}: {found}; poll.body_limit_mb allows {self._settings.poll.body_limit_mb:g} MB")


def _bare(fault: DeviceError) -> DeviceError:
    """The fault without the exceptions and frames it came from: those hold the request and so its credentials."""
    fault.__context__ = None
    return fault.with_traceback(None)
