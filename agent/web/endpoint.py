"""The HTTP endpoint of the bus: messages are posted, listed and looked at.

POST   /messages              a message: 202 with its GUID and a Location
GET    /messages              the rows, the newest first (?state=failed&limit=50)
GET    /messages/{guid}       one row
POST   /messages/{guid}/cancel    while it is waiting
DELETE /messages/{guid}       once it has ended
GET    /types                 the message types with the JSON schemas of their contents
GET    /config/…              what `agent.web.configuration` shows
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Protocol

from aiohttp import web
from pydantic import ValidationError

from agent.config import Secret
from agent.model.message import Entry, Message, MessageState, Reason
from agent.model.strictjson import NotADocument, load
from agent.web.configuration import ConfigReading, routes_of
from agent.web.envelope import Envelope, problem_of, refused, row

log = logging.getLogger(__name__)

LIST_LIMIT: Final = 100
"""Rows of a list unless another limit is asked for."""

STATUS: Final = {Reason.UNKNOWN_TYPE: 404, Reason.BAD_CONTENT: 400, Reason.QUEUE_FULL: 503, Reason.INTERNAL: 500}
"""How a message that is not taken is answered."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Mail(Protocol):
    """The bus as the endpoint sees it; may be called from any thread."""

    def post(self, envelope: Envelope) -> Message:
        """Take a message; one that is not taken comes back failed."""

    def refuse(self, kind: str, text: str) -> Message:
        """Show that something was posted that is no message."""

    def find(self, guid: str) -> Entry | None:
        """The newest row with a GUID."""

    def entries(self) -> Sequence[Entry]:
        """All rows, the oldest first."""

    def cancel(self, index: int) -> bool:
        """Cancel a message that is still waiting."""

    def purge(self, index: int) -> bool:
        """Drop a row that has ended."""

    def types(self) -> list[dict[str, Any]]:
        """The message types: type, description, schema."""


def endpoint(
    mail: Mail, body_limit: int, token: Secret | None, *, token_needed: bool, reading: ConfigReading | None = None
) -> web.Application:
    """The endpoint for one kind of socket.

    Args:
        mail: the bus.
        body_limit: octets that a request may have.
        token: what a request proves itself with; one that is wrong is refused in any case.
        token_needed: whether a request without a token is refused.
        reading: what is shown of the devices' configuration, if anything is.
    """
    routes = _Routes(mail)
    app = web.Application(client_max_size=body_limit, middlewares=[_guard(token, needed=token_needed), _plain_errors])
    app.add_routes(
        [
            web.post("/messages", routes.post),
            web.get("/messages", routes.list),
            web.get("/messages/{guid}", routes.get),
            web.post("/messages/{guid}/cancel", routes.cancel),
            web.delete("/messages/{guid}", routes.purge),
            web.get("/types", routes.types),
        ]
    )
    if reading is not None:
        app.add_routes(routes_of(reading))
    return app


class _Routes:
    def __init__(self, mail: Mail) -> None:
        self._mail = mail

    async def post(self, request: web.Request) -> web.Response:
        kind = "?"
        if request.content_type != "application/json":
            return await self._refused(kind, "Content-Type: application/json is needed", 415)
        try:
            text = (await request.read()).decode("utf-8", "replace")
        except web.HTTPRequestEntityTooLarge:
            return await self._refused(kind, "the body is larger than web.body_limit_kb", 413)
        try:
            document = load(text)
            kind = str(document.get("type", "?"))
            envelope = Envelope.model_validate(document)
        except NotADocument as problem:
            return await self._refused(kind, f"the body is no JSON object: {problem}")
        except ValidationError as problems:
            return await self._refused(kind, problem_of(problems))
        message = await asyncio.to_thread(self._mail.post, envelope)
        status = STATUS.get(message.reason, 202) if message.state is MessageState.FAILED else 202
        where = {"Location": f"/messages/{message.guid}"} if message.index else {}
        body = {"guid": message.guid, "index": message.index, "state": message.state.value}
        if status != 202:
            return _error(status, message.reason.value, message.error_text, headers=where, **body)
        return web.json_response(body, status=202, headers=where)

    async def list(self, request: web.Request) -> web.Response:
        unknown = set(request.query) - {"state", "limit"}
        state, limit = request.query.get("state"), request.query.get("limit", str(LIST_LIMIT))
        states = [one.value for one in MessageState]
        if unknown:
            return _error(400, "badContent", f"{min(unknown)}: unknown; known are state, limit")
        if state is not None and state not in states:
            return _error(400, "badContent", f"state: one of {', '.join(states)}")
        if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:6]) <= 10_000):
            return _error(400, "badContent", "limit: 1 to 10000")
        rows = [one for one in reversed(self._mail.entries()) if state is None or one.message.state.value == state]
        return web.json_response({"messages": [row(one) for one in rows[: int(limit)]]})

    async def get(self, request: web.Request) -> web.Response:
        entry = self._mail.find(request.match_info["guid"])
        return _unknown() if entry is None else web.json_response(row(entry))

    async def cancel(self, request: web.Request) -> web.Response:
        entry = self._mail.find(request.match_info["guid"])
        if entry is None:
            return _unknown()
        if not await asyncio.to_thread(self._mail.cancel, entry.index):
            return _error(409, "notReady", "it is not waiting any more")
        return await self.get(request)

    async def purge(self, request: web.Request) -> web.Response:
        entry = self._mail.find(request.match_info["guid"])
        if entry is None:
            return _unknown()
        if not await asyncio.to_thread(self._mail.purge, entry.index):
            return _error(409, "notReady", "it has not ended yet")
        return web.Response(status=204)

    async def types(self, request: web.Request) -> web.Response:
        return web.json_response({"types": self._mail.types(), "envelope": Envelope.model_json_schema()})

    async def _refused(self, kind: str, text: str, status: int = 400) -> web.Response:
        message = await asyncio.to_thread(self._mail.refuse, kind, text)
        return _error(status, "badContent", text, guid=message.guid, index=message.index)


def _guard(token: Secret | None, *, needed: bool) -> Any:
    """Lets only those in who have the token; it is compared in constant time and never logged."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization")
        if given is None and not needed:
            return await handler(request)
        wanted = f"Bearer {token.reveal()}" if token is not None else ""
        right = hmac.compare_digest((given or "").encode("utf-8", "surrogateescape"), wanted.encode())
        if token is None or not right:
            answer = _error(401, "unauthorized", "a bearer token is needed")
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        return await handler(request)

    return guard


@web.middleware
async def _plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors as JSON, too."""
    try:
        return await handler(request)
    except web.HTTPException as problem:
        answer = _error(problem.status, "notFound" if problem.status == 404 else "badContent", problem.reason)
        if "Allow" in problem.headers:
            answer.headers["Allow"] = problem.headers["Allow"]
        return answer
    except Exception:
        log.exception("web-crashed method=%s path=%r", request.method, request.path[:100])
        return _error(500, "internal", "a fault of the agent; its log says more")


def _unknown() -> web.Response:
    return _error(404, "notFound", "no message has this GUID; rows are kept as interapp.max_count says")


def _error(status: int, reason: str, text: str, headers: dict[str, str] | None = None, **more: Any) -> web.Response:
    return web.json_response(refused(reason, text, **more), status=status, headers=headers)
