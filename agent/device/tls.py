"""TLS contexts, and certificates told by their fingerprint."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path

from agent.config import TlsSettings
from agent.device.allowance import Allowance
from agent.device.sockets import TimedContext
from agent.errors import TlsFailed


def trusting(allowance: Allowance, ca_file: Path | None = None) -> TimedContext:
    """A context that checks chain and host name: against the file, else against what this machine trusts.

    Raises:
        TlsFailed: the file holds no certificate.
    """
    context = _context(allowance)
    if ca_file is None:
        context.load_default_certs()
        return context
    # The file may hold the device's own certificate instead of a CA's (a self-signed one is the normal case).
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cafile=ca_file)
    except OSError as problem:  # ssl.SSLError is one
        text = f"tls.ca_file: {ca_file} holds no PEM certificate that can be read ({problem.strerror or problem})"
        raise TlsFailed(text) from None
    return context


def unchecked(allowance: Allowance) -> TimedContext:
    """A context that accepts any certificate: for a pinned fingerprint, checked after the handshake, or none."""
    context = _context(allowance)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def context_for(tls: TlsSettings, allowance: Allowance) -> TimedContext:
    """The context that the settings ask for."""
    if tls.fingerprint is not None or not tls.verify:
        return unchecked(allowance)
    return trusting(allowance, tls.ca_file)


def _context(allowance: Allowance) -> TimedContext:
    # Not ssl.create_default_context: since Python 3.13 it refuses certificates that lack extensions RFC 5280 asks
    # for, as device-made ones do.
    context = TimedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.allowance = allowance
    return context


def fingerprint_of(certificate: bytes) -> str:
    """SHA-256 of a DER certificate, 64 hexadecimal digits, as `tls.fingerprint` takes it."""
    return hashlib.sha256(certificate).hexdigest()


def check_pin(pin: str, certificate: bytes | None, place: str) -> None:
    """Compare a peer's certificate with the pinned fingerprint.

    Raises:
        TlsFailed: it is another one.
    """
    presented = "none" if certificate is None else fingerprint_of(certificate)
    if presented != pin:
        raise TlsFailed(
            f"{place}: the certificate is not the pinned one; it presented SHA-256 {presented}. If the device's "
            "certificate was renewed, compare this with the one its web interface shows and set tls.fingerprint to it; "
            "if not, something else answers at this address"
        )
