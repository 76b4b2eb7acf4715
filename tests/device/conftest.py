"""A device's settings, a recorder, and certificates."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from agent.config import DeviceSettings
from agent.config.secret import Secret
from agent.device.client import Client
from agent.model.exchange import Exchange

PASSWORD = "geheim-Zürich-4711"


@dataclass
class Book:
    """A recorder that keeps everything."""

    started: list[Exchange] = field(default_factory=list)
    done: list[Exchange] = field(default_factory=list)
    next: int = 0x234C

    def number(self) -> int:
        self.next += 1
        return self.next

    def begun(self, exchange: Exchange) -> None:
        self.started.append(exchange)

    def ended(self, exchange: Exchange) -> None:
        self.done.append(exchange)


@pytest.fixture
def book() -> Book:
    return Book()


def settings_for(port: int | None = None, **changes: Any) -> DeviceSettings:
    """Settings of a device on the loopback interface; http unless said otherwise."""
    keys: dict[str, Any] = {
        "name": "lts1",
        "address": "127.0.0.1",
        "port": port,
        "scheme": "http",
        "username": "info",
        "password": Secret(PASSWORD),
        **changes,
    }
    return DeviceSettings(**keys)


Connecting = Callable[..., Client]


@pytest.fixture
def connect(book: Book) -> Iterator[Connecting]:
    """Makes clients and closes them after the test."""
    made: list[Client] = []

    def client(port: int | None = None, **changes: Any) -> Client:
        made.append(Client(settings_for(port, **changes), book))
        return made[-1]

    yield client
    for one in made:
        one.close()


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate, as devices have."""

    file: Path
    fingerprint: str
    context: ssl.SSLContext


def certificate(folder: Path, *, address: str = "127.0.0.1", days: int = 30) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lantime")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=60))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{made.serial_number}.pem"
    key_text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file = file.with_suffix(".key")
    key_file.write_bytes(key_text)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key_file)
    return Certificate(file, made.fingerprint(hashes.SHA256()).hex(), context)


@pytest.fixture
def own_certificate(tmp_path: Path) -> Certificate:
    return certificate(tmp_path)
