"""One request on its way through the simulator, and the plain answers to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from agent.sim.shape import JsonObject

_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Exchange:
    """A request together with what its handler needs to stop in time."""

    request: web.Request
    stopping: asyncio.Event

    @property
    def headers(self) -> dict[str, str]:
        """Headers of every answer. The device mirrors the request id of its client."""
        headers = {"Server": "lighttpd"}
        correlation = self.request.headers.get("X-Correlation-Id")
        if correlation:
            headers["X-Correlation-Id"] = correlation
        return headers

    @property
    def is_over(self) -> bool:
        """Whether the client is gone or the simulator stops."""
        transport = self.request.transport
        return self.stopping.is_set() or transport is None or transport.is_closing()

    async def pause(self, seconds: float) -> None:
        """Wait, but no longer than the simulator runs."""
        if seconds > 0:
            try:
                await asyncio.wait_for(self.stopping.wait(), seconds)
            except asyncio.TimeoutError:
                return

    async def wait_while(self, condition: Callable[[], bool]) -> None:
        """Wait while the condition holds and the exchange is not over."""
        while condition() and not self.is_over:
            await self.pause(_POLL_SECONDS)

    def body(self, content: bytes, content_type: str = "application/json", status: int = 200) -> web.Response:
        """A plain answer."""
        return web.Response(body=content, status=status, content_type=content_type, headers=self.headers)

    def error(self, status: int, message: str, **headers: str) -> web.Response:
        """An error answer; that its body is JSON of this form is inferred."""
        document: JsonObject = {"error": {"code": status, "message": message}}
        response = self.body(json.dumps(document, indent=2).encode(), status=status)
        for name, value in headers.items():
            response.headers[name.replace("_", "-")] = value
        return response

    def unauthorized(self) -> web.Response:
        """The answer to a request without a valid password or token."""
        return self.error(401, "authentication required", WWW_Authenticate='Basic realm="LANTIME"')
