"""The agent in one process and one event loop: the same parts as in several, without the channel between them.

There is one front, whatever is configured.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timezone

from agent.app.answering import Inside, make_answering
from agent.app.back import AUTHENTICATION_FAILED, Back, Start
from agent.app.plans import check_reloadable, check_startable
from agent.channel.tally import Tally
from agent.config import Settings
from agent.device.client import Client
from agent.service.interapp import InterApp
from agent.service.keeper import Keeper
from agent.service.poller import OpenSession, Poller
from agent.service.statelock import StateLock
from agent.snmp.engineid import start_engine
from agent.snmp.service import WireService
from agent.snmp.sockets import Sockets
from agent.wire.counters import Counters
from agent.wire.later import Later
from agent.wire.store import Store
from agent.wire.strangers import AuthenticationFailure
from agent.wire.writing import Assignment, Result

log = logging.getLogger(__name__)


class App:
    """The agent. Use `start` and `stop` once each.

    Args:
        settings: the configuration, already checked by `load_settings`.
        open_session: how a device is reached; the real client unless a test says otherwise.
    """

    def __init__(self, settings: Settings, open_session: OpenSession = Client) -> None:
        check_startable(settings)
        self._configured = settings
        self._open_session = open_session

    async def start(self) -> None:
        """Open everything and begin to serve and poll.

        Raises:
            HostError: an address, the state directory or a library cannot be had.
        """
        settings = self._configured
        async with AsyncExitStack() as undo:
            self._lock = StateLock(settings.state_dir)
            undo.callback(self._lock.release)
            self._sockets = Sockets()
            undo.callback(self._sockets.close)
            self._sockets.take(self._sockets.prepare(settings.listening))
            identity = start_engine(settings.state_dir, settings.snmp.engine_id)
            inside = Inside(self._sockets.contexts(), Tally().share(), identity.salts(0, settings.snmp.fronts))
            self._answering = make_answering(settings, identity, inside, self._assign, self._on_failure)
            undo.push_async_callback(self._answering.close)
            self.back = Back(settings, Start(identity, datetime.now(timezone.utc)), self._answering, self._open_session)
            await self.back.start()
            undo.pop_all()

    async def stop(self) -> None:
        """Stop polling, then serving."""
        await self.back.stop()
        await self._answering.close()
        self._lock.release()

    def reload(self, settings: Settings) -> None:
        """Go on with another configuration, as `Back.reload` does.

        Raises:
            ConfigError: it cannot be gone on with; everything is as before.
            HostError: an address cannot be had; everything is as before.
        """
        check_reloadable(self._configured, settings)
        change = self._sockets.prepare(settings.listening)
        try:
            self.back.reload(settings)
        except BaseException:
            change.abandon()
            raise
        if isinstance(self._answering, WireService):  # the pysnmp path is never reloaded
            self._answering.listen(change.part().contexts)
        self._sockets.take(change)
        self._configured = settings

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens, in the order of the configuration."""
        return [opened.getsockname()[:2] for opened in self._sockets.contexts()]

    def _assign(self, wanted: Sequence[Assignment], who: str) -> Result | Later[Result]:
        return self.back.assign(wanted, who)

    def _on_failure(self, failure: AuthenticationFailure) -> None:
        self.back.on_front_event(AUTHENTICATION_FAILED)

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.back.settings

    @property
    def keepers(self) -> Mapping[str, Keeper]:
        """The keepers of all devices, by name."""
        return self.back.keepers

    @property
    def poller(self) -> Poller:
        """What polls them."""
        return self.back.poller

    @property
    def interapp(self) -> InterApp:
        """Bus and endpoint."""
        return self.back.interapp

    @property
    def store(self) -> Store:
        """What is served in the default context."""
        return self._answering.shelf.shared

    @property
    def counters(self) -> Counters:
        """What became of datagrams."""
        return self._answering.counters
