"""Agents for tests: the real SNMP service over real sockets, in a thread and event loop of their own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from agent.config import SnmpSettings
from agent.mib.build import Cells, build
from agent.mib.declaration import Feed
from agent.mib.encoding import packed
from agent.mib.plan import make_plan
from agent.mib.standard import STANDARD, LiveView, SelfView
from agent.snmp.engineid import EngineIdentity, start_engine
from agent.snmp.service import Service, open_service
from agent.snmp.sockets import open_sockets
from agent.wire.block import Block, live_blocks, make_blocks
from agent.wire.counters import Counters
from agent.wire.policy import DEFAULT_CONTEXT
from agent.wire.shelf import Shelf
from agent.wire.store import Store
from agent.wire.view import View
from agent.wire.writing import Result, Writer
from tests.snmp.asking import ANSWER_S as ANSWER_S
from tests.snmp.asking import Asking
from tests.snmp.asking import connection as connection
from tests.snmp.asking import exchange as exchange
from tests.snmp.messages import Oid, User

T = TypeVar("T")

BASE: Oid = (1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 5597, 1, 99)
ENTRY = (*BASE, 1, 1)
SCALAR = (*BASE, 2)
NUMBERS, NAMES, WIDE, LONG = ((*ENTRY, arc) for arc in (1, 2, 3, 4))
"""Columns: Integer32, short text, Counter64, text of 300 octets."""
ROWS = 30
OBJECTS: dict[Oid, tuple[int, bytes]] = {
    (*SCALAR, 1): (0x02, b"\xff\x7f"),
    (*SCALAR, 2): (0x04, b""),
    (*SCALAR, 3): (0x06, b"\x2b\x06\x8f\xff\xff\xff\x7f"),
    (*SCALAR, 4): (0x40, b"\xc0\x00\x02\x01"),
    (*SCALAR, 5): (0x41, b"\x00\xff\xff\xff\xff"),
    (*SCALAR, 6): (0x42, b"\x00\x80\x00\x00\x00"),
    (*SCALAR, 7): (0x43, b"\x7f"),
    (*SCALAR, 8): (0x46, b"\x00\xff\xff\xff\xff\xff\xff\xff\xff"),
    (*SCALAR, 9): (0x02, b"\x80\x00\x00\x00"),
}
"""A scalar of every type there is, with its value at a bound."""


def cells(column: Oid, tag: int, contents: dict[tuple[int, ...], bytes]) -> Cells:
    ordered = sorted(contents)
    return Cells(column, tag, tuple(map(packed, ordered)), tuple(contents[index] for index in ordered))


def table_blocks(rows: Iterable[int] = range(1, ROWS + 1)) -> list[Block]:
    """The test table, indexed 1.<row>, and the scalars."""
    rows = list(rows)
    columns = [
        cells(NUMBERS, 0x02, {(1, row): row.to_bytes(2, "big").lstrip(b"\0") or b"\0" for row in rows}),
        cells(NAMES, 0x04, {(1, row): f"row {row}".encode() for row in rows}),
        cells(WIDE, 0x46, {(1, row): bytes([row & 0x7F]) + bytes(7) for row in rows}),
        cells(LONG, 0x04, {(1, row): bytes([65 + row % 26]) * 300 for row in rows}),
    ]
    columns += [cells(oid, tag, {(0,): content}) for oid, (tag, content) in OBJECTS.items()]
    return list(make_blocks(columns))


def new_store() -> Store:
    declared = [located.oid for located in STANDARD.objects.values()]
    return Store([*declared, NUMBERS, NAMES, WIDE, LONG, *OBJECTS])


SUBTREE = ".".join(map(str, BASE))
DEFAULTS: dict[str, Any] = {
    "listen": ["127.0.0.1:0"],
    "communities": [
        {"name": "public"},
        {"name": "elsewhere", "sources": ["192.0.2.0/24", "2001:db8::/32"]},
        {"name": "here", "sources": ["192.0.2.0/24", "127.0.0.0/8", "::1/128"]},
        {"name": "view", "view": "part"},
        {"name": "instance", "view": "instance"},
        {"name": "nothing", "view": "empty"},
    ],
    "views": {
        "part": {"include": ["1.3.6.1.2.1.1", SUBTREE], "exclude": ["1.3.6.1.2.1.1.4", f"{SUBTREE}.1.1.2"]},
        "instance": {"include": [f"{SUBTREE}.1.1.1.1.5", f"{SUBTREE}.1.1.2.1.7"]},
        "empty": {"include": []},
    },
    "contact": "operations",
    "system_name": "north",
    "location": "room 1",
}
PLAIN = User(b"plain")
SIGNED = User(b"signed", "SHA-256", b"authpass-1")
SEALED = User(b"sealed", "SHA-256", b"authpass-2", "AES-128", b"privpass-2")
VIEWED = User(b"viewed", "SHA", b"authpass-3", "AES-128", b"privpass-3")
USERS = (PLAIN, SIGNED, SEALED, VIEWED)


def user_settings(user: User, **more: Any) -> dict[str, Any]:
    """A user as the configuration has it; its secrets come from the environment, as they must."""
    from agent.config.secret import Secret

    entry: dict[str, Any] = {"name": user.name.decode(), **more}
    if user.auth:
        entry["auth"] = {"protocol": user.auth, "passphrase": Secret(user.auth_secret.decode())}
    else:
        entry["allow_unauthenticated"] = True
    if user.priv:
        entry["priv"] = {"protocol": user.priv, "passphrase": Secret(user.priv_secret.decode())}
    if {"MD5", "DES"} & {user.auth, user.priv}:
        entry["allow_weak"] = True
    return entry


def snmp_settings(users: Iterable[User] = (), **changes: Any) -> SnmpSettings:
    entries = [user_settings(user, **({"view": "part"} if user is VIEWED else {})) for user in users]
    return SnmpSettings.model_validate({**DEFAULTS, "users": entries, **changes})


class RunningAgent(Asking):
    """An SNMP service that runs until it is closed.

    Args:
        store: what it serves, instead of the standard groups and the test table.
        contexts: what each context shows.

    Attributes:
        problems: what its event loop had to complain about.
    """

    def __init__(
        self,
        settings: SnmpSettings,
        state_dir: Path,
        prepare: Callable[[Any], None] | None = None,
        writer: Writer | None = None,
        store: Store | None = None,
        contexts: Mapping[str, View] = DEFAULT_CONTEXT,
    ) -> None:
        self.settings = settings
        self._contexts = contexts
        self.is_wire = settings.engine == "wire"
        self._fills_store = store is None
        self.store = new_store() if store is None else store
        self.counters = Counters()
        self.problems: list[dict[str, Any]] = []
        self._state_dir = state_dir
        self._prepare = prepare
        self._writer = writer or Writer([], lambda wanted, who: Result(0, 0))
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="agent", daemon=True)
        self._thread.start()
        assert self._ready.wait(20)
        if self._failure:
            raise self._failure

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as problem:  # handed to the test's thread
            self._failure = problem
        finally:
            self._ready.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(lambda _, problem: self.problems.append(problem))
        self._stop = asyncio.Event()
        sockets = open_sockets(self.settings.listen)
        self.addresses = [opened.getsockname()[:2] for opened in sockets]
        self.identity = start_engine(self._state_dir, self.settings.engine_id)
        self.service: Any = open_service(
            self.settings, self.identity, Shelf(self.store), self.counters, sockets, self._writer, self._contexts
        )
        if self._fills_store:
            self.store.swap(
                "self", self_blocks(self.settings, self.identity, self.counters, self.service, tuple(self._contexts))
            )
            self.store.swap("table", table_blocks())
        if self._prepare:
            self._prepare(self.service)
        await asyncio.sleep(0.01)
        self._ready.set()
        await self._stop.wait()
        await self.service.close()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()
        assert self._failure is None

    def within(self, function: Callable[..., T], *args: Any) -> T:
        """Call something in the agent's own thread."""

        async def call() -> T:
            return function(*args)

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(10)

    def age(self, seconds: float) -> None:
        """Have the engine run for so long already: its clock is moved, not the test's."""
        if self.is_wire:
            clock, name = self.service, "started_s"
        else:
            symbols = self.service._engine.get_mib_builder().import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineTime")
            clock, name = symbols[0].syntax, "started_s"
        self.within(lambda: setattr(clock, name, time.monotonic() - seconds))

    @property
    def address(self) -> tuple[str, int]:
        return self.addresses[0]


def self_blocks(
    settings: SnmpSettings,
    identity: EngineIdentity,
    counters: Counters,
    service: Service,
    contexts: tuple[str, ...] = ("",),
) -> Sequence[Block]:
    """The standard groups, as the application serves them."""
    view = SelfView(
        settings=settings,
        description="agent under test",
        host_name="host",
        object_id=BASE,
        engine_id=identity.engine_id,
        engine_boots=identity.boots,
        contexts=contexts,
    )
    live = LiveView(lambda: service.engine_time_s() * 100, service.engine_time_s, lambda: counters)
    made, _ = build(make_plan(STANDARD), (Feed.AGENT,), view, {})
    return [*make_blocks(made), *live_blocks(STANDARD, live)]
