"""The HTTP service of the simulated device: `/api/` as on the device and `/_sim/` to control it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiohttp import web

from agent.sim.accounts import Accounts
from agent.sim.catalogue import Fault, Scope
from agent.sim.configurator import Configurator
from agent.sim.control import Control, Power
from agent.sim.corruption import corrupt
from agent.sim.device import Device
from agent.sim.documents import NodeNotFoundError, envelope, tree, walk
from agent.sim.exchange import Exchange
from agent.sim.faults import Faults
from agent.sim.journal import Journal
from agent.sim.misbehaviour import closed, deliver, refuse, rest_disabled
from agent.sim.render import render
from agent.sim.writing import Writer

_MAX_REQUEST = 64 << 10


class Service:
    """Answers the requests of all connections."""

    def __init__(
        self,
        device: Device,
        accounts: Accounts,
        faults: Faults,
        journal: Journal,
        configurator: Configurator,
        power: Power,
    ) -> None:
        self.latency = 0.0
        self.accepts = True
        self._device = device
        self._accounts = accounts
        self._faults = faults
        self._journal = journal
        self._writer = Writer(device, configurator, journal, power.kill)
        self._control = Control(device, accounts, faults, journal, configurator, power)
        self._stopping = asyncio.Event()

    def application(self) -> web.Application:
        """The aiohttp application; one handler, as the tree is walked by path."""
        application = web.Application(client_max_size=_MAX_REQUEST)
        application.router.add_route("*", "/{tail:.*}", self.handle)
        return application

    def control_application(self) -> web.Application:
        """The aiohttp application of a port for control alone, which is there while the device is not."""
        application = web.Application(client_max_size=_MAX_REQUEST)
        application.router.add_route("*", "/{tail:.*}", self.handle_control)
        return application

    async def handle_control(self, request: web.Request) -> web.StreamResponse:
        """Answer one request of the control port."""
        exchange = Exchange(request, self._stopping)
        if not request.path.startswith("/_sim"):
            return exchange.error(404, "this port is for /_sim/ alone")
        return await self._control.handle(exchange)

    def stop(self) -> None:
        """Let all pending answers end."""
        self._stopping.set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        exchange = Exchange(request, self._stopping)
        if request.path.startswith("/_sim"):
            return await self._control.handle(exchange)
        self._journal.note(request.method, request.path, request.query_string, request.headers)
        if not self.accepts:
            return closed(exchange)
        if request.method != "GET" and self._writer.concerns(request.path):
            return await self._answer_write(exchange)
        return await self._answer(exchange, 0)

    async def _answer_write(self, exchange: Exchange) -> web.StreamResponse:
        """Answer, and record what became of the write unless its handler did."""
        request = exchange.request
        body = await request.read()
        correlation = request.headers.get("X-Correlation-Id", "")
        number = self._journal.note_write(request.method, request.path, body, correlation)
        response = await self._answer(exchange, number)
        self._journal.conclude(number, "refused", None if exchange.is_over else response.status)
        return response

    async def _answer(self, exchange: Exchange, number: int) -> web.StreamResponse:
        """Apply the faults of this request around the proper answer; a write has a number in the journal."""
        if self._device.is_down:
            return exchange.error(503, "the system is starting")
        if not self._device.store.running().get("system/rest-api/enabled", True):
            return rest_disabled(exchange)
        taken = self._faults.take(exchange.request.path, self._journal.recent, exchange.request.method)
        late = sum(fault.number("seconds") for fault in taken if fault.kind.name == "delay")
        await exchange.pause(self.latency + late)
        refusals = [fault for fault in taken if fault.kind.scope is Scope.REFUSAL]
        if refusals:
            fault = refusals[0]
            # A hang that is used up by this very request still has to hang.
            return await refuse(exchange, fault, lambda: fault.times is not None or self._faults.is_active(fault))
        response = await self._proper(exchange, taken, number)
        deliveries = [fault for fault in taken if fault.kind.scope is Scope.DELIVERY]
        if deliveries and response.status == 200 and isinstance(response.body, bytes):
            return await deliver(exchange, deliveries[0], response.body)
        return response

    async def _proper(self, exchange: Exchange, taken: Sequence[Fault], number: int) -> web.Response:
        """What a healthy device answers."""
        request = exchange.request
        parts = [part for part in request.path.split("/") if part]
        if parts[:1] != ["api"]:
            return exchange.error(404, "not found")
        if parts == ["api", "get-token"] and self._device.spec.has_tokens:
            return await self._token(exchange)
        if not self._accounts.admits(request.headers.get("Authorization", "")):
            return exchange.unauthorized()
        if parts == ["api", "get-token"]:
            return exchange.error(404, "not found")
        if request.method == "POST" and number:
            return await self._writer.write(exchange, number, await request.read(), taken)
        if request.method != "GET" and number:
            return exchange.error(405, "method not allowed", Allow="GET, POST")
        if request.method != "GET":
            return exchange.error(405, "method not allowed", Allow="GET")
        raw = "raw" in request.query
        try:
            content = await asyncio.to_thread(self._document, parts[1:], taken, raw=raw, scheme=request.scheme)
        except NodeNotFoundError as error:
            return exchange.error(404, f"no such object: {error}")
        return exchange.body(content)

    def _document(self, path: list[str], taken: Sequence[Fault], *, raw: bool, scheme: str) -> bytes:
        """The body for a path; runs beside the event loop as a large chassis takes a while."""
        moment = self._device.moment(taken)
        root = tree(moment, path, raw=raw)
        for fault in taken:
            if fault.kind.name == "bad-fields":
                corrupt(root, fault.items("paths"), fault.items("values"))
        # V20 writes https whatever was asked for in its capture; below that it follows the request.
        protocol = "" if moment.spec.is_v20 else scheme
        document = envelope(moment, path, walk(root, path), protocol)
        return render(document, long_floats=not moment.spec.is_v20)

    async def _token(self, exchange: Exchange) -> web.Response:
        """PUT of user name and password gives a token; the names of the two members are inferred."""
        if exchange.request.method != "PUT":
            return exchange.error(405, "method not allowed", Allow="PUT")
        try:
            given = await exchange.request.json()
            username, password = str(given["username"]), str(given["password"])
        except (ValueError, KeyError, TypeError):
            return exchange.error(400, "username and password expected")
        token = self._accounts.issue_token(username, password)
        return exchange.body(render({"token": token})) if token else exchange.unauthorized()
