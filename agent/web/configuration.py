"""What the local endpoint shows of the devices' configuration; what is to be done about it is a message.

GET /config/cells?device=lts1        values that may be written, as the device said them last
GET /config/transactions             the transactions, the newest first
GET /config/transactions/{number}    one, with its edits
GET /config/history?limit=100        what was written, the newest first (?device=lts1)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from aiohttp import web

LIMIT = 10_000


class ConfigReading(Protocol):
    """Configuration, transactions and history as the endpoint sees them. Used in the event loop's thread."""

    def cells(self, device: str) -> Sequence[dict[str, Any]] | None:
        """Values of a device that may be written; None when there is no such device."""

    def unread(self, device: str) -> int:
        """How many cards and branches of a device have a configuration that was not read yet."""

    def transactions(self) -> Sequence[dict[str, Any]]:
        """All transactions, the newest first."""

    def transaction(self, number: int) -> dict[str, Any] | None:
        """One transaction."""

    def history(self, limit: int, device: str) -> Sequence[dict[str, Any]]:
        """What was written, the newest first; of one device or of all ("")."""


def routes_of(reading: ConfigReading) -> list[web.RouteDef]:
    """The routes."""
    routes = _Routes(reading)
    return [
        web.get("/config/cells", routes.cells),
        web.get("/config/transactions", routes.transactions),
        web.get(r"/config/transactions/{number:\d{1,10}}", routes.transaction),
        web.get("/config/history", routes.history),
    ]


class _Routes:
    def __init__(self, reading: ConfigReading) -> None:
        self._reading = reading

    async def cells(self, request: web.Request) -> web.Response:
        device = request.query.get("device", "")
        found = self._reading.cells(device)
        if found is None:
            return _error(404, f"device: no device {device!r} is configured")
        return web.json_response({"cells": list(found), "unread": self._reading.unread(device)})

    async def transactions(self, _: web.Request) -> web.Response:
        return web.json_response({"transactions": list(self._reading.transactions())})

    async def transaction(self, request: web.Request) -> web.Response:
        found = self._reading.transaction(int(request.match_info["number"]))
        if found is None:
            return _error(404, f"there is no transaction {request.match_info['number']}")
        return web.json_response(found)

    async def history(self, request: web.Request) -> web.Response:
        limit = request.query.get("limit", "100")
        if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:6]) <= LIMIT):
            return _error(400, f"limit: 1 to {LIMIT}")
        return web.json_response({"history": list(self._reading.history(int(limit), request.query.get("device", "")))})


def _error(status: int, text: str) -> web.Response:
    return web.json_response({"reason": "notFound" if status == 404 else "badContent", "error": text}, status=status)
