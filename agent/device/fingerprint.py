"""Ask a peer for its certificate without trusting it and without saying anything to it."""

from __future__ import annotations

import ssl
import time

from agent.device.allowance import Allowance
from agent.device.lookup import Resolver
from agent.device.sockets import connect
from agent.device.tls import fingerprint_of, unchecked
from agent.errors import TimedOut, TlsFailed, Unreachable


def peer_fingerprint(host: str, port: int, timeout_s: float) -> str:
    """SHA-256 fingerprint of the certificate a server presents: 64 hexadecimal digits.

    Nothing is sent but the TLS handshake; no proxy is used.

    Raises:
        Unreachable: no connection could be made.
        TimedOut: no handshake within `timeout_s` seconds.
        TlsFailed: the server does not speak TLS, or not a version or cipher known here.
    """
    allowance = Allowance(time.monotonic, connect_s=timeout_s, read_s=timeout_s)
    allowance.open(timeout_s)
    place = f"{host} port {port}"
    try:
        with (
            connect(host, port, allowance, Resolver()) as plain,
            unchecked(allowance).wrap_socket(plain, server_hostname=host.partition("%")[0]) as wrapped,
        ):
            certificate = wrapped.getpeercert(binary_form=True)
    except TimeoutError:
        raise TimedOut(f"{place}: no TLS handshake within {timeout_s:g} s") from None
    except ssl.SSLError as problem:
        raise TlsFailed(f"{place}: no TLS handshake ({problem.reason or 'closed by the peer'})") from None
    except OSError as problem:
        raise Unreachable(f"{place}: {problem.strerror or problem}") from None
    if certificate is None:
        raise TlsFailed(f"{place}: the server presented no certificate")
    return fingerprint_of(certificate)
