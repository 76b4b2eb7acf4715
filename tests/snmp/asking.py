"""Asking an agent over UDP, by hand-built datagrams and by net-snmp's tools."""

from __future__ import annotations

import itertools
import socket
import subprocess

from tests.snmp import messages
from tests.snmp.messages import Answer, Oid, Peer, User, UserAnswer
from tests.support.tools import tool

ANSWER_S = 5.0
SYS_SERVICES: Oid = (1, 3, 6, 1, 2, 1, 1, 7, 0)
_numbers = itertools.count(10**6)


class Asking:
    """What a manager can do with an agent at an address.

    Attributes:
        patience_s: how long an answer is waited for.
    """

    patience_s = ANSWER_S

    @property
    def address(self) -> tuple[str, int]:
        """IP address and UDP port."""
        raise NotImplementedError

    @property
    def target(self) -> str:
        """The address as net-snmp's tools write it."""
        host, port = self.address
        return f"udp6:[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def exchange(self, datagram: bytes, wait_s: float | None = None) -> bytes | None:
        """The one datagram that comes back, None for silence."""
        return exchange(self.address, datagram, self.patience_s if wait_s is None else wait_s)

    def ask(self, datagram: bytes) -> Answer:
        answer = self.exchange(datagram)
        assert answer is not None, "no answer"
        return messages.read(answer)

    def answers(self, *datagrams: bytes) -> list[bytes]:
        """What is answered to these before a request sent behind them is: silence without waiting for it."""
        with connection(self.address, self.patience_s) as asking:
            for datagram in datagrams:
                asking.send(datagram)
            last = messages.get(SYS_SERVICES, request_id=next(_numbers))
            asking.send(last)
            expected = self.exchange(last)
            answered = [asking.recv(65535)]
            while answered[-1] != expected:
                answered.append(asking.recv(65535))
        return answered[:-1]

    def is_silent_on(self, *datagrams: bytes) -> bool:
        """Whether none of these is answered while a request behind them is."""
        return self.answers(*datagrams) == []

    def is_alive(self) -> bool:
        return self.ask(messages.get(SYS_SERVICES)).values == [(0x02, b"\x48")]

    def discover(self) -> Peer:
        """Engine ID, boots and time, as a manager learns them (RFC 3414 4)."""
        peer = Peer()
        answer = self.exchange(peer.build(User(b""), messages.pdu(messages.GET)))
        assert answer is not None, "discovery is not answered"
        said = peer.read(answer, User(b""))
        return Peer(said.engine_id, said.boots, said.time)

    def ask_as(self, user: User, body: bytes, peer: Peer | None = None, **options: object) -> UserAnswer:
        peer = peer or self.discover()
        answer = self.exchange(peer.build(user, body, **options))  # type: ignore[arg-type]
        assert answer is not None, "no answer"
        return peer.read(answer, user)

    def run(
        self, program: str, *arguments: str | Oid, who: list[str] | None = None, wait_s: float = 2.0, retries: int = 1
    ) -> subprocess.CompletedProcess[str]:
        """Run one of net-snmp's tools, with no MIB files and no configuration of this machine."""
        words = [dotted(word) if isinstance(word, tuple) else word for word in arguments]
        options = [word for word in words if word.startswith("-")]
        rest = [word for word in words if not word.startswith("-")]
        who = ["-v2c", "-c", "public"] if who is None else who
        waiting = ["-t", str(wait_s), "-r", str(retries)]
        command = [tool(program), *who, "-m", "", "-On", *waiting, *options, self.target, *rest]
        nowhere = {"SNMPCONFPATH": "/nonexistent", "SNMP_PERSISTENT_DIR": "/nonexistent", "MIBS": ""}
        environment = {**nowhere, "PATH": "/usr/bin:/bin"}
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=environment)


def dotted(oid: Oid) -> str:
    """An OID as net-snmp prints it."""
    return "." + ".".join(map(str, oid))


def as_user(user: User) -> list[str]:
    """A user as options of net-snmp's tools."""
    level = "authPriv" if user.priv else "authNoPriv" if user.auth else "noAuthNoPriv"
    who = ["-v3", "-u", user.name.decode(), "-l", level]
    if user.auth:
        who += ["-a", user.auth, "-A", user.auth_secret.decode()]
    if user.priv:
        who += ["-x", user.priv.replace("AES-128", "AES"), "-X", user.priv_secret.decode()]
    return who


def connection(address: tuple[str, int], wait_s: float = ANSWER_S) -> socket.socket:
    """A socket that hears nobody but this address: an answer from another one is silence to it."""
    opened = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, socket.SOCK_DGRAM)
    opened.settimeout(wait_s)
    opened.connect(address)
    return opened


def exchange(address: tuple[str, int], datagram: bytes, wait_s: float = ANSWER_S) -> bytes | None:
    with connection(address, wait_s) as asking:
        asking.send(datagram)
        try:
            return asking.recv(65535)
        except TimeoutError:
            return None
