"""A client of the endpoint, for `lantime-agent send` and for tests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import aiohttp

from agent.config import Settings, parse_listen
from agent.errors import HostError

PACE_S: Final = 0.1
"""How often a message that is waited for is looked at."""
ENDED: Final = ("succeeded", "failed")


class Sender:
    """A session to the endpoint: over the Unix socket, or over TCP with the token. Use it with `async with`."""

    def __init__(self, socket_path: Path | None, url: str = "http://localhost", token: str = "") -> None:
        self._place = str(socket_path or url)
        self._path = socket_path
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    @classmethod
    def to(cls, settings: Settings) -> Sender:
        """The sender to the agent of a configuration.

        Raises:
            HostError: the configuration has no endpoint.
        """
        web = settings.web
        if web.socket:
            return cls(web.socket_in(settings.state_dir))
        if not web.listen:
            raise HostError("the configuration has no endpoint: web.socket is false and web.listen is empty")
        host, port = parse_listen(web.listen[0])
        place = f"[{host}]" if ":" in host else host
        return cls(None, f"http://{place}:{port}", web.token.reveal() if web.token else "")

    async def __aenter__(self) -> Sender:
        connector = aiohttp.UnixConnector(str(self._path)) if self._path else None
        timeout = aiohttp.ClientTimeout(total=30)
        self._session = aiohttp.ClientSession(connector=connector, headers=self._headers, timeout=timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def post(self, envelope: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Post a message: status and body of the answer."""
        return await self._ask("POST", "/messages", json=dict(envelope))

    async def get(self, path: str) -> tuple[int, dict[str, Any]]:
        """Ask for something."""
        return await self._ask("GET", path)

    async def ended(self, guid: str, seconds: float) -> dict[str, Any]:
        """A message's row once it has ended, or as it is after so many seconds."""
        until = time.monotonic() + seconds
        while True:
            status, found = await self.get(f"/messages/{guid}")
            if status != 200:
                raise HostError(f"{self._place}: {found.get('error', status)}")
            left_s = until - time.monotonic()
            if found["state"] in ENDED or left_s <= 0:
                return found
            await asyncio.sleep(min(PACE_S, left_s))

    async def _ask(self, method: str, path: str, **options: Any) -> tuple[int, dict[str, Any]]:
        try:
            async with self._session.request(method, self._url + path, **options) as answer:
                return answer.status, await answer.json()
        except (aiohttp.ClientError, OSError, asyncio.TimeoutError, ValueError) as problem:
            text = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
            raise HostError(f"no agent answers on {self._place}: {text}") from problem
