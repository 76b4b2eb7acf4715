"""The client of one device's REST API."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Final

import requests

from agent import __version__
from agent.config import Auth, DeviceSettings
from agent.device.allowance import Allowance
from agent.device.auth import TOKEN_PATH, Login, basic, bearer, login_of, token_in, token_request
from agent.device.journal import Call, Journal, Recorder
from agent.device.redact import Redactor
from agent.device.transport import Answer, Transport
from agent.device.verdict import accept, document_in
from agent.errors import CredentialsMissing, DeviceError, Unreachable, UnsupportedVersion
from agent.model.configuring import Posted
from agent.model.document import Json
from agent.model.exchange import Purpose

__all__ = ["Client", "Recorder"]

HEADERS: Final = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": f"lantime-northbound-agent/{__version__}",
}


class Client:
    """One session to one device; used by one thread at a time (one request in flight per device).

    Args:
        settings: the device.
        recorder: is told of every request that leaves.
        clock: monotonic seconds.
        now: the time, in UTC.
    """

    def __init__(
        self,
        settings: DeviceSettings,
        recorder: Recorder,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self._settings = settings
        self._login = login_of(settings)
        self._redactor = Redactor(self._login)
        self._journal = Journal(settings.name, recorder, self._redactor, clock, now)
        self._now = now
        self._allowance = Allowance(clock, settings.poll.connect_timeout_s, settings.poll.read_timeout_s)
        self._transport = Transport(settings, self._allowance)
        self._token: str | None = None
        self._left = False

    def get(self, path: str, *, deadline_s: float, slot: str = "", purpose: Purpose = Purpose.POLL) -> Json:
        """The answer to a GET, with its envelope.

        Args:
            path: below /api ("status/chassis0/slots/io1/module"), query allowed.
            deadline_s: seconds this may take in all, connecting, a token and the body included.
            slot: slot ID the request is about.
            purpose: what the request is for.

        Raises:
            DeviceError: the kind says what happened; CredentialsMissing before anything is sent.
        """
        call = Call("GET", path.strip("/"), slot, purpose)
        return self._document(call, self._asked(call, deadline_s))

    def post(self, path: str, body: Json, *, deadline_s: float, slot: str = "") -> Posted:
        """What became of a POST. It is sent once: when its answer is lost, nobody but the device knows.

        Args:
            path: below /api, of the object that is written.
            body: that object.
            deadline_s: seconds this may take in all, connecting, a token and the answer included.
            slot: slot ID it is about.
        """
        octets = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
        call = Call("POST", path.strip("/"), slot, Purpose.SET, octets)
        answer = Answer()
        try:
            answer = self._asked(call, deadline_s)
            accept(answer, self._url(call), self._now)
        except DeviceError as problem:
            fault = problem
            fault.args = (self._redactor.text(str(fault)),)
            return Posted(fault, answer.status, left=self._left)
        return Posted(None, answer.status, left=True)

    def _asked(self, call: Call, deadline_s: float) -> Answer:
        login = self._login
        self._left = False
        if login is None:
            raise CredentialsMissing(f"{self._settings.base_url}: no user name and password are configured")
        self._allowance.open(deadline_s)
        if self._settings.auth is Auth.BASIC:
            return self._ask(call, basic(login))
        return self._ask_with_token(call, login)

    def close(self) -> None:
        """Close the connection and forget the token."""
        self._token = None
        self._transport.close()

    def _ask_with_token(self, call: Call, login: Login) -> Answer:
        fresh = self._token is None
        answer = self._ask(call, bearer(self._token or self._fetched_token(call, login)))
        if answer.status == 401 and not fresh:  # it may have run out: how long one lasts is not documented
            self._token = None
            answer = self._ask(call, bearer(self._fetched_token(call, login)))
        if answer.status == 401:
            self._token = None
        return answer

    def _fetched_token(self, cause: Call, login: Login) -> str:
        call = Call("PUT", TOKEN_PATH, cause.slot, cause.purpose, token_request(login), sensitive=True)
        answer = self._send(call, authorization=None)
        if answer.status == 404:
            raise UnsupportedVersion(
                f"{self._settings.base_url}: no /api/{TOKEN_PATH}; REST APIs before version 16 (LTOS 7.08) give no "
                "tokens, set auth: basic for this device"
            )
        token = token_in(self._document(call, answer), self._settings.base_url)
        self._redactor.learn(token)
        self._token = token
        return token

    def _ask(self, call: Call, authorization: str) -> Answer:
        answer = self._send(call, authorization)
        # The one retry: the device had closed the kept connection, so it cannot have seen the request as a whole.
        # A GET does no harm if it has; a POST might.
        again = answer.dead and call.method == "GET"
        answer = self._send(call, authorization) if again else answer
        self._left = self._allowance.sent
        return answer

    def _send(self, call: Call, authorization: str | None) -> Answer:
        number = self._journal.number()
        request = self._prepared(number, call, authorization)
        if request is None:
            raise Unreachable(f"{self._settings.base_url}: not an address that can be asked")
        return self._journal.record(number, call, request.path_url, lambda: self._transport.send(request))

    def _prepared(self, number: int, call: Call, authorization: str | None) -> requests.PreparedRequest | None:
        headers = {**HEADERS, "X-Correlation-Id": correlation_id(number)}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if authorization is not None:
            headers["Authorization"] = authorization
        # Prepared without the session: it would mix in cookies and, with trust_env, a .netrc.
        request = requests.Request(call.method, self._url(call), headers=headers, data=call.body)
        try:
            return request.prepare()
        except requests.RequestException:
            return None

    def _document(self, call: Call, answer: Answer) -> Json:
        try:
            return document_in(answer, self._url(call).partition("?")[0], self._now)
        except DeviceError as problem:
            fault = problem
        fault.args = (self._redactor.text(str(fault)),)  # reason phrase and Location are the device's words
        raise fault

    def _url(self, call: Call) -> str:
        return f"{self._settings.base_url}/api/{call.path}"


def correlation_id(number: int) -> str:
    """The X-Correlation-Id of an exchange: 8 octets in hexadecimal, as the device mirrors them."""
    return "-".join(f"{octet:02x}" for octet in number.to_bytes(8, "big"))
