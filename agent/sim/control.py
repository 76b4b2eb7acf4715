"""The `/_sim/` resources by which faults are switched over HTTP. They are the simulator's, not a device's."""

from __future__ import annotations

import dataclasses

from aiohttp import web

from agent.sim.accounts import Accounts
from agent.sim.catalogue import CATALOGUE
from agent.sim.device import Device
from agent.sim.exchange import Exchange
from agent.sim.faults import Faults
from agent.sim.journal import Journal
from agent.sim.render import render
from agent.sim.shape import JsonObject


class Control:
    """Answers requests below `/_sim/`. They need no password: the simulator listens on loopback only."""

    def __init__(self, device: Device, accounts: Accounts, faults: Faults, journal: Journal) -> None:
        self._device = device
        self._accounts = accounts
        self._faults = faults
        self._journal = journal

    async def handle(self, exchange: Exchange) -> web.Response:
        """Answer one request."""
        parts = [part for part in exchange.request.path.split("/") if part][1:]
        method = exchange.request.method
        if method == "GET" and not parts:
            return exchange.body(render(self._overview()))
        if method == "DELETE" and parts == ["faults"]:
            self._faults.clear()
        elif method == "DELETE" and parts == ["lockout"]:
            self._accounts.unlock()
        elif method == "DELETE" and parts == ["tokens"]:
            self._accounts.revoke_tokens()
        elif len(parts) == 2 and parts[0] == "faults" and method in ("PUT", "DELETE"):
            return await self._fault(exchange, parts[1], method)
        else:
            return exchange.error(404, "try GET /_sim/, PUT or DELETE /_sim/faults/<name>")
        return exchange.body(render(self._overview()))

    async def _fault(self, exchange: Exchange, name: str, method: str) -> web.Response:
        if name not in CATALOGUE:
            return exchange.error(404, f"unknown fault {name}; GET /_sim/ lists them")
        if method == "DELETE":
            self._faults.clear(name)
            return exchange.body(render(self._overview()))
        try:
            parameters = await exchange.request.json() if await exchange.request.read() else {}
            if not isinstance(parameters, dict):
                raise ValueError("parameters must be a JSON object")
            self._faults.set(name, **parameters)
        except (ValueError, TypeError) as error:
            return exchange.error(400, str(error))
        return exchange.body(render(self._overview()))

    def _overview(self) -> JsonObject:
        spec = dataclasses.asdict(self._device.spec)
        spec["booted"] = spec["booted"].isoformat()
        return {
            "spec": spec,
            "requests": len(self._journal.records()),
            "failed-logins": self._accounts.failures,
            "locked": self._accounts.is_locked,
            "active": [fault.description() for fault in self._faults.active()],
            "faults": [
                {
                    "name": kind.name,
                    "scope": kind.scope.value,
                    "summary": kind.summary,
                    "parameters": dict(kind.defaults),
                }
                for kind in CATALOGUE.values()
            ],
        }
