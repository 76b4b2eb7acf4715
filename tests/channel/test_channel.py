"""Both ends of the channel over a real socket pair."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from agent.channel import front_end as front_end_module
from agent.channel.back_end import BackEnd
from agent.channel.front_end import FrontEnd
from agent.wire import frames
from agent.wire.block import Block
from agent.wire.frames import Kind
from agent.wire.later import Later
from agent.wire.policy import Policy
from agent.wire.store import Store
from agent.wire.writing import Assignment, Result
from tests.snmp.agents import USERS, snmp_settings
from tests.support.policies import policy_of
from tests.wire.cells import block

A, B = (1, 3, 1), (1, 3, 2)
WANTED = [Assignment(1, "sysContact", (0,), "me")]


class Face:
    """What answers, reduced to what the channel needs of it."""

    def __init__(self) -> None:
        self.store = Store()
        self.policies: list[Policy] = []
        self.opened: list[list[str]] = []

    @property
    def owners(self) -> list[str]:
        return self.store.owners

    def swap(self, owner: str, blocks: Sequence[Block]) -> None:
        self.store.swap(owner, blocks)

    def blocks_of(self, owner: str) -> Sequence[Block]:
        return self.store.blocks_of(owner)

    def obey(self, policy: Policy) -> None:
        self.policies.append(policy)

    def open(self, owners: Sequence[str]) -> None:
        self.opened.append(list(owners))


class Pair:
    """A front's and a back's end, connected at will."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[Assignment], str]] = []
        self.events: list[Any] = []
        self.lost = 0
        self.result = Result(0, 0)
        self.assign: Callable[[Sequence[Assignment], str], Result | Later[Result]] = self._assign
        self.new_front()
        self.new_back()

    def new_front(self) -> None:
        self.face = Face()
        self.front_end = FrontEnd(self.face, 4, lambda: None, self._lose)

    def new_back(self) -> None:
        self.back_end = BackEnd(lambda wanted, who: self.assign(wanted, who), self.events.append)

    def connect(self) -> None:
        ours, theirs = socket.socketpair()
        self.front_end.attach(ours)
        self.back_end.attach(theirs)

    def _lose(self) -> None:
        self.lost += 1

    def _assign(self, wanted: Sequence[Assignment], who: str) -> Result:
        self.asked.append((list(wanted), who))
        return self.result


@asynccontextmanager
async def pair() -> AsyncIterator[Pair]:
    made = Pair()
    yield made
    await made.front_end.close()
    await made.back_end.close()


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 20))  # type: ignore[arg-type]


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.005)


def walked(store: Store) -> list[bytes]:
    found, key = [], b""
    while (cell := store.next(key)) is not None:
        found.append(cell.varbind)
        key = cell.key
    return found


def test_what_was_given_before_the_connection_arrives_in_one_piece_and_then_the_front_is_opened() -> None:
    async def test() -> None:
        async with pair() as both:
            policy = policy_of(snmp_settings(USERS))
            both.back_end.swap("a", [block(A, {(1,): b"a"})])
            both.back_end.obey(policy)
            both.back_end.open(["a"])
            both.connect()
            await until(lambda: both.face.opened)
            assert both.face.opened == [["a"]]
            assert both.face.policies == [policy]
            assert len(both.face.store) == 1
            assert both.back_end.restarts == 4

    run(test)


def test_a_new_front_gets_everything() -> None:
    async def test() -> None:
        async with pair() as both:
            for row in range(3):
                both.back_end.swap(f"owner {row}", [block(A, {(row,): b"x"})])
            both.back_end.open([])
            both.connect()
            await until(lambda: both.face.opened)
            before = both.face.store
            await both.front_end.close()
            both.new_front()
            both.connect()
            await until(lambda: both.face.opened)
            assert walked(both.face.store) == walked(before)

    run(test)


def test_a_new_back_replaces_what_it_knows_better_and_leaves_the_rest_for_now() -> None:
    async def test() -> None:
        async with pair() as both:
            both.back_end.swap("document", [block(A, {(1,): b"model"})])
            both.back_end.swap("status", [block(B, {(1,): b"up"})])
            both.back_end.open(["document", "status"])
            both.connect()
            await until(lambda: both.face.opened)
            await both.back_end.close()
            both.new_back()
            both.back_end.propose("status", [block(B, {(1,): b"never polled"})])
            both.back_end.propose("fresh", [block(A, {(2,): b"fresh"})])
            both.back_end.open(["document", "status", "fresh"])
            both.connect()
            await until(lambda: len(both.face.opened) == 2)
            assert [bind[-2:] for bind in walked(both.face.store)] == [b"el", b"sh", b"up"]
            both.back_end.swap("status", [block(B, {(1,): b"stale"})])
            await until(lambda: walked(both.face.store)[-1].endswith(b"stale"))

    run(test)


def test_a_slow_front_gets_the_latest_and_the_back_keeps_no_queue() -> None:
    async def test() -> None:
        async with pair() as both:
            ours, theirs = socket.socketpair()
            both.back_end.attach(theirs)
            ours.setblocking(False)  # noqa: FBT003
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(ours, frames.Hello((), 0).frame())
            for turn in range(300):
                both.back_end.swap("big", [block(A, {(row,): bytes([turn % 256]) * 1000 for row in range(1000)})])
                await asyncio.sleep(0)
            assert len(both.back_end._links[0].pending) <= 1
            received = 0
            while True:
                try:
                    received += len(await asyncio.wait_for(loop.sock_recv(ours, 1 << 20), 0.5))
                except asyncio.TimeoutError:
                    break
            assert received < 10 * 1_100_000, "300 swaps of a megabyte were not all sent"
            ours.close()

    run(test)


def test_a_set_is_answered_behind_what_it_changed() -> None:
    async def test() -> None:
        async with pair() as both:
            both.back_end.swap("self", [block(A, {(0,): b"old"})])
            both.back_end.open([])
            both.connect()
            await until(lambda: both.face.opened)
            seen: list[tuple[Result, bytes]] = []

            def assign(wanted: Sequence[Assignment], who: str) -> Result:
                both.back_end.swap("self", [block(A, {(0,): b"new"})])
                return Result(0, 0)

            both.assign = assign
            result = both.front_end.submit(WANTED, "me")
            assert isinstance(result, Later)
            result.then(lambda value: seen.append((value, walked(both.face.store)[0][-3:])))
            await until(lambda: seen)
            assert seen == [(Result(0, 0), b"new")]

    run(test)


def test_a_set_whose_result_comes_later_is_answered_then_while_swaps_go_on_and_other_sets_wait() -> None:
    async def test() -> None:
        async with pair() as both:
            both.back_end.open([])
            both.connect()
            await until(lambda: both.face.opened)
            later: Later[Result] = Later()
            results: list[Result | Later[Result]] = [later, Result(0, 0)]
            both.assign = lambda wanted, who: results.pop(0)
            seen: list[tuple[str, Result]] = []
            for name in ("first", "second"):
                submitted = both.front_end.submit(WANTED, "me")
                assert isinstance(submitted, Later)
                submitted.then(lambda result, name=name: seen.append((name, result)))  # type: ignore[misc]
            await until(lambda: len(results) == 1)
            both.back_end.swap("a", [block(A, {(1,): b"a"})])
            await until(lambda: walked(both.face.store))
            assert seen == []
            later.give(Result(14, 1))
            await until(lambda: len(seen) == 2)
            assert set(seen) == {("first", Result(14, 1)), ("second", Result(0, 0))}

    run(test)


def test_a_set_without_a_back_is_refused_and_one_whose_back_dies_is_a_general_error() -> None:
    async def test() -> None:
        async with pair() as both:
            assert both.front_end.submit(WANTED, "me") == Result(13, 1)
            ours, theirs = socket.socketpair()
            both.front_end.attach(ours)
            await until(lambda: both.front_end._connection)
            settled: list[Result] = []
            result = both.front_end.submit(WANTED, "me")
            assert isinstance(result, Later)
            result.then(settled.append)
            await asyncio.sleep(0.01)
            theirs.close()
            await until(lambda: settled)
            assert settled == [Result(5, 0)]

    run(test)


def test_a_set_that_takes_too_long_is_a_general_error_and_its_late_result_is_ignored(monkeypatch: Any) -> None:
    async def test() -> None:
        monkeypatch.setattr(front_end_module, "SET_PATIENCE_S", 0.05)
        async with pair() as both:
            ours, theirs = socket.socketpair()
            both.front_end.attach(ours)
            await until(lambda: both.front_end._connection)
            settled: list[Result] = []
            result = both.front_end.submit(WANTED, "me")
            assert isinstance(result, Later)
            result.then(settled.append)
            await until(lambda: settled)
            theirs.send(frames.result_frame(1, Result(0, 0)))
            await asyncio.sleep(0.05)
            assert settled == [Result(5, 0)]
            theirs.close()

    run(test)


def test_noise_ends_the_connection_and_another_is_asked_for(monkeypatch: Any) -> None:
    async def test() -> None:
        monkeypatch.setattr(front_end_module, "RECONNECT_S", 0.01)
        async with pair() as both:
            both.back_end.swap("a", [block(A, {(1,): b"a"})])
            both.back_end.open(["a"])
            both.connect()
            await until(lambda: both.face.opened)
            ours, theirs = socket.socketpair()
            both.front_end.attach(ours)
            theirs.send(b"\xff" * 100)
            await until(lambda: both.lost)
            assert len(both.face.store) == 1
            both.connect()
            await until(lambda: len(both.face.opened) == 2)
            theirs.close()

    run(test)


def test_events_of_the_front_reach_the_back() -> None:
    async def test() -> None:
        async with pair() as both:
            both.front_end.tell({"kind": "nobody hears it"})
            both.connect()
            await until(lambda: both.front_end._connection)
            both.front_end.tell({"kind": "authentication", "address": "192.0.2.1"})
            await until(lambda: both.events)
            assert both.events == [{"kind": "authentication", "address": "192.0.2.1"}]

    run(test)


class Trio:
    """A back's end and two fronts' ends."""

    def __init__(self) -> None:
        self.deaths: list[tuple[int, int]] = []
        self.asked: list[str] = []
        self.back_end = BackEnd(
            self._assign, on_restart=lambda front, restarts: self.deaths.append((front, restarts)), fronts=2
        )
        self.faces = [Face(), Face()]
        self.front_ends = [FrontEnd(face, 0, lambda: None, lambda: None) for face in self.faces]

    def _assign(self, wanted: Sequence[Assignment], who: str) -> Result:
        self.asked.append(who)
        self.back_end.swap("self", [block(A, {(0,): who.encode()})])
        return Result(0, 0)

    def connect(self, front: int) -> None:
        ours, theirs = socket.socketpair()
        self.front_ends[front].attach(ours)
        self.back_end.attach(theirs, front)

    async def renew(self, front: int, restarts: int) -> None:
        await self.front_ends[front].close()
        self.faces[front] = Face()
        self.front_ends[front] = FrontEnd(self.faces[front], restarts, lambda: None, lambda: None)
        self.connect(front)

    async def close(self) -> None:
        for front_end in self.front_ends:
            await front_end.close()
        await self.back_end.close()


def test_two_fronts_get_the_same_made_once(monkeypatch: Any) -> None:
    made: list[str] = []
    make = frames.swap_frames

    def counted(owner: str, before: Any, after: Any) -> Any:
        made.append(owner)
        return make(owner, before, after)

    monkeypatch.setattr(frames, "swap_frames", counted)

    async def test() -> None:
        trio = Trio()
        trio.back_end.obey(policy_of(snmp_settings(USERS)))
        trio.back_end.open(["a"])
        trio.connect(0)
        trio.connect(1)
        await until(lambda: all(face.opened for face in trio.faces))
        for turn in range(5):
            for owner in ("a", "b", "c"):
                trio.back_end.swap(owner, [block((1, 3, ord(owner)), {(row,): bytes([turn]) for row in range(50)})])
            await until(lambda turn=turn: all(ends_with(face, bytes([turn]) * 1) for face in trio.faces))  # type: ignore[misc]
        assert walked(trio.faces[0].store) == walked(trio.faces[1].store)
        assert made == ["a", "b", "c"] * 5
        await trio.close()

    run(test)


def ends_with(face: Face, octets: bytes) -> bool:
    found = walked(face.store)
    return len(found) == 150 and all(each.endswith(octets) for each in found)


def test_a_set_by_either_front_is_seen_by_both_and_carried_out_one_at_a_time() -> None:
    async def test() -> None:
        trio = Trio()
        trio.back_end.open(["self"])
        trio.connect(0)
        trio.connect(1)
        await until(lambda: all(face.opened for face in trio.faces))
        settled: list[tuple[int, Result]] = []
        for turn in range(20):
            result = trio.front_ends[turn % 2].submit(WANTED, f"manager {turn:02}")
            assert isinstance(result, Later)
            result.then(lambda value, turn=turn: settled.append((turn, value)))  # type: ignore[misc]
        await until(lambda: len(settled) == 20)
        assert sorted(trio.asked) == [f"manager {turn:02}" for turn in range(20)]
        assert {result for _, result in settled} == {Result(0, 0)}
        last = trio.asked[-1].encode()
        await until(lambda: all(walked(face.store)[0].endswith(last) for face in trio.faces))
        await trio.close()

    run(test)


def test_a_front_that_died_gets_all_again_and_the_other_one_nothing() -> None:
    async def test() -> None:
        trio = Trio()
        trio.back_end.swap("a", [block(A, {(1,): b"a"})])
        trio.back_end.open(["a"])
        trio.connect(0)
        trio.connect(1)
        await until(lambda: all(face.opened for face in trio.faces))
        await trio.renew(1, 1)
        await until(lambda: trio.faces[1].opened)
        assert walked(trio.faces[1].store) == walked(trio.faces[0].store)
        assert len(trio.faces[0].opened) == 1
        assert trio.deaths == [(1, 1)]
        assert trio.back_end.restarts == 1
        await trio.renew(0, 2)
        await until(lambda: trio.faces[0].opened)
        assert (trio.deaths, trio.back_end.restarts) == ([(1, 1), (0, 2)], 3)
        await trio.close()

    run(test)


def test_what_is_taken_away_while_a_front_is_gone_is_not_there_when_it_is_back() -> None:
    async def test() -> None:
        trio = Trio()
        trio.back_end.swap("a", [block(A, {(1,): b"a"})])
        trio.back_end.open(["a"])
        trio.connect(0)
        trio.connect(1)
        await until(lambda: all(face.opened for face in trio.faces))
        await trio.front_ends[1].close()
        trio.back_end.swap("a", [])
        await until(lambda: not walked(trio.faces[0].store))
        trio.connect(1)
        await until(lambda: not walked(trio.faces[1].store))
        await until(lambda: not trio.back_end._given.blocks)
        await trio.close()

    run(test)


def test_a_swap_that_takes_all_away_is_told_too() -> None:
    async def test() -> None:
        async with pair() as both:
            both.back_end.swap("a", [block(A, {(1,): b"a"})])
            both.back_end.open(["a"])
            both.connect()
            await until(lambda: len(both.face.store) == 1)
            both.back_end.swap("a", [])
            await until(lambda: len(both.face.store) == 0)
            assert Kind.SWAP not in {kind for kind, _ in both.back_end._links[0].pending}

    run(test)
