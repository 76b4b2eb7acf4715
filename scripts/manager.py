"""What managers do during a soak, and what must hold of every answer they get."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable

from scripts.client import Client, NotTrueError
from scripts.mib import OBJECTS, Mib
from tests.snmp import messages
from tests.snmp.messages import Oid

Action = Callable[[], None]
LATE_S = 45.0
"""A poll is missed when a device's count of polls has not risen for so long: twice the interval, jitter, and two polls
that end at their deadline."""
SETTLE_S = 60.0
_SYSTEM = (1, 3, 6, 1, 2, 1, 1)
_UPTIME: Oid = (*_SYSTEM, 3, 0)
_DESCRIPTION: Oid = (*_SYSTEM, 1, 0)
_BOOTS: Oid = (1, 3, 6, 1, 6, 3, 10, 2, 1, 2, 0)
_TEXTS: dict[str, Oid] = {name: (*_SYSTEM, arc, 0) for name, arc in (("contact", 4), ("name", 5), ("location", 6))}
_EXCEPTIONS = (0x80, 0x81, 0x82)
_REMEMBERED = 500


class Manager:
    """Two managers of one agent, in turn: a community and a user.

    Attributes:
        wrong: what was wrong with answers.
        done: how often each action was done.
        missed_polls: how often a device was not polled in time.
        polls: polls of devices that were seen to be made.
        cells: of the last whole walk.
    """

    def __init__(self, generator: random.Random, plain: Client, sealed: Client) -> None:
        self.plain, self.sealed = plain, sealed
        self.wrong: list[str] = []
        self.done: Counter[str] = Counter()
        self.missed_polls = self.polls = self.cells = 0
        self._random = generator
        self._mib = Mib()
        self._known: list[Oid] = []
        self._boots: int | None = None
        self._uptime = 0
        self._written: dict[Oid, tuple[int, bytes]] = {}
        self._polled: dict[Oid, tuple[int, float]] = {}
        self.actions: list[tuple[Action, float]] = [
            (self.poll, 60), (self.walk_part, 8), (self.walk_all, 1), (self.walk_by_next, 2), (self.set_good, 8),
            (self.set_bad, 4), (self.read_back, 6), (self.check_time, 6), (self.check_polls, 3),
        ]  # fmt: skip

    def complain(self, text: str) -> None:
        """Something was wrong."""
        self.wrong.append(f"{time.strftime('%H:%M:%S')} {text}")

    def settle(self) -> None:
        """Wait until every device is served, and learn what there is."""
        ends_s = time.monotonic() + SETTLE_S
        devices, up = self._mib.oid("lnbAgentDevices", 0), self._mib.oid("lnbAgentDevicesUp", 0)
        while len(set(self.plain.get(devices, up).values)) > 1:
            if time.monotonic() > ends_s:
                raise NotTrueError(f"not all devices are up within {SETTLE_S:g} s")
            time.sleep(0.5)
        self.walk_all()

    def _either(self) -> Client:
        return self._random.choice((self.plain, self.sealed))

    def poll(self) -> None:
        """GET some cells of the last walk; each comes back under its name, with its type, or is gone."""
        self.done["poll"] += 1
        wanted = self._random.sample(self._known, self._random.randint(1, 8))
        answer = self._either().get(*wanted)
        if answer.outcome == (messages.TOO_BIG, 0):
            self.done["poll_too_big"] += 1  # texts of devices may be long
            return
        if answer.status or answer.names != wanted:
            raise NotTrueError(f"GET of {wanted}: status {answer.status}, names {answer.names}")
        for name, value in answer.varbinds:
            if value[0] not in _EXCEPTIONS:
                self._check(name, value)

    def walk_all(self) -> None:
        """Walk the whole MIB: in order, every type right, from its first object to its last."""
        self.done["walk_all"] += 1
        names = [self._check(name, value) for name, value in self._either().walk(OBJECTS, bulk=25)]
        first, last = self._mib.oid("lnbAgentVersion", 0), self._mib.oid("lnbHttpMaxCount", 0)
        if not names or names[0] != first or last not in names:
            raise NotTrueError(f"a walk of {len(names)} cells from {names[:1]} without its first or last object")
        self.cells = len(names)
        self._known = self._random.sample(names, min(_REMEMBERED, len(names)))

    def walk_part(self) -> None:
        """Walk a part, which may have any size; GETBULK of any width."""
        self.done["walk_part"] += 1
        base = self._random.choice(self._known)[: len(OBJECTS) + self._random.choice((1, 2, 4))]
        for name, value in self._either().walk(base, bulk=self._random.choice((1, 5, 20, 60))):
            self._check(name, value)

    def walk_by_next(self) -> None:
        """The same by GETNEXT."""
        self.done["walk_by_next"] += 1
        base = self._mib.oid(self._random.choice(("lnbAgentVersion", "lnbDeviceName", "lnbSlotId", "lnbHttpTracking")))
        for name, value in self._either().walk(base[:-1], bulk=0):
            self._check(name, value)

    def _check(self, name: Oid, value: tuple[int, bytes]) -> Oid:
        syntax = self._mib.syntax(name)
        if name[: len(OBJECTS)] == OBJECTS:
            problem = "no object of the MIB" if syntax is None else syntax.problem(*value)
            if problem:
                self.complain(f"{'.'.join(map(str, name))}: {problem}")
        return name

    def set_good(self) -> None:
        """SET something writable; it must read back at once, whoever asks."""
        self.done["set_good"] += 1
        kind = self._random.choice(("text", "text", "tracking", "count"))
        if kind == "text":
            name = self._random.choice(list(_TEXTS.values()))
            letters = "".join(self._random.choices("abcdefgh -_.0123456789", k=self._random.randint(1, 60)))
            value = messages.string(letters.encode())
        elif kind == "tracking":
            name, value = self._mib.oid("lnbHttpTracking", 0), messages.integer(self._random.choice((1, 1, 1, 2)))
        else:
            name = self._mib.oid("lnbHttpMaxCount", 0)
            value = messages.integer(self._random.choice((1, 25, 100, 1000)), 0x42)
        answer = self._either().set(name, value)
        if answer.status:
            raise NotTrueError(f"SET of {name}: status {answer.status}")
        self._written[name] = (value[0], value[2:])
        self.read_back(name)

    def set_bad(self) -> None:
        """SET what must be refused, behind something good: nothing of it may be done."""
        self.done["set_bad"] += 1
        name, value, status = self._random.choice(
            [
                (_TEXTS["name"], messages.string(b"x" * 256), messages.WRONG_LENGTH),
                (_TEXTS["contact"], messages.integer(5), messages.WRONG_TYPE),
                (self._mib.oid("lnbHttpMaxCount", 0), messages.integer(10_001, 0x42), messages.WRONG_VALUE),
                (_DESCRIPTION, messages.string(b"x"), messages.NOT_WRITABLE),
                (self._mib.oid("lnbAgentVersion", 0), messages.string(b"x"), messages.NOT_WRITABLE),
            ]
        )
        good = messages.varbind(_TEXTS["location"], messages.string(b"must not be seen"))
        answer = self._either().request(messages.SET, [good, messages.varbind(name, value)])
        if answer.outcome != (status, 2):
            raise NotTrueError(f"bad SET of {name}: status and index {answer.outcome}, not {(status, 2)}")
        seen = self._either().get(_TEXTS["location"]).values[0][1]
        if seen == b"must not be seen":
            raise NotTrueError("a SET that was refused was done in part")

    def read_back(self, name: Oid | None = None) -> None:
        """What was written is read, also long after, and after reloads."""
        self.done["read_back"] += name is None
        if name is None and not self._written:
            return
        name = name or self._random.choice(list(self._written))
        seen = self._either().get(name).values
        if seen != [self._written[name]]:
            raise NotTrueError(f"{name} was set to {self._written[name]} and reads {seen}")

    def check_time(self) -> None:
        """SysUpTime rises, and engine boots stay."""
        self.done["check_time"] += 1
        client = self._either()
        (_, uptime), (_, boots) = client.get(_UPTIME, _BOOTS).values
        if messages.number(uptime) < self._uptime:
            raise NotTrueError(f"sysUpTime fell from {self._uptime} to {messages.number(uptime)}")
        self._uptime = messages.number(uptime)
        said = {messages.number(boots)} | ({client.peer.boots} if client is self.sealed else set())
        self._boots = self._boots or messages.number(boots)
        if said != {self._boots}:
            raise NotTrueError(f"engine boots changed from {self._boots} to {said}")

    def check_polls(self) -> None:
        """Every device is polled, whatever is wrong with it; its name stays its own."""
        self.done["check_polls"] += 1
        now_s = time.monotonic()
        before, self._polled = self._polled, {}
        for name, (_, content) in self._either().walk(self._mib.oid("lnbDevicePolls")):
            count = messages.number(content)
            last, since_s = before.get(name, (count, now_s))
            if count != last:
                self.polls += max(count - last, 0)
                since_s = now_s
            elif now_s - since_s > LATE_S:
                self.missed_polls += 1
                since_s = now_s
            self._polled[name] = (count, since_s)
