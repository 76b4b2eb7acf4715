"""The parent process: opens what must be opened once, starts fronts and back, and starts anew whichever dies.

It has no event loop and no thread, so that it may fork at any time, and does as little as it can. Sockets stay open
here: what managers send while there is no front waits in the kernel until there is one.
"""

from __future__ import annotations

import logging
import os
import resource
import selectors
import signal
import socket
import time
from collections.abc import Callable, Coroutine
from contextlib import ExitStack, suppress
from datetime import datetime, timezone
from functools import partial
from typing import Any, Final

from agent.app.back import Start
from agent.app.child import Child, restart_delay_s
from agent.app.children import Seat, run_back, run_front
from agent.app.control import LOST, READY, RELOAD, STOP, channel_message, front_name, socket_messages
from agent.app.plans import check_reloadable, check_startable, plans_by_device
from agent.channel.tally import Tally
from agent.config import Settings
from agent.errors import AgentError
from agent.mib.module import northbound
from agent.service.statelock import TAKEN, StateLock
from agent.snmp.engineid import start_engine
from agent.snmp.sockets import Change, Sockets
from agent.wire.crypto import check_crypto

log = logging.getLogger(__name__)

BACK = "back"
STOP_S: Final = 15.0
"""Time the children have to end by themselves."""


def _address(opened: socket.socket) -> str:
    host, port = opened.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _allow_files() -> None:
    """Have as many files as the machine allows: every device may have sockets of its own, and 1024 are soon used up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):  # what is allowed by word is not allowed everywhere
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Supervisor:
    """Runs the agent until it is told to stop. Use `run` once, in the main thread.

    Args:
        settings: the configuration, already checked by `load_settings`.
        load: reads the configuration anew.
    """

    def __init__(self, settings: Settings, load: Callable[[], Settings]) -> None:
        check_startable(settings)
        check_crypto(settings.snmp)
        plans_by_device(northbound(settings.root_oid), settings)
        self._settings = settings
        self._load = load
        self._is_stopping = False
        self._code = 0

    def run(self) -> int:
        """Serve until SIGTERM or SIGINT; the exit code.

        Raises:
            HostError: an address or the state directory cannot be had.
        """
        _allow_files()
        with ExitStack() as undo:
            # First: of a second agent this is the better complaint.
            self._lock = StateLock(self._settings.state_dir)
            undo.callback(self._lock.release)
            fronts = self._settings.snmp.fronts
            self._sockets = Sockets(fronts)
            undo.callback(self._sockets.close)
            self._sockets.take(self._sockets.prepare(self._settings.listening))
            self._identity = start_engine(self._settings.state_dir, self._settings.snmp.engine_id)
            self._started = datetime.now(timezone.utc)
            self._tally = Tally(fronts)
            self._fronts = [Child(front_name(one, fronts), partial(self._front, one)) for one in range(fronts)]
            self._back_child = Child(BACK, self._back)
            self._children = (*self._fronts, self._back_child)
            self._selector = undo.enter_context(selectors.DefaultSelector())
            self._listen_to_signals(undo)
            listening = ",".join(_address(opened) for opened in self._sockets.contexts())
            log.info(
                "starting listen=%s engine_id=%s boots=%d",
                listening, self._identity.engine_id.hex(), self._identity.boots,
            )  # fmt: skip
            self._supervise()
        return self._code

    def _front(self, number: int, control: socket.socket, restarts: int) -> Coroutine[Any, Any, None]:
        self._sockets.close(but=number)
        seat = Seat(number, self._sockets.contexts(number), restarts)
        return run_front(control, self._settings, self._identity, self._tally.share(number), seat)

    def _back(self, control: socket.socket, restarts: int) -> Coroutine[Any, Any, None]:
        self._sockets.close()  # the fronts' alone
        return run_back(control, self._settings, Start(self._identity, self._started, restarts), self._load)

    def _listen_to_signals(self, undo: ExitStack) -> None:
        """Signals wake the selector, and do nothing else."""
        self._woken, waker = socket.socketpair()
        for one in (self._woken, waker):
            one.setblocking(False)  # noqa: FBT003 - the socket's own signature
            undo.callback(one.close)
        self._waker = waker
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
            undo.callback(signal.signal, number, signal.signal(number, lambda *_: None))
        undo.callback(signal.set_wakeup_fd, signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False))
        self._selector.register(self._woken, selectors.EVENT_READ)

    def _supervise(self) -> None:
        deadline_s = float("inf")
        while True:
            self._start_due()
            for key, _ in self._selector.select(self._patience_s(deadline_s)):
                if key.fileobj is self._woken:
                    self._take_signals(self._woken.recv(64))
                else:
                    self._hear(key.data)
            self._reap()
            if self._is_stopping:
                running = [child for child in self._children if child.pid]
                if not running:
                    return
                deadline_s = min(deadline_s, time.monotonic() + STOP_S)
                if time.monotonic() >= deadline_s:
                    for child in running:
                        log.error("stop-overdue child=%s: killed", child.name)
                        os.kill(child.pid, signal.SIGKILL)

    def _patience_s(self, deadline_s: float) -> float | None:
        """How long nothing need be done unless something happens."""
        due = [child.due_s for child in self._children if not child.pid and not self._is_stopping]
        soonest = min([*due, deadline_s])
        return None if soonest == float("inf") else max(soonest - time.monotonic(), 0)

    def _start_due(self) -> None:
        if self._is_stopping:
            return
        for child in self._children:
            if not child.pid and child.due_s <= time.monotonic():
                inherited = [one.control for one in self._children if one.control is not None]
                try:
                    child.start([*inherited, self._woken, self._waker])
                except OSError as problem:  # no memory, or too many processes
                    child.ended()
                    log.error("fork-failed child=%s problem=%r", child.name, str(problem))
                    continue
                assert child.control is not None  # noqa: S101 - it has just been started
                self._selector.register(child.control, selectors.EVENT_READ, child)
                for number, front in enumerate(self._fronts):
                    if child in (front, self._back_child):
                        self._connect(number)

    def _connect(self, number: int) -> None:
        """Give a front and the back a new channel to each other."""
        front, back = self._fronts[number], self._back_child
        if front.pid and back.pid:
            ours, theirs = socket.socketpair()
            front.tell(channel_message(number), [ours.fileno()])
            back.tell(channel_message(number), [theirs.fileno()])
            ours.close()
            theirs.close()

    def _hear(self, child: Child) -> None:
        if child.control is None:
            return
        try:
            word = child.control.recv(1)
        except OSError:
            word = b""
        if word == READY:
            child.was_ready = True
        elif word == LOST and child in self._fronts:
            self._connect(self._fronts.index(child))
        else:
            self._selector.unregister(child.control)

    def _take_signals(self, numbers: bytes) -> None:
        if {signal.SIGTERM, signal.SIGINT} & set(numbers):
            self._stop()
        elif signal.SIGHUP in numbers:
            self._reload()

    def _stop(self) -> None:
        self._is_stopping = True
        for child in self._children:
            child.tell(STOP)

    def _reload(self) -> None:
        """Keep what the file says now for children to come, and have the back go on with it; else all stays."""
        try:
            settings = self._load()
            check_startable(settings)
            check_reloadable(self._settings, settings)
            check_crypto(settings.snmp)
            plans_by_device(northbound(settings.root_oid), settings)
            change = self._sockets.prepare(settings.listening)
        except AgentError as problem:
            log.error("reload-refused problem=%r: the configuration is as before", str(problem))
            self._lock.note_reload(f"refused: {problem}")
            return
        self._settings = settings
        self._change_sockets(change)
        self._back_child.tell(RELOAD)
        self._lock.note_reload(TAKEN)

    def _change_sockets(self, change: Change) -> None:
        for number, front in enumerate(self._fronts):
            if front.pid and not all(front.tell(*message) for message in socket_messages(change.part(number))):
                os.kill(front.pid, signal.SIGKILL)  # the next one has the right sockets from the start
        self._sockets.take(change)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            for child in self._children:
                if child.pid == pid:
                    self._bury(child, os.waitstatus_to_exitcode(status))

    def _bury(self, child: Child, code: int) -> None:
        if child.control is not None and child.control in self._selector.get_map():
            self._selector.unregister(child.control)
        child.ended()
        if self._is_stopping:
            return
        if code > 0 and not child.was_ready:
            # It never could begin: another try would end the same way, and the operator should be told at once.
            self._code = code
            self._stop()
            return
        delay_s = restart_delay_s(child.deaths)
        log.error("child-died child=%s status=%d restarts=%d again_in_s=%g", child.name, code, child.restarts, delay_s)
