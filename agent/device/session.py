"""A requests session that keeps to the rules of this package."""

from __future__ import annotations

import logging
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy

from agent.config import DeviceSettings
from agent.device.connection import Line, pools
from agent.device.tls import context_for, trusting
from agent.errors import Unreachable

# urllib3 logs a warning with the text of headers it cannot parse, at each answer; there may be a cookie among them.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)


class Session(requests.Session):
    """One session to one device: no redirects, no cookies, its own connections."""

    def __init__(self, settings: DeviceSettings, line: Line) -> None:
        super().__init__()
        self.trust_env = settings.proxy_mode == "system"
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.adapters.clear()
        self.mount(f"{settings.scheme}://", Adapter(settings, line))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """No redirect is followed, nor is the body of one read without a limit to prepare for it."""
        return


class Adapter(HTTPAdapter):
    """Connects with the sockets of this package."""

    def __init__(self, settings: DeviceSettings, line: Line) -> None:
        self._line = line
        self._tls: dict[str, Any] = {}
        if settings.scheme == "https":
            self._tls["ssl_context"] = context_for(settings.tls, line.allowance)
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:  # noqa: FBT001, FBT002 - requests' signature
        """Make the pool manager for direct connections."""
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs, **self._tls)
        self.poolmanager.pool_classes_by_scheme = pools(self._line)

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """The pool manager for a proxy."""
        if urlsplit(proxy).scheme.lower() == "https":
            # a proxy is no device: its own certificate is checked against what this machine trusts
            proxy_kwargs["proxy_ssl_context"] = trusting(self._line.allowance)
        manager = super().proxy_manager_for(proxy, **proxy_kwargs, **self._tls)
        manager.pool_classes_by_scheme = pools(self._line)
        return manager

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """Scheme, host and port; the certificate is checked as the context says."""
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave the context as it is."""


def route(settings: DeviceSettings, url: str) -> dict[str, str]:
    """The proxies for a URL, as requests takes them; empty for a direct connection.

    Raises:
        Unreachable: the system names a proxy of a kind that cannot be used.
    """
    if settings.proxy_mode == "bypass":
        return {}
    if settings.proxy_mode == "explicit":
        return {"http": settings.proxy, "https": settings.proxy}
    proxies = get_environ_proxies(url)
    proxy = select_proxy(url, proxies)
    if proxy is not None and "://" in proxy and not proxy.lower().startswith(("http://", "https://")):
        scheme = proxy.partition("://")[0]
        raise Unreachable(f"the system's proxy is of kind {scheme!r}; http and https proxies can be used")
    return proxies
