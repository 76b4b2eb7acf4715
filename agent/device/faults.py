"""From the exceptions of requests, urllib3, http.client and the system to this agent's own.

The texts are made here from known parts. An exception of requests is never quoted nor chained: it holds the request,
and the request holds the credentials.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator

import requests
import urllib3.exceptions as pool_errors

from agent.config import DeviceSettings
from agent.device.allowance import Allowance
from agent.device.fingerprint import peer_fingerprint
from agent.device.text import printable
from agent.errors import BadAnswer, DeviceError, TimedOut, TlsFailed, Unreachable

_TIMEOUTS = (TimeoutError, pool_errors.TimeoutError, requests.Timeout)
_MALFORMED = (http.client.HTTPException, pool_errors.HTTPError)


def translated(problem: BaseException, settings: DeviceSettings, allowance: Allowance, *, direct: bool) -> DeviceError:
    """The error to raise for an exception.

    Args:
        problem: what the attempt ended with.
        settings: the device that was asked.
        allowance: how far the request came.
        direct: whether no proxy is in between.
    """
    chain = tuple(_chain(problem))
    place = settings.base_url
    if any(isinstance(link, _TIMEOUTS) for link in chain):
        return TimedOut(f"{place}: {_waited(allowance)}")
    untrusted = _first(chain, ssl.SSLError)
    if untrusted is not None and not allowance.sent and not isinstance(untrusted, ssl.SSLEOFError):
        if any(isinstance(link, pool_errors.ProxyError) for link in chain):
            return TlsFailed(f"{place}: no TLS connection to the proxy ({_tls_reason(untrusted)})")
        return _tls_failed(untrusted, settings, allowance, direct=direct)
    if _first(chain, socket.gaierror) is not None:
        host = settings.address if direct else "the proxy or the device"
        return Unreachable(f"{place}: the name of {host} cannot be resolved")
    if is_broken_connection(problem):
        stage = "while the answer came" if allowance.received else "before an answer came"
        if not allowance.sent:
            stage = "while it was made"
        return Unreachable(f"{place}: {_reason(chain)}; the connection broke {stage}")
    system = _first(chain, OSError, besides=requests.RequestException)
    if system is not None:
        return Unreachable(f"{place}: {_reason(chain)}")
    if any(isinstance(link, _MALFORMED) for link in chain) and allowance.sent:
        return BadAnswer(f"{place}: not a complete HTTP answer: {_malformed(chain)}")
    return Unreachable(f"{place}: no request could be made ({type(chain[-1]).__name__})")


def is_broken_connection(problem: BaseException) -> bool:
    """Whether the peer closed or reset the connection (RemoteDisconnected is a ConnectionResetError)."""
    chain = tuple(_chain(problem))
    if any(isinstance(link, ConnectionRefusedError) for link in chain):
        return False
    return any(isinstance(link, (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)) for link in chain)


def _chain(problem: BaseException) -> Iterator[BaseException]:
    """An exception and those it was made of; the libraries keep them in four places."""
    seen: set[int] = set()
    waiting: list[object] = [problem]
    while waiting:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [link.__cause__, link.__context__, getattr(link, "reason", None), *link.args]


def _first(
    chain: tuple[BaseException, ...], kind: type[OSError], besides: type[OSError] | tuple[()] = ()
) -> OSError | None:
    for link in chain:
        if isinstance(link, kind) and not isinstance(link, besides):
            return link
    return None


def _waited(allowance: Allowance) -> str:
    if allowance.over:
        came = f"{allowance.received} octets of the answer came" if allowance.received else "no answer came"
        return f"the deadline of {allowance.deadline_s:g} s is over; {came}"
    if not allowance.sent:
        return f"no connection within {allowance.connect_s:g} s"
    return f"nothing came for {allowance.read_s:g} s"


def _reason(chain: tuple[BaseException, ...]) -> str:
    for link in chain:
        if isinstance(link, OSError) and not isinstance(link, requests.RequestException):
            text = link.strerror or ("closed by the peer" if isinstance(link, ConnectionError) else str(link))
            return printable(text)
    return "no connection"


def _malformed(chain: tuple[BaseException, ...]) -> str:
    for link in chain:
        if isinstance(link, http.client.IncompleteRead):  # urllib3's own is one
            return "it is cut off"
        if isinstance(link, pool_errors.DecodeError):
            return "its Content-Encoding does not fit its body"
        if isinstance(link, http.client.BadStatusLine):
            return "no HTTP status line"
    return type(chain[-1]).__name__


def _tls_failed(problem: OSError, settings: DeviceSettings, allowance: Allowance, *, direct: bool) -> TlsFailed:
    place = settings.base_url
    reason = _tls_reason(problem)
    if not isinstance(problem, ssl.SSLCertVerificationError):
        return TlsFailed(
            f"{place}: no TLS handshake ({reason}). Check the port, and whether the device serves https there; "
            "scheme: http is for devices that do not"
        )
    shown = _presented(settings, allowance) if direct else None
    pin = f"tls.fingerprint: {shown}" if shown else "tls.fingerprint"
    presented = f"; it presented SHA-256 {shown}" if shown else ""
    return TlsFailed(
        f"{place}: the certificate was not accepted ({reason}){presented}. Compare the fingerprint with the one the "
        f"device's web interface shows and pin it with {pin}, or name the CA's file in tls.ca_file"
    )


def _tls_reason(problem: OSError) -> str:
    if isinstance(problem, ssl.SSLCertVerificationError):
        return printable(str(problem.verify_message))
    return printable(str(getattr(problem, "reason", None) or "closed by the peer")).replace("_", " ").lower()


def _presented(settings: DeviceSettings, allowance: Allowance) -> str | None:
    """The fingerprint to offer for pinning: OpenSSL does not hand out the certificate it refused."""
    try:
        return peer_fingerprint(settings.address, settings.port or 443, allowance.connecting_s())
    except (DeviceError, TimeoutError):
        return None
