"""What runs in the two child processes: the front answers, the back does everything else."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Sequence

from agent.app.alarming import DRAIN_S
from agent.app.answering import make_answering
from agent.app.back import AUTHENTICATION_FAILED, Back, Start
from agent.app.collection import collect_seldom, look_once
from agent.app.control import LOST, READY, Parent
from agent.channel.back_end import BackEnd
from agent.channel.front_end import SET_PATIENCE_S, FrontEnd
from agent.config import Settings
from agent.device.client import Client
from agent.errors import AgentError
from agent.snmp.engineid import EngineIdentity
from agent.snmp.service import WireService
from agent.wire.later import Later
from agent.wire.strangers import AuthenticationFailure
from agent.wire.writing import Assignment, Result

log = logging.getLogger(__name__)


async def run_front(
    control: socket.socket,
    settings: Settings,
    identity: EngineIdentity,
    sockets: Sequence[socket.socket],
    restarts: int,
) -> None:
    """Answer until the parent says stop or is gone."""
    look_once()

    def submit(wanted: Sequence[Assignment], who: str) -> Result | Later[Result]:
        return front_end.submit(wanted, who)

    def observe(failure: AuthenticationFailure) -> None:
        front_end.tell(AUTHENTICATION_FAILED)

    answering = make_answering(settings, identity, sockets, submit, observe)
    assert isinstance(answering, WireService)  # noqa: S101 - the pysnmp path runs in one process
    front_end = FrontEnd(
        answering,
        restarts,
        lambda: parent.tell(READY),
        lambda: parent.tell(LOST),
        max(SET_PATIENCE_S, settings.writing.deadline_s + 1),
    )
    parent = Parent(control, front_end.attach, lambda: None)
    await parent.stopped.wait()
    await front_end.close()
    await answering.close()


class _Late:
    """The back as the back_end calls it, which is made before it."""

    back: Back

    def assign(self, wanted: Sequence[Assignment], who: str) -> Result | Later[Result]:
        """Carry out a SET."""
        return self.back.assign(wanted, who)

    def event(self, event: object) -> None:
        """The front tells of something."""
        self.back.on_front_event(event)

    def restart(self, restarts: int) -> None:
        """There is a new front."""
        self.back.on_front_restart(restarts)


async def run_back(control: socket.socket, settings: Settings, start: Start, load: Callable[[], Settings]) -> None:
    """Poll until the parent says stop or is gone; `load` reads the configuration anew."""
    collect_seldom()
    late = _Late()
    back_end = BackEnd(late.assign, late.event, late.restart)
    back = late.back = Back(settings, start, back_end, Client)

    def reload() -> None:
        try:
            back.reload(load())
        except AgentError as problem:
            log.error("reload-refused problem=%r: the configuration is as before", str(problem))

    await back.start()
    parent = Parent(control, back_end.attach, reload)
    parent.tell(READY)
    await parent.stopped.wait()
    await back_end.close()
    await back.stop(0 if parent.is_gone else DRAIN_S)  # a new parent may be waiting for what this one holds
