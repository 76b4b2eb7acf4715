"""Settings of the inter-application bus and of its local HTTP endpoint."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from agent.config.base import Model
from agent.config.listen import parse_listen
from agent.config.secret import Secret

Seconds = Annotated[float, Field(gt=0, le=86_400)]


class InterAppSettings(Model):
    """The bus: how many messages are kept, how long they may take."""

    max_count: Annotated[int, Field(ge=1, le=10_000)] = 200
    keep_minutes: Annotated[int, Field(ge=0, le=525_600)] = 0
    timeout_s: Seconds = 60
    timeout_max_s: Seconds = 600
    stalled_after_s: Seconds = 120
    attach_found_cards: bool = True

    @model_validator(mode="after")
    def _consistent(self) -> InterAppSettings:
        if self.timeout_s > self.timeout_max_s:
            raise ValueError("timeout_s: must not be more than timeout_max_s")
        return self


class WebSettings(Model):
    """The local HTTP endpoint: a Unix socket, and TCP where that is wanted."""

    socket: bool = True
    socket_path: Path | None = None
    listen: tuple[str, ...] = ()
    allow_remote: bool = False
    token: Secret | None = None
    body_limit_kb: Annotated[int, Field(ge=1, le=1024)] = 64
    return_urls: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> WebSettings:
        for text in self.listen:
            host, _ = parse_listen(text)
            if not ipaddress.ip_address(host.partition("%")[0]).is_loopback and not self.allow_remote:
                raise ValueError(f"listen: {text} can be reached by others; write allow_remote: true to mean it")
        if self.listen and self.token is None:
            raise ValueError("token: is needed with listen, since every local user can reach a TCP port")
        if self.token is not None and len(self.token.reveal()) < 16:
            raise ValueError("token: 16 characters at least")
        for url in self.return_urls:
            check_url(url)
        return self

    def socket_in(self, state_dir: Path) -> Path:
        """Where the Unix socket is."""
        return self.socket_path or state_dir / "interapp.sock"


def check_url(url: str) -> None:
    """Refuse what is no plain http or https URL.

    Raises:
        ValueError: saying what is allowed.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise ValueError(f"return_urls: {url!r} is not a URL like http://127.0.0.1:8080/replies (no credentials)")
