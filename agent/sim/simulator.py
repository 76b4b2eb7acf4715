"""A running simulated device: an HTTP server in a thread of its own."""

from __future__ import annotations

import asyncio
import math
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timezone
from types import TracebackType

from aiohttp import web

from agent.sim.accounts import Accounts
from agent.sim.catalogue import Fault
from agent.sim.configurator import Configurator, WriteOptions
from agent.sim.device import Device
from agent.sim.faults import Faults
from agent.sim.journal import Journal, RequestRecord, WriteRecord
from agent.sim.service import Service
from agent.sim.spec import SimSpec

_HOST = "127.0.0.1"
_DEFAULT_SPEC = SimSpec()
_MERGE = WriteOptions()
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
        writes: how it takes writes to its configuration.
        control_port: a second TCP port for `/_sim/` alone, which answers also while the device refuses connections;
            0 takes a free one, None means none.

    Attributes:
        faults: the switchboard of faults.
        accounts: the account, its lock and its tokens.
        configuration: what is configured and pending; changes it behind the clients' backs.
    """

    def __init__(  # noqa: PLR0913 - one parameter per property of the device
        self,
        spec: SimSpec = _DEFAULT_SPEC,
        username: str = "info",
        password: str = "info-secret",  # noqa: S107 - of a simulated device
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        *,
        clock: Callable[[], datetime] = _utc_now,
        writes: WriteOptions = _MERGE,
        control_port: int | None = None,
    ) -> None:
        self.spec = spec
        self._device = Device(spec, clock)
        self.accounts = Accounts(username, password, clock, self._device.record_lockout)
        self.faults = Faults(clock, observers=(self._device, self))
        self._journal = Journal(clock)
        self._wanted_port = port
        self._tls = tls
        self._wanted_control_port = control_port
        self.configuration = Configurator(self._device, writes)
        self._is_dead = False
        self._is_listening = True
        self._service = Service(self._device, self.accounts, self.faults, self._journal, self.configuration, self)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready: Future[int] = Future()
        self._control_ready: Future[int] = Future()
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
    def writes(self) -> list[WriteRecord]:
        """The writes received so far, in their order, with what became of each."""
        return self._journal.writes()

    @property
    def on_write(self) -> Callable[[WriteRecord], None]:
        """Called with each write when it is known what becomes of it, before it is answered, in the server's thread."""
        return self._journal.on_write

    @on_write.setter
    def on_write(self, call: Callable[[WriteRecord], None]) -> None:
        self._journal.on_write = call

    def forget_writes(self) -> None:
        """Begin a new list of writes."""
        self._journal.forget_writes()

    @property
    def write_options(self) -> WriteOptions:
        """How it takes writes; may be replaced at any time."""
        return self.configuration.options

    @write_options.setter
    def write_options(self, options: WriteOptions) -> None:
        self.configuration.options = options

    @property
    def control_url(self) -> str:
        """The base of the control resources: of the control port if there is one."""
        if self._wanted_control_port is None:
            return f"{self.url}/_sim"
        return f"http://{_HOST}:{self._control_ready.result(_START_SECONDS)}/_sim"

    @property
    def is_dead(self) -> bool:
        """Whether it refuses connections until it is revived or the time is over."""
        return self._is_dead

    def kill(self, seconds: float = 0.0) -> None:
        """Refuse connections for so many seconds, or (0) until `revive`; what is not in effect yet is lost.

        Back when they are refused, unless it is called by the server itself (from `on_write`).
        """
        self._is_dead = True
        self._service.accepts = False
        self._device.store.discard(all_of_it=True)
        self._order(seconds or math.inf)
        self._wait_for(lambda: not self._is_listening)

    def revive(self) -> None:
        """Listen again; back when it does."""
        if self._is_dead:
            self._order(0.0)
            self._wait_for(lambda: self._is_listening)

    def _wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait for the server's thread to have done something; no use in that thread."""
        ends = time.monotonic() + _START_SECONDS
        while threading.current_thread() is not self._thread and not condition() and time.monotonic() < ends:
            time.sleep(0.005)

    def _order(self, pause: float) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._pauses.put_nowait, pause)

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
            self._order(-1.0)
            self._thread.join()

    def begin(self, fault: Fault) -> None:
        """A fault has been set: a reboot may take the listening port away.

        Raises:
            ValueError: it names a place that the configuration does not have, or a value that does not fit.
        """
        if fault.kind.name == "changed-by-other":
            if len(fault.items("value")) != 1:
                raise ValueError("value of changed-by-other must be a list of one value")
            self.configuration.check(fault.text("path"), fault.items("value")[0])
        if fault.kind.name == "reboot" and fault.text("mode") == "refuse":
            self._order(fault.number("seconds"))

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
        """Listen; close the port for each pause that is asked for, and for good at a negative one.

        During a pause the next order ends it: zero to listen again, another pause, or the end.
        """
        self._loop = asyncio.get_running_loop()
        runner = web.AppRunner(
            self._service.application(),
            access_log=None,
            handle_signals=False,
            shutdown_timeout=_SHUTDOWN_SECONDS,
        )
        await runner.setup()
        control: web.AppRunner | None = None
        server: asyncio.Server | None = None
        try:
            control = await self._listen_for_control()
            server = await self._listen(runner, self._wanted_port)
            port = _port_of(server)
            self._ready.set_result(port)
            while (pause := await self._pauses.get()) >= 0:
                if not pause:
                    continue
                self._service.accepts = False
                await _close(server)
                self._is_listening = False
                while pause > 0:
                    pause = await self._order_within(pause)
                if pause < 0:
                    break
                server = await self._listen(runner, port)
                self._service.accepts = True
                self._is_dead = False
                self._is_listening = True
        finally:
            self._service.stop()
            if server is not None:
                await _close(server)
            await _end(runner)
            if control is not None:
                await _end(control)

    async def _order_within(self, seconds: float) -> float:
        """The next order, zero if there is none within so many seconds."""
        try:
            return await asyncio.wait_for(self._pauses.get(), None if math.isinf(seconds) else seconds)
        except asyncio.TimeoutError:
            return 0.0

    async def _listen_for_control(self) -> web.AppRunner | None:
        if self._wanted_control_port is None:
            return None
        runner = web.AppRunner(self._service.control_application(), access_log=None, handle_signals=False)
        await runner.setup()
        await web.TCPSite(runner, _HOST, self._wanted_control_port, reuse_address=True).start()
        self._control_ready.set_result(runner.addresses[0][1])
        return runner

    async def _listen(self, runner: web.AppRunner, port: int) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        if runner.server is None:
            raise RuntimeError("the runner has not been set up")
        return await loop.create_server(runner.server, _HOST, port, ssl=self._tls, reuse_address=True, backlog=128)


def _port_of(server: asyncio.Server) -> int:
    return int(server.sockets[0].getsockname()[1])


async def _close(server: asyncio.Server) -> None:
    """Close the listening port, but not on a connection just being accepted: the event loop would lose it."""
    loop = asyncio.get_running_loop()
    for listening in server.sockets:
        loop.remove_reader(listening.fileno())
    for _ in range(3):
        await asyncio.sleep(0)
    server.close()


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
