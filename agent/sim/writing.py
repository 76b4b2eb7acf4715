"""Writes of clients: POST of a JSON object to its place in the configuration.

Captured is no more than that: POST of one object to its configuration path, answered OK with a JSON body. The merge,
the codes and bodies of refusals, and the answer's body are inferred.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from aiohttp import web

from agent.sim.catalogue import Fault, Scope
from agent.sim.configurator import Configurator, adjusted, is_ignored
from agent.sim.device import Device
from agent.sim.documents import envelope, walk
from agent.sim.exchange import Exchange
from agent.sim.journal import Journal
from agent.sim.limits import RefusedError
from agent.sim.misbehaviour import closed
from agent.sim.render import render
from agent.sim.settings import Change
from agent.sim.shape import Node
from agent.sim.tree import NodeNotFoundError

ROOT = ("api", "configuration")
CLIENT = "client"


class Writer:
    """Takes writes, each of which may meet a fault."""

    def __init__(
        self, device: Device, configurator: Configurator, journal: Journal, die: Callable[[float], None]
    ) -> None:
        self._device = device
        self._configurator = configurator
        self._journal = journal
        self._die = die

    def concerns(self, path: str) -> bool:
        """Whether the path is one that may be written."""
        options = self._configurator.options
        if options.mode == "off":
            return False
        return tuple(_parts(path)[:2]) == ROOT or (bool(path) and path in (options.apply_path, options.discard_path))

    async def write(self, exchange: Exchange, number: int, body: bytes, taken: Sequence[Fault]) -> web.Response:
        """Answer one POST and record as which number of the journal it ended how."""
        fault = next((fault for fault in taken if fault.kind.scope is Scope.WRITE), None)
        if fault is not None and fault.kind.name in ("write-refused", "config-locked"):
            return _refusal(exchange, fault)
        try:
            changes = self._changes(exchange.request.path, body, taken)
        except NodeNotFoundError as error:
            return exchange.error(404, f"no such object: {error}")
        except RefusedError as error:
            return exchange.error(error.status, str(error))
        if fault is not None and not fault.flag("taken"):
            self._journal.conclude(number, "lost", None, tuple(changes))
            return await self._silence(exchange, fault)
        self._change_by_others(taken, first=True)
        outcome, changes = self._take(exchange.request.path, changes, taken)
        self._change_by_others(taken, first=False)
        answered = fault is None or ("answered" in fault.parameters and fault.flag("answered"))
        self._journal.conclude(number, outcome, 200 if answered else None, tuple(changes))
        if fault is not None and not answered:
            return await self._silence(exchange, fault)
        response = exchange.body(self._content(exchange, outcome, taken))
        if fault is not None:
            response.force_close()
            self._die(fault.number("seconds"))
        return response

    def _change_by_others(self, taken: Sequence[Fault], *, first: bool) -> None:
        for fault in taken:
            if fault.kind.name == "changed-by-other" and fault.flag("first") is first:
                self._configurator.change(fault.text("path"), fault.items("value")[0])

    def _changes(self, path: str, body: bytes, taken: Sequence[Fault]) -> list[Change]:
        if tuple(_parts(path)[:2]) != ROOT:
            return []
        try:
            given: Node = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise RefusedError(400, f"the body is no JSON: {error}") from None
        return self._configurator.changes(_parts(path)[2:], given, taken)

    def _take(self, path: str, changes: list[Change], taken: Sequence[Fault]) -> tuple[str, list[Change]]:
        """Outcome and changes as they were taken."""
        options = self._configurator.options
        if path == options.apply_path:
            changes = [change for _, change in self._configurator.pending]
            self._configurator.apply()
            return "applied", changes
        if path == options.discard_path:
            changes = [change for _, change in self._configurator.pending]
            self._configurator.discard()
            return "discarded", changes
        heeded = [adjusted(change, taken) for change in changes if not is_ignored(change, taken)]
        slow_s = sum(fault.number("seconds") for fault in taken if fault.kind.name == "slow-apply")
        outcome = self._configurator.take(heeded, CLIENT, slow_s)
        return "ignored" if changes and not heeded else outcome, heeded

    async def _silence(self, exchange: Exchange, fault: Fault) -> web.Response:
        """No answer: the connection ends, stays open without a word, or the whole device is gone."""
        if fault.kind.name == "dies-at-write":
            self._die(fault.number("seconds"))
        elif fault.text("how") == "hang":
            await exchange.wait_while(lambda: True)
        closed(exchange)
        return web.Response()

    def _content(self, exchange: Exchange, outcome: str, taken: Sequence[Fault]) -> bytes:
        """The object after the write, as it is or, if it was staged, as it will be."""
        path = _parts(exchange.request.path)
        moment = self._device.moment(taken)
        data: Node = {"object-id": path[-1]}
        if tuple(path[:2]) == ROOT:
            tree = self._configurator.tree(taken, candidate=outcome in ("staged", "accepted"))
            data = walk({"configuration": tree}, path[1:])
        protocol = "" if moment.spec.is_v20 else exchange.request.scheme
        return render(envelope(moment, path[1:], data, protocol), long_floats=not moment.spec.is_v20)


def _refusal(exchange: Exchange, fault: Fault) -> web.Response:
    if fault.kind.name == "write-refused":
        return exchange.error(fault.integer("status"), fault.text("message"))
    retry = fault.text("retry_after")
    headers = {"Retry_After": retry} if retry else {}
    return exchange.error(423, f"the configuration is locked by {fault.text('owner')}", **headers)


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]
