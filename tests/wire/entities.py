"""An entity without sockets, for tests of the pure wire path."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any

from agent.wire.access import Access
from agent.wire.command import Commands
from agent.wire.counters import Counters
from agent.wire.entity import Entity
from agent.wire.policy import make_policy
from agent.wire.shelf import Shelf
from agent.wire.store import Store
from agent.wire.strangers import FailureObserver
from agent.wire.usm import Usm
from agent.wire.writing import Result, Writer
from tests.snmp.agents import USERS, new_store, snmp_settings, table_blocks
from tests.snmp.messages import Peer, User, UserAnswer

ENGINE_ID = b"\x80\0\x1f\x88\x05engine"
HERE = "127.0.0.1"


class Bench:
    """An entity, its clock, counters and complaints.

    Attributes:
        time_s: its engine time.
        problems: the faults of its own that it told of.
    """

    def __init__(
        self,
        users: Iterable[User] = USERS,
        *,
        store: Store | None = None,
        access: Access | None = None,
        writer: Writer | None = None,
        boots: int = 3,
        engine_id: bytes = ENGINE_ID,
        authentication_failures: FailureObserver | None = None,
        **changes: Any,
    ) -> None:
        settings = snmp_settings(users, **changes)
        self.settings = settings
        self.counters = Counters()
        self.time_s = 1000
        self.problems: list[tuple[str, Exception]] = []
        if store is None:
            store = new_store()
            store.swap("table", table_blocks())
        self.store = store
        policy = make_policy(settings, engine_id)
        self.usm = Usm(engine_id, boots, lambda: self.time_s, policy.users, self.counters, count(1))
        writer = writer or Writer([], lambda wanted, who: Result(0, 0))
        commands = Commands(Shelf(store).source, access or policy.access, writer, self._complain)
        self.entity = Entity(
            policy.communities, self.usm, commands, self.counters, policy.max_message_size, authentication_failures
        )
        self.peer = Peer(engine_id, boots, self.time_s)

    def _complain(self, text: str, problem: Exception) -> None:
        self.problems.append((text, problem))

    def answer(self, datagram: bytes, address: str = HERE) -> bytes | None:
        return self.entity.answer(datagram, address)

    def ask_as(self, user: User, body: bytes, peer: Peer | None = None, **options: Any) -> UserAnswer:
        peer = peer or self.peer
        answered = self.answer(peer.build(user, body, **options))
        assert answered is not None, "no answer"
        return peer.read(answered, user)

    def counted(self) -> dict[str, int]:
        """The counters that are not zero, messages themselves aside."""
        named = {name: getattr(self.counters, name) for name in Counters.__slots__ if name != "in_pkts"}
        return {name: value for name, value in named.items() if value}
