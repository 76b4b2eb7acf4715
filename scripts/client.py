"""An SNMP manager for long runs: it retries as managers do, counts, and measures. Nothing of the agent's is in it."""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.snmp import messages
from tests.snmp.messages import Answer, Oid, Peer, User

TRIES = 4
WAIT_S = 1.0
_END = 0x82


class NoAnswerError(Exception):
    """All tries went unanswered."""


class NotTrueError(Exception):
    """An answer says what cannot be."""


@dataclass
class Record:
    """What a manager has seen.

    Attributes:
        asked: requests, each counted once.
        unanswered: requests whose tries all went unanswered.
        retried: further tries.
        times_s: how long each answered try took.
    """

    asked: int = 0
    unanswered: int = 0
    retried: int = 0
    times_s: list[float] = field(default_factory=list)

    def percentile_ms(self, percent: float) -> float:
        """So many per cent of the answers came within so many milliseconds."""
        ordered = sorted(self.times_s)
        return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)] * 1000 if ordered else 0.0


class Client:
    """One manager of one agent, as a community or as a user.

    Args:
        who: name of a community, or a user.
        source: the address it asks from.
    """

    def __init__(self, port: int, who: bytes | User, source: str = "127.0.0.1", *, host: str = "127.0.0.1") -> None:
        self._who = who
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((source, 0))
        self._socket.connect((host, port))
        self._ids = itertools.count(1)
        self._peer = Peer()
        self._learnt_s = 0.0
        self.record = Record()

    def close(self) -> None:
        """Close its socket."""
        self._socket.close()

    @property
    def peer(self) -> Peer:
        """The agent as it is known by the last discovery; for users only."""
        return self._peer

    def request(self, tag: int, names: list[Oid | bytes], *, a: int = 0, b: int = 0) -> Answer:
        """The answer to a request, whatever it says.

        Raises:
            NoAnswerError: there is none.
        """
        number = next(self._ids)
        body = messages.pdu(tag, names, request_id=number, a=a, b=b)
        self.record.asked += 1
        for turn in range(TRIES):
            self.record.retried += turn > 0
            answer = self._as_user(body, number) if isinstance(self._who, User) else self._as_community(body, number)
            if answer is not None:
                return answer
        self.record.unanswered += 1
        raise NoAnswerError(f"no answer to request {number}, PDU {tag:#04x}, within {TRIES} times {WAIT_S:g} s")

    def get(self, *names: Oid) -> Answer:
        """The answer to a GET."""
        return self.request(messages.GET, list(names))

    def set(self, name: Oid, value: bytes) -> Answer:
        """The answer to a SET of one finished value."""
        return self.request(messages.SET, [messages.varbind(name, value)])

    def walk(self, base: Oid, *, bulk: int = 20) -> Iterator[tuple[Oid, tuple[int, bytes]]]:
        """All cells below an OID; by GETNEXT where `bulk` is 0.

        Raises:
            NotTrueError: a name is not behind the one before, or an error comes back.
        """
        last = base
        while True:
            answer = self.request(messages.GET_BULK if bulk else messages.GET_NEXT, [last], b=bulk)
            if answer.status or not answer.varbinds:
                raise NotTrueError(f"walk behind {last}: status {answer.status}, {len(answer.varbinds)} varbinds")
            for name, value in answer.varbinds:
                if value[0] == _END or name[: len(base)] != base:
                    return
                if name <= last:
                    raise NotTrueError(f"walk: {name} comes behind {last}")
                yield name, value
                last = name

    def discover(self) -> None:
        """Learn the agent's engine ID, boots and time (RFC 3414 4)."""
        for _ in range(TRIES):
            raw = self._exchange(Peer().build(User(b""), messages.pdu(messages.GET)))
            if raw is not None:
                said = Peer().read(raw, User(b""))
                self._peer = Peer(said.engine_id, said.boots, said.time)
                self._learnt_s = time.monotonic()
                return
        raise NoAnswerError("discovery goes unanswered")

    def _as_community(self, body: bytes, number: int) -> Answer | None:
        assert isinstance(self._who, bytes)  # noqa: S101 - the caller looked
        raw = self._exchange(messages.message(body, community=self._who))
        answer = None if raw is None else messages.read(raw)
        return answer if answer and answer.request_id == number else None

    def _as_user(self, body: bytes, number: int) -> Answer | None:
        assert isinstance(self._who, User)  # noqa: S101 - the caller looked
        if not self._peer.engine_id:
            self.discover()
        peer = Peer(self._peer.engine_id, self._peer.boots, self._peer.time + int(time.monotonic() - self._learnt_s))
        raw = self._exchange(peer.build(self._who, body))
        if raw is None:
            return None
        said = peer.read(raw, self._who)
        if said.pdu.tag == messages.REPORT:
            self.discover()
            return None
        return said.pdu if said.pdu.request_id == number else None

    def _exchange(self, datagram: bytes) -> bytes | None:
        self._drain()
        begun_s = time.monotonic()
        self._socket.settimeout(WAIT_S)
        try:
            self._socket.send(datagram)
            raw = self._socket.recv(65_535)
        except (TimeoutError, ConnectionError):
            return None
        self.record.times_s.append(time.monotonic() - begun_s)
        return raw

    def _drain(self) -> None:
        """Throw away late answers to tries that were given up."""
        self._socket.settimeout(0)
        try:
            while True:
                self._socket.recv(65_535)
        except OSError:
            return
