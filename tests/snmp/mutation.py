"""Hostile messages: valid ones of every version and kind, taken apart into elements and put together wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.snmp import messages
from tests.snmp.agents import LONG, NAMES, NUMBERS, USERS, WIDE
from tests.snmp.messages import Oid, Peer, User

SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
PDU_TAGS = range(0xA0, 0xA9)
_TAGS = [0, 2, 3, 4, 5, 6, 0x0A, 0x1F, 0x22, 0x24, 0x30, 0x31, 0x3F, *range(0x40, 0x48), 0x5F, 0x80, 0x81, 0x82, 0x83,
         0x9F, *range(0xA0, 0xAA), 0xBF, 0xFF]  # fmt: skip
_NUMBERS = [0, 1, -1, 2, 3, 127, 128, 255, 256, 483, 484, 2**31 - 1, -(2**31), 2**31, 2**32 - 1, 2**32, 2**63, -(2**64)]
_CONTENTS = [
    b"", b"\0", b"\x80", b"\xff", b"\xff" * 4, b"\xff" * 40, bytes(5), b"\x2b", b"\x2b\x06", b"\x80\x01",
    b"\x2b\x06\x90\x80\x80\x80\x00", b"\x2b" + b"\x01" * 127, b"\x2b" + b"\x01" * 128, b"public", b"\xc3", b"%s%n",
    bytes(2000), b"\x30" * 500,
]  # fmt: skip


@dataclass
class Element:
    """One element; its length octets may lie."""

    tag: int
    content: bytes = b""
    parts: list[Element] = field(default_factory=list)
    length: bytes | None = None

    def octets(self) -> bytes:
        content = b"".join(part.octets() for part in self.parts) if self.parts else self.content
        return bytes([self.tag]) + (messages.length(len(content)) if self.length is None else self.length) + content

    def walk(self) -> Iterator[Element]:
        yield self
        for part in self.parts:
            yield from part.walk()


def parse(octets: bytes) -> list[Element]:
    """Elements one behind the other, looked into wherever there are elements inside."""
    return [Element(tag, content, _inside(tag, content)) for tag, content in messages.elements(octets)]


def _inside(tag: int, content: bytes) -> list[Element]:
    if not (tag & 0x20 or (tag == 4 and content[:1] == b"\x30")):
        return []
    try:
        return parse(content)
    except (AssertionError, IndexError):  # ciphertext that looked like elements
        return []


def bodies() -> list[bytes]:
    """A PDU of every kind."""
    names: list[Oid | bytes] = [SYS_NAME, (*NUMBERS, 1, 1), (*WIDE, 1, 2), (1, 3, 9), LONG, NAMES]
    values = [b"\x04\x01x", b"\x42\x01\x05", b"\x46\x01\x05", b"\x40\x04abcd", b"\x06\x01\x2b", b"\x05\x00"]
    setting = [messages.varbind(SYS_NAME, value) for value in values]
    return [
        messages.pdu(tag, setting if tag == messages.SET else names, request_id=7, a=1, b=3 if tag == 0xA5 else 0)
        for tag in PDU_TAGS
    ]


def mutate(generator: random.Random, octets: bytes, elements: list[Element]) -> bytes:
    """Octets whose elements are given, changed in one to three places; mostly in their structure."""
    if generator.random() < 0.15:
        return _noise(generator, octets)
    for _ in range(generator.choice([1, 1, 1, 2, 3])):
        everywhere = [part for element in elements for part in element.walk()]
        _change(generator, generator.choice(everywhere))
    changed = b"".join(element.octets() for element in elements)
    return changed if generator.random() < 0.95 else changed[: generator.randint(0, len(changed))]


def _change(generator: random.Random, element: Element) -> None:
    parts = element.parts
    match generator.randrange(10):
        case 0:
            element.tag = generator.choice(_TAGS)
        case 1:
            size = len(b"".join(part.octets() for part in parts) if parts else element.content)
            element.length = generator.choice(
                [b"\x80", b"\xff", b"\x84\xff\xff\xff\xff", b"\x85\0\0\0\0\1", b"\0", messages.length(size, 1),
                 messages.length(size, 2), messages.length(size + generator.randint(1, 300)),
                 messages.length(max(size - generator.randint(1, 9), 0))]
            )  # fmt: skip
        case 2:
            element.parts, element.content = [], generator.choice(_CONTENTS)
        case 3:
            element.parts, element.content = [], messages.integer(generator.choice(_NUMBERS))[2:]
        case 4 if parts:
            del parts[generator.randrange(len(parts))]
        case 5 if parts:
            parts.insert(generator.randint(0, len(parts)), generator.choice(parts))
        case 6 if parts:
            generator.shuffle(parts)
        case 7 if parts:
            element.parts = [generator.choice(parts)] * generator.choice([1, 5, 60])
        case 8:
            element.parts, element.content = [Element(element.tag, element.content, parts)], b""
        case _:
            element.parts, element.content = [], generator.randbytes(generator.randint(0, 20))


def _noise(generator: random.Random, octets: bytes) -> bytes:
    changed = bytearray(octets)
    for _ in range(generator.randint(1, 4)):
        at = generator.randrange(len(changed) + 1)
        match generator.randrange(4):
            case 0:
                changed[at : at + 1] = generator.randbytes(1)
            case 1:
                changed[at:at] = generator.randbytes(generator.randint(1, 5))
            case 2:
                del changed[at : at + generator.randint(1, 4)]
            case 3:
                changed = changed[:at]
    return bytes(changed)


def hostile(generator: random.Random, peer: Peer, count: int) -> Iterator[bytes]:
    """So many datagrams."""
    for datagram in _hostile(generator, peer, count):
        yield datagram[:65_507]


def _hostile(generator: random.Random, peer: Peer, count: int) -> Iterator[bytes]:
    """So many datagrams: broken outside, or broken inside and signed and encrypted right."""
    users = [*USERS, User(b"nobody"), User(b"")]
    good = bodies()
    whole = [messages.message(body, version=version) for body in good for version in (0, 1)]
    whole += [peer.build(user, body) for user in users for body in good]
    whole += [Peer(peer.engine_id, boots, peer.time).build(user, good[0]) for user in USERS for boots in (0, 2**31 - 1)]
    whole.append(Peer().build(User(b""), messages.pdu(messages.GET)))
    for turn in range(count):
        if turn % 2:
            chosen = generator.choice(whole)
            yield mutate(generator, chosen, parse(chosen))
            continue
        chosen = generator.choice(good)
        body = mutate(generator, chosen, parse(chosen))
        if generator.random() < 0.3:
            yield messages.message(body, version=generator.randrange(2))
        else:
            yield peer.build(
                generator.choice(users), body,
                context=generator.choice([b"", b"", b"nope", b"\xff"]),
                context_engine_id=generator.choice([None, None, None, b"", bytes(40)]),
                max_size=generator.choice([65507, 65507, 484, 0, -1, 2**31 - 1]),
                msg_id=generator.choice([5, 5, 0, -1, 2**31 - 1]),
                model=generator.choice([3, 3, 3, 3, 0, 1, 2, 4]),
            )  # fmt: skip
