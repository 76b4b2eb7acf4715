"""The `/_sim/` resources by which faults are switched over HTTP. They are the simulator's, not a device's."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Protocol

from aiohttp import web

from agent.sim.accounts import Accounts
from agent.sim.catalogue import CATALOGUE
from agent.sim.configurator import Configurator
from agent.sim.device import Device
from agent.sim.exchange import Exchange
from agent.sim.faults import Faults
from agent.sim.journal import Journal
from agent.sim.render import render
from agent.sim.shape import JsonObject, Node


class Power(Protocol):
    """The device's life."""

    @property
    def is_dead(self) -> bool:
        """Whether it refuses connections until it is revived."""

    def kill(self, seconds: float = 0.0) -> None:
        """Refuse connections for so many seconds, or (0) until `revive`."""

    def revive(self) -> None:
        """Listen again."""


class Control:
    """Answers requests below `/_sim/`. They need no password: the simulator listens on loopback only."""

    def __init__(
        self,
        device: Device,
        accounts: Accounts,
        faults: Faults,
        journal: Journal,
        configurator: Configurator,
        power: Power,
    ) -> None:
        self._device = device
        self._accounts = accounts
        self._faults = faults
        self._journal = journal
        self._configurator = configurator
        self._power = power

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
            return await self._of_writing(exchange, parts, method)
        return exchange.body(render(self._overview()))

    async def _of_writing(self, exchange: Exchange, parts: list[str], method: str) -> web.Response:
        """The resources that concern writes: writes, options, configuration, pending and power."""
        handler = _HANDLERS.get((method, parts[0] if parts else ""))
        if handler is None or (len(parts) > 1 and parts[0] not in _WITH_PATH):
            return exchange.error(404, "try GET /_sim/, PUT or DELETE /_sim/faults/<name>")
        try:
            given: Node = await exchange.request.json() if await exchange.request.read() else None
            handler(self, "/".join(parts[1:]), given, exchange.request.query.get("owner", "admin"))
            shown = self._writing(parts)
        except LookupError as error:
            return exchange.error(404, f"no such object: {error}")
        except (ValueError, TypeError) as error:
            return exchange.error(400, str(error))
        return exchange.body(render(shown))

    def _writing(self, parts: list[str]) -> JsonObject:
        """What a resource that concerns writes shows."""
        if parts[0] == "writes":
            return {"writes": [record.description() for record in self._journal.writes()]}
        if parts[0] == "options":
            return dataclasses.asdict(self._configurator.options)
        if parts[0] == "configuration":
            return {"value": self._configurator.get("/".join(parts[1:]))}
        if parts[0] == "pending":
            rows = self._configurator.pending
            return {"pending": [{"owner": owner, **change.description()} for owner, change in rows]}
        return {"on": not self._power.is_dead}

    def _show(self, _path: str, _given: Node, _owner: str) -> None:
        """Nothing to do but to show it."""

    def _forget_writes(self, _path: str, _given: Node, _owner: str) -> None:
        self._journal.forget_writes()

    def _set_options(self, _path: str, given: Node, _owner: str) -> None:
        self._configurator.options = dataclasses.replace(self._configurator.options, **(given or {}))

    def _change(self, path: str, given: Node, _owner: str) -> None:
        self._configurator.change(path, given)

    def _stage(self, path: str, given: Node, owner: str) -> None:
        self._configurator.stage(path, given, owner)

    def _reset(self, _path: str, _given: Node, _owner: str) -> None:
        self._configurator.reset()

    def _apply(self, _path: str, _given: Node, _owner: str) -> None:
        self._configurator.apply()

    def _discard(self, _path: str, _given: Node, _owner: str) -> None:
        self._configurator.discard()

    def _switch(self, _path: str, given: Node, _owner: str) -> None:
        if not isinstance(given, dict) or not isinstance(given.get("on"), bool):
            raise ValueError('{"on": true} or {"on": false, "seconds": 2} expected')
        if given["on"]:
            self._power.revive()
        else:
            self._power.kill(float(given.get("seconds", 0.0)))

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
            "dead": self._power.is_dead,
            "writes": len(self._journal.writes()),
            "pending-changes": len(self._configurator.pending),
            "options": dataclasses.asdict(self._configurator.options),
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


_WITH_PATH = ("configuration", "pending")
# Method and resource below /_sim/; path, body and ?owner= are handed over.
_HANDLERS: dict[tuple[str, str], Callable[[Control, str, Node, str], None]] = {
    ("GET", "writes"): Control._show,
    ("DELETE", "writes"): Control._forget_writes,
    ("GET", "options"): Control._show,
    ("PUT", "options"): Control._set_options,
    ("GET", "configuration"): Control._show,
    ("PUT", "configuration"): Control._change,
    ("DELETE", "configuration"): Control._reset,
    ("GET", "pending"): Control._show,
    ("PUT", "pending"): Control._stage,
    ("POST", "pending"): Control._apply,
    ("DELETE", "pending"): Control._discard,
    ("GET", "power"): Control._show,
    ("PUT", "power"): Control._switch,
}
