"""The sockets of the endpoint: a Unix socket for its owner alone, and TCP where the configuration says so."""

from __future__ import annotations

import logging
import os
import socket
import stat
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from agent.config import WebSettings, parse_listen
from agent.errors import HostError
from agent.web.configuration import ConfigReading
from agent.web.endpoint import Mail, endpoint

log = logging.getLogger(__name__)

SHUTDOWN_S = 1.0
"""What a request under way is given when the agent stops."""


class Server:
    """The endpoint on all its sockets. Use `start` and `stop` once each."""

    def __init__(
        self, settings: WebSettings, state_dir: Path, mail: Mail, reading: ConfigReading | None = None
    ) -> None:
        self._settings = settings
        self._path = settings.socket_in(state_dir)
        self._mail = mail
        self._reading = reading
        self._runners: list[web.AppRunner] = []
        self.addresses: list[tuple[str, int]] = []

    async def start(self) -> None:
        """Listen.

        Raises:
            HostError: a socket cannot be had; nothing is left open.
        """
        try:
            if self._settings.socket:
                await self._serve([unix_socket(self._path)], token_needed=False)
            if self._settings.listen:
                sockets = [tcp_socket(text) for text in self._settings.listen]
                self.addresses = [one.getsockname()[:2] for one in sockets]
                await self._serve(sockets, token_needed=True)
        except HostError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Take no more requests."""
        for runner in self._runners:
            await runner.cleanup()
        if self._settings.socket and self._runners:
            with suppress(OSError):
                self._path.unlink()
        self._runners = []

    async def _serve(self, sockets: list[socket.socket], *, token_needed: bool) -> None:
        limit, token = self._settings.body_limit_kb * 1024, self._settings.token
        app = endpoint(self._mail, limit, token, token_needed=token_needed, reading=self._reading)
        runner = web.AppRunner(app, handle_signals=False, access_log=None, shutdown_timeout=SHUTDOWN_S)
        self._runners.append(runner)
        await runner.setup()
        for one in sockets:
            await web.SockSite(runner, one).start()


def unix_socket(path: Path) -> socket.socket:
    """A Unix socket that only the agent's own user may connect to; one left behind by a dead agent is replaced.

    Raises:
        HostError: it cannot be had.
    """
    _clear(path)
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        opened.bind(str(path))
        # Before it listens, so that nobody can connect in between.
        os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)
    except OSError as problem:
        opened.close()
        text = (
            "; a Unix socket's path has about 100 characters at most, set web.socket_path"
            if len(str(path)) > 100
            else ""
        )
        raise HostError(f"cannot listen on {path}: {problem.strerror or problem}{text}") from problem
    return opened


def tcp_socket(text: str) -> socket.socket:
    """A TCP socket, bound.

    Raises:
        HostError: the address cannot be had.
    """
    host, port = parse_listen(text)
    opened = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
    except OSError as problem:
        opened.close()
        raise HostError(f"cannot listen on {text}: {problem.strerror}") from problem
    return opened


def _clear(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return
    if not stat.S_ISSOCK(mode):
        raise HostError(f"cannot listen on {path}: it is there already, and is no socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        trial.settimeout(1)
        try:
            trial.connect(str(path))
        except OSError:
            with suppress(OSError):
                path.unlink()
            return
    raise HostError(f"cannot listen on {path}: another program does")
