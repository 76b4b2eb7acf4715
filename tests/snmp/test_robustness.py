"""Nothing that a datagram can say stops the agent, or fills its log."""

from __future__ import annotations

import logging
import random
import time

import pytest

from tests.snmp import messages
from tests.snmp.agents import LONG, NAMES, NUMBERS, PLAIN, SEALED, SIGNED, USERS, RunningAgent, connection
from tests.snmp.messages import Peer, User

SYS_NAME = (1, 3, 6, 1, 2, 1, 1, 5, 0)


def valid(peer: Peer) -> list[bytes]:
    bodies = [
        messages.pdu(messages.GET, [SYS_NAME, (*NUMBERS, 1, 1), (1, 3, 9)]),
        messages.pdu(messages.GET_NEXT, [(1, 3), NAMES]),
        messages.pdu(messages.GET_BULK, [SYS_NAME, LONG], a=1, b=20),
        messages.pdu(
            messages.SET,
            [messages.varbind(SYS_NAME, messages.string(b"x")), messages.varbind((1, 3, 9), b"\x42\x01\x05")],
        ),
    ]
    built = [messages.message(body, version=version) for body in bodies for version in (0, 1)]
    built += [peer.build(user, body) for user in USERS for body in bodies]
    return [*built, Peer().build(User(b""), messages.pdu(messages.GET))]


def mutated(generator: random.Random, datagram: bytes) -> bytes:
    """One of: octets changed, inserted, removed, doubled, cut, an element's length or tag changed, or noise alone."""
    octets = bytearray(datagram)
    for _ in range(generator.randint(1, 4)):
        at = generator.randrange(len(octets))
        match generator.randrange(7):
            case 0 | 1:
                octets[at] = generator.randrange(256)
            case 2:
                octets[at] = generator.choice([0x00, 0x7F, 0x80, 0x81, 0x84, 0xFF, 0x30, 0x24, 0xA0, 0x41, 0x46])
            case 3:
                octets[at:at] = generator.randbytes(generator.randint(1, 5))
            case 4:
                del octets[at : at + generator.randint(1, 4)]
            case 5:
                octets[at:at] = octets[at : at + generator.randint(1, 40)]
            case 6:
                octets = octets[: max(at, 1)]
        if not octets:
            return b""
    return bytes(octets) if generator.random() < 0.95 else generator.randbytes(generator.randint(0, 300))


def structured(generator: random.Random, peer: Peer) -> bytes:
    """A message whose outer part is right, with strange but well-formed things within."""
    numbers = [0, 1, -1, 2**31 - 1, -(2**31), 2**31, 2**32, 7]
    values = [
        *(b"\x05\x00", b"\x04\x00", b"\x02\x00", b"\x02\x09" + bytes(9), b"\x40\x05abcde", b"\x46\x09\xff" + bytes(8)),
        *(
            b"\x30\x00",
            b"\xa0\x00",
            b"\x1f\x81\x01\x00",
            b"\x24\x80\x00\x00",
            b"\x06\x01\x80",
            b"\x82\x00",
            b"\x44\x02\x9f\x78",
        ),
    ]
    names = [
        *(
            b"",
            b"\x00",
            b"\x2b",
            b"\xff\xff\xff\xff\x7f",
            b"\x2b\x06\x90\x80\x80\x80\x00",
            b"\x2b" + b"\x01" * 140,
            b"\x80\x01",
        ),
        *(messages.oid_content(SYS_NAME), messages.oid_content(NUMBERS)),
    ]
    varbinds = [
        messages.tlv(0x30, messages.tlv(6, generator.choice(names)), generator.choice(values))
        for _ in range(generator.choice([0, 1, 2, 5, 60]))
    ]
    head = b"".join(messages.integer(generator.choice(numbers)) for _ in range(3))
    body = messages.tlv(generator.choice([0xA0, 0xA1, 0xA3, 0xA5, 0xA2, 0xA8]), head, messages.tlv(0x30, *varbinds))
    if generator.random() < 0.4:
        return messages.message(body, version=generator.randrange(2))
    user = generator.choice([*USERS, User(b"nobody"), User(b""), User(b"plain", "SHA", b"12345678")])
    return peer.build(
        user,
        body,
        flags=generator.choice([None, None, 0, 1, 4, user.level]),
        max_size=generator.choice([484, 1472, 0, -1, 2**31 - 1]),
        context=generator.choice([b"", b"", b"nope", b"\xff"]),
        msg_id=generator.choice([0, 5, 2**31 - 1]),
    )


@pytest.mark.parametrize("kind", ["mutated", "structured"])
def test_three_thousand_strange_datagrams_leave_the_agent_answering_and_its_log_short(
    agent: RunningAgent, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "agent")
    generator = random.Random(20240607)
    peer = agent.discover()
    seeds = valid(peer)
    slowest = 0.0
    with connection(agent.address) as asking:
        for turn in range(3000):
            asking.send(
                mutated(generator, generator.choice(seeds)) if kind == "mutated" else structured(generator, peer)
            )
            if turn % 50 == 49:
                begun = time.monotonic()
                assert agent.is_alive()
                slowest = max(slowest, time.monotonic() - begun)
    assert slowest < 1
    assert len(caplog.records) < 20
    assert sum(len(record.getMessage()) for record in caplog.records) < 20_000
    assert not agent.problems
    for user in (PLAIN, SIGNED, SEALED):
        assert agent.ask_as(user, messages.pdu(messages.GET, [SYS_NAME]), peer).pdu.values == [(4, b"north")]
    if not agent.is_wire:
        assert all(
            agent.within(lambda: [model._cache.is_empty() for model in agent.service._engine.security_models.values()])
        )


def test_whatever_the_engine_raises_is_logged_once_and_survived(
    agent: RunningAgent, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise RecursionError("too deep")

    with monkeypatch.context() as patched:
        if agent.is_wire:
            (front,) = agent.service._fronts.values()
            patched.setattr(front, "_answer", fail)
        else:
            patched.setattr(agent.service._engine.message_dispatcher, "receive_message", fail)
        with connection(agent.address) as asking:
            for _ in range(50):
                asking.send(messages.get(SYS_NAME))
        agent.within(lambda: None)
        time.sleep(0.1)
    assert agent.is_alive()
    assert len([record for record in caplog.records if "datagram-failed" in record.message]) <= 1


def test_a_manager_that_is_gone_before_its_answer_does_no_harm(agent: RunningAgent) -> None:
    for _ in range(20):
        with connection(agent.address) as asking:
            asking.send(messages.get(SYS_NAME))
    assert agent.is_alive()


def test_a_swap_during_walks_keeps_the_order_and_the_end(agent: RunningAgent) -> None:
    from tests.snmp.agents import table_blocks

    generator = random.Random(3)
    for asking in (messages.get_next, lambda name: messages.get_bulk(0, generator.randint(1, 20), name)):
        name, cells = (0, 0), 0
        for _ in range(2000):
            rows = generator.sample(range(1, 60), generator.randint(0, 40))
            agent.within(agent.store.swap, "table", table_blocks(rows))
            answer = agent.ask(asking(name))
            assert answer.outcome == (0, 0)
            ended = False
            for found, value in answer.varbinds:
                if value == messages.END_OF_MIB_VIEW:
                    ended = True
                    continue
                assert found > name, "the walk does not rise"
                name, cells = found, cells + 1
            if ended:
                break
        else:
            pytest.fail("the walk does not end")
        assert 20 < cells < 60 * 5 + 40
    agent.within(agent.store.swap, "table", table_blocks())
