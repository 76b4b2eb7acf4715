"""Replies, posted to the return URLs that the configuration allows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import aiohttp

log = logging.getLogger(__name__)

PAUSES_S: Final = (0.0, 1.0, 5.0)
"""Before each try; as many tries as there are pauses."""
TIMEOUT_S: Final = 10.0
_PORTS: Final = {"http": 80, "https": 443}


class HttpReplies:
    """Posts replies. Redirects are not followed: they could lead to where none is allowed."""

    def __init__(self, allowed: Sequence[str], pauses_s: Sequence[float] = PAUSES_S) -> None:
        self._allowed = [urlsplit(url) for url in allowed]
        self._pauses_s = pauses_s

    def allows(self, address: str) -> bool:
        """Whether a URL is, or lies below, one that the configuration names."""
        try:
            asked = urlsplit(address)
            return any(_is_below(asked, allowed) for allowed in self._allowed)
        except ValueError:
            return False

    async def deliver(self, address: str, reply: Mapping[str, Any]) -> bool:
        """Post a reply, with a bounded number of tries; whether it was taken (any 2xx)."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        problem = ""
        async with aiohttp.ClientSession(timeout=timeout) as session:
            for pause_s in self._pauses_s:
                await asyncio.sleep(pause_s)
                try:
                    async with session.post(address, json=reply, allow_redirects=False) as answer:
                        if 200 <= answer.status < 300:
                            return True
                        problem = f"status {answer.status}"
                except (aiohttp.ClientError, OSError, asyncio.TimeoutError, ValueError) as failure:
                    problem = type(failure).__name__
        log.warning("reply-failed guid=%s tries=%d problem=%s", reply.get("guid"), len(self._pauses_s), problem)
        return False


def _is_below(asked: SplitResult, allowed: SplitResult) -> bool:
    if "@" in asked.netloc or asked.fragment or _place(asked) != _place(allowed):
        return False
    steps = asked.path.split("/")
    if "." in steps or ".." in steps or "\\" in asked.path or "%" in asked.path:
        return False
    base = allowed.path.rstrip("/")
    return asked.path in {allowed.path, base} or asked.path.startswith(f"{base}/")


def _place(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or _PORTS.get(url.scheme)
