"""A running simulated device: an HTTP server in a thread of its own."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timezone
from types import TracebackType

from aiohttp import web

from agent.sim.accounts import Accounts
from agent.sim.catalogue import Fault
from agent.sim.device import Device
from agent.sim.faults import Faults
from agent.sim.journal import Journal, RequestRecord
from agent.sim.service import Service
from agent.sim.spec import SimSpec

_HOST = "127.0.0.1"
_DEFAULT_SPEC = SimSpec()
# Pending answers are told to end before; this is for those in the middle of a write.
_SHUTDOWN_SECONDS = 1.0
_START_SECONDS = 10.0


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


class Simulator:
    """A simulated LANTIME on a loopback port, to be used as a context manager.

    Args:
        spec: what is simulated.
        username: name of its only account.
        password: password of that account.
        port: TCP port; 0 takes a free one.
        tls: serves HTTPS with this context.
        clock: the device's time; tests give one that stands still.

    Attributes:
        faults: the switchboard of faults.
        accounts: the account, its lock and its tokens.
    """

    def __init__(
        self,
        spec: SimSpec = _DEFAULT_SPEC,
        username: str = "info",
        password: str = "info-secret",  # noqa: S107 - of a simulated device
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        *,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.spec = spec
        self._device = Device(spec, clock)
        self.accounts = Accounts(username, password, clock, self._device.record_lockout)
        self.faults = Faults(clock, observers=(self._device, self))
        self._journal = Journal(clock)
        self._wanted_port = port
        self._tls = tls
        self._service = Service(self._device, self.accounts, self.faults, self._journal)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready: Future[int] = Future()
        self._pauses: asyncio.Queue[float] = asyncio.Queue()

    def __enter__(self) -> Simulator:
        """Start serving."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop serving."""
        self.stop()

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        return self._ready.result(_START_SECONDS)

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{_HOST}:{self.port}"

    @property
    def url(self) -> str:
        """The base of all paths, without a slash at its end."""
        return f"{'https' if self._tls else 'http'}://{self.address}"

    @property
    def requests(self) -> list[RequestRecord]:
        """The requests received so far (those to `/_sim/` are not counted)."""
        return self._journal.records()

    @property
    def latency(self) -> float:
        """Seconds before each answer."""
        return self._service.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._service.latency = seconds

    def start(self) -> None:
        """Start the server and wait until it listens."""
        if self._thread is not None:
            raise RuntimeError("a simulator runs only once")
        self._thread = threading.Thread(target=self._run, name="simulated-lantime", daemon=True)
        self._thread.start()
        self._ready.result(_START_SECONDS)

    def stop(self) -> None:
        """Stop the server and wait for its end; does no harm if it does not run."""
        if self._thread is None or self._loop is None:
            return
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._pauses.put_nowait, -1.0)
            self._thread.join()

    def begin(self, fault: Fault) -> None:
        """A fault has been set: a reboot may take the listening port away."""
        if fault.kind.name == "reboot" and fault.text("mode") == "refuse" and self._loop is not None:
            self._loop.call_soon_threadsafe(self._pauses.put_nowait, fault.number("seconds"))

    def end(self, fault: Fault) -> None:
        """A fault has ended; nothing to do here."""

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)

    async def _serve(self) -> None:
        """Listen; close the port for each pause that is asked for, and for good at a negative one."""
        self._loop = asyncio.get_running_loop()
        runner = web.AppRunner(
            self._service.application(),
            access_log=None,
            handle_signals=False,
            shutdown_timeout=_SHUTDOWN_SECONDS,
        )
        await runner.setup()
        try:
            site = await self._listen(runner, self._wanted_port)
            port = runner.addresses[0][1]
            self._ready.set_result(port)
            while (pause := await self._pauses.get()) >= 0:
                self._service.accepts = False
                await site.stop()
                await asyncio.sleep(pause)
                site = await self._listen(runner, port)
                self._service.accepts = True
        finally:
            self._service.stop()
            await _end(runner)

    async def _listen(self, runner: web.AppRunner, port: int) -> web.TCPSite:
        site = web.TCPSite(runner, _HOST, port, ssl_context=self._tls, reuse_address=True)
        await site.start()
        return site


async def _end(runner: web.AppRunner) -> None:
    """Stop serving; a TLS connection would otherwise wait half a minute for the client to end it properly."""
    handlers = runner.server.connections if runner.server else []
    transports = [handler.transport for handler in handlers]
    await runner.cleanup()
    for transport in transports:
        if transport is not None:
            transport.abort()
    # The event loop closes the sockets in its next round.
    await asyncio.sleep(0)
