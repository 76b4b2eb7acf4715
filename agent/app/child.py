"""A child process as its parent has it: forked, told things, buried, and started anew."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from agent.app.control import pair
from agent.errors import AgentError, HostError

log = logging.getLogger(__name__)

STEADY_S: Final = 60.0
"""A child that ran so long may be started anew at once; one that keeps dying waits longer each time."""
PATIENCE_S: Final = 1.0
"""A child that does not take in what it is told is waited for so long."""
DELAYS_S: Final = (0.0, 0.2, 1.0, 5.0, 15.0, 30.0)


def restart_delay_s(deaths: int) -> float:
    """How long to wait before a child is started anew that died so many times in a row, each time young."""
    return DELAYS_S[min(deaths, len(DELAYS_S)) - 1]


@dataclass(slots=True, eq=False)
class Child:
    """One child process.

    Attributes:
        body: what runs in it, given the child's end of the control socket and how often it died before.
        pid: 0 while there is none.
        deaths: in a row, each of them young.
        restarts: in all.
    """

    name: str
    body: Callable[[socket.socket, int], Coroutine[Any, Any, None]]
    pid: int = 0
    control: socket.socket | None = None
    started_s: float = 0.0
    due_s: float = 0.0
    deaths: int = 0
    restarts: int = 0
    was_ready: bool = False

    def start(self, inherited: list[socket.socket]) -> None:
        """Fork. In the child this never returns."""
        ours, theirs = pair()
        pid = os.fork()
        if pid == 0:
            ours.close()
            for one in inherited:
                one.close()
            _become(self.name, self.body(theirs, self.restarts))
        theirs.close()
        ours.settimeout(PATIENCE_S)
        self.pid, self.control, self.started_s = pid, ours, time.monotonic()

    def ended(self) -> None:
        """Note that the process is gone, and when it may be started anew."""
        young = time.monotonic() - self.started_s < STEADY_S
        self.deaths = self.deaths + 1 if young else 1
        self.restarts += 1
        self.due_s = time.monotonic() + restart_delay_s(self.deaths)
        self.pid = 0
        if self.control is not None:
            self.control.close()
            self.control = None

    def tell(self, message: bytes, descriptors: list[int] | None = None) -> bool:
        """Tell the child something, if there is one to hear it; whether it can hear it."""
        if self.control is None:
            return False
        try:
            socket.send_fds(self.control, [message], descriptors or [])
        except OSError:  # it is dying, which will be seen, or takes nothing in any more
            return False
        return True


def _become(name: str, body: Coroutine[Any, Any, None]) -> None:
    """Be a child: run its body, and end with an exit code of its own."""
    code = 70
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # these are for the parent, which tells its children
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _rename(name)
        asyncio.run(body)
        code = 0
    except AgentError as problem:
        log.error("%s-failed problem=%r", name, str(problem))
        code = 71 if isinstance(problem, HostError) else 78
    except BaseException:
        log.exception("%s-crashed", name)
    finally:
        logging.shutdown()
        sys.stdout.flush()
        os._exit(code)


def _rename(name: str) -> None:
    """The name that ps and top show."""
    with contextlib.suppress(OSError), open("/proc/self/comm", "w", encoding="ascii") as file:  # Linux has it
        file.write(f"lantime-{name}")
