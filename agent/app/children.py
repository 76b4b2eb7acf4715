"""What runs in the two child processes: the front answers, the back does everything else."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.app.alarming import DRAIN_S
from agent.app.answering import Inside, make_answering
from agent.app.back import AUTHENTICATION_FAILED, Back, Start
from agent.app.collection import collect_seldom, look_once
from agent.app.control import LOST, READY, Parent, Received
from agent.channel.back_end import BackEnd
from agent.channel.front_end import SET_PATIENCE_S, FrontEnd
from agent.channel.tally import Share
from agent.config import Settings
from agent.device.client import Client
from agent.errors import AgentError
from agent.snmp.engineid import EngineIdentity
from agent.snmp.service import WireService
from agent.wire.later import Later
from agent.wire.strangers import AuthenticationFailure
from agent.wire.writing import Assignment, Result

log = logging.getLogger(__name__)


KEEP_S: Final = 1.0
"""What a front has counted is written down so often, for the other fronts and the one after it."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Which front it is.

    Attributes:
        number: from 0.
        contexts: its sockets, and the context that each stands for.
        restarts: how often it died.
    """

    number: int
    contexts: Mapping[socket.socket, str]
    restarts: int


async def run_front(
    control: socket.socket, settings: Settings, identity: EngineIdentity, share: Share, seat: Seat
) -> None:
    """Answer until the parent says stop or is gone."""
    look_once()

    def submit(wanted: Sequence[Assignment], who: str) -> Result | Later[Result]:
        return front_end.submit(wanted, who)

    def observe(failure: AuthenticationFailure) -> None:
        front_end.tell(AUTHENTICATION_FAILED)

    def change(octets: bytes, descriptors: list[int]) -> None:
        received.change(octets, descriptors)
        service.listen(received.contexts)

    received = Received.inherited(seat.contexts)
    salts = identity.salts(seat.number, settings.snmp.fronts, seat.restarts)
    made = make_answering(settings, identity, Inside(seat.contexts, share, salts), submit, observe)
    assert isinstance(made, WireService)  # noqa: S101 - the pysnmp path runs in one process
    service: WireService = made
    front_end = FrontEnd(
        service,
        seat.restarts,
        lambda: parent.tell(READY),
        lambda: parent.tell(LOST),
        max(SET_PATIENCE_S, settings.writing.deadline_s + 1),
    )
    parent = Parent(control, lambda channel, number: front_end.attach(channel), on_sockets=change)
    while not parent.stopped.is_set():
        share.keep()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(parent.stopped.wait(), KEEP_S)
    await front_end.close()
    await service.close()


class _Late:
    """The back as the back_end calls it, which is made before it."""

    back: Back

    def assign(self, wanted: Sequence[Assignment], who: str) -> Result | Later[Result]:
        """Carry out a SET."""
        return self.back.assign(wanted, who)

    def event(self, event: object) -> None:
        """The front tells of something."""
        self.back.on_front_event(event)

    def restart(self, front: int, restarts: int) -> None:
        """There is a new front of this number."""
        self.back.on_front_restart(front, restarts)


async def run_back(control: socket.socket, settings: Settings, start: Start, load: Callable[[], Settings]) -> None:
    """Poll until the parent says stop or is gone; `load` reads the configuration anew."""
    collect_seldom()
    late = _Late()
    back_end = BackEnd(late.assign, late.event, late.restart, settings.snmp.fronts)
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
