"""Hostile messages: valid ones of every version and kind, taken apart into elements and put together wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.hostile.elements import Element, parse, signed
from tests.hostile.seeds import SENDERS, SYS_NAME, bodies, whole_messages
from tests.snmp import messages
from tests.snmp.messages import Peer

LARGEST = 65_507
"""Octets of a UDP datagram over IPv4 at most."""
TAGS = (0, 2, 3, 4, 5, 6, 0x0A, 0x1F, 0x22, 0x24, 0x30, 0x31, 0x3F, *range(0x40, 0x48), 0x5F, 0x80, 0x81, 0x82, 0x83,
        0x9F, *range(0xA0, 0xAA), 0xBF, 0xFF)  # fmt: skip
NUMBERS = (0, 1, -1, 2, 3, 127, 128, 255, 256, 483, 484, 65_535, 2**31 - 1, -(2**31), 2**31, 2**32 - 1, 2**32,
           2**63 - 1, 2**63, -(2**64), 2**255)  # fmt: skip
TEXTS = (
    b"", b"\0", b"\xff", b"\xff" * 40, b"\xc3", b"public", b"PUBLIC", b"public\0", b"%s%n%x%d",
    b"%s" * 100, b"%n" * 500,
    b"../../etc", b"' or 1=1 --", b"\r\n\r\n", b"A" * 127, b"A" * 128, b"A" * 255, b"A" * 256,
    b"A" * 2000, b"\x30" * 500, b"\x30\x80" * 200,
)  # fmt: skip
OIDS = (
    b"", b"\x80", b"\x2b", b"\x00", b"\x80\x01", b"\x2b\x06", b"\x7f" * 30, b"\xff\xff\xff\xff\x7f", b"\x2b\x06\x81",
    b"\x2b\x06\x8f\xff\xff\xff\x7f", b"\x2b\x06\x90\x80\x80\x80\x00", b"\x2b" + b"\x01" * 126, b"\x2b" + b"\x01" * 127,
    b"\x2b" + b"\x01" * 128, b"\x2b" + b"\x8f\xff\xff\xff\x7f" * 127, b"\x88\x37\x01",
    b"\x2b" + b"\x81" * 300 + b"\x01",
    messages.oid_content(SYS_NAME), messages.oid_content((*SYS_NAME, 0)), messages.oid_content(SYS_NAME[:-1]),
)  # fmt: skip
COUNTS = (0, 1, 2, 60, 128, 1000, 2500)


def lengths(size: int) -> list[bytes]:
    """Length octets that are odd for a content of this size: indefinite, reserved, huge, non-minimal, short, long."""
    return [
        b"\x80", b"\xff", b"\x84\xff\xff\xff\xff", b"\x84\x7f\xff\xff\xff", b"\x85\0\0\0\0\1", b"\x88" + b"\xff" * 8,
        b"\0", b"\x7f", b"\x82\xff\xff", messages.length(size, 1), messages.length(size, 2), messages.length(size, 3),
        messages.length(size + 1), messages.length(size + 300), messages.length(max(size - 1, 0)),
    ]  # fmt: skip


def nested(element: Element, depth: int) -> Element:
    """An element within itself, so many times."""
    for _ in range(depth):
        element = Element(element.tag, element.content, [element])
    return element


def mutate(generator: random.Random, octets: bytes) -> bytes:
    """Valid octets changed in one to three places; mostly in their structure."""
    if generator.random() < 0.15:
        return _noise(generator, octets)
    elements = parse(octets)
    for _ in range(generator.choice([1, 1, 1, 2, 3])):
        everywhere = [part for element in elements for part in element.walk()]
        change = generator.choice([_change_encoding, _change_structure, _change_content])
        change(generator, generator.choice(everywhere))
    changed = b"".join(element.octets() for element in elements)
    return changed if generator.random() < 0.95 else changed[: generator.randint(0, len(changed))]


def _change_encoding(generator: random.Random, element: Element) -> None:
    if generator.random() < 0.5:
        element.tag = generator.choice(TAGS)
    else:
        element.length = generator.choice(lengths(len(element.body)))


def _change_structure(generator: random.Random, element: Element) -> None:
    parts = element.parts
    match generator.randrange(6):
        case 0 if parts:
            del parts[generator.randrange(len(parts))]
        case 1 if parts:
            parts.insert(generator.randint(0, len(parts)), generator.choice(parts))
        case 2 if parts:
            generator.shuffle(parts)
        case 3 if parts:
            element.parts = [generator.choice(parts)] * generator.choice(COUNTS)
            element.content = b""
        case 4:
            element.parts = [nested(Element(element.tag, element.content, parts), generator.choice([0, 1, 5, 60]))]
        case _:
            element.parts, element.content = [], b""


def _change_content(generator: random.Random, element: Element) -> None:
    """Another content: most often of the element's own type, at or beyond a bound of it."""
    element.parts = []
    kind = element.tag if generator.random() < 0.7 else generator.choice([0x02, 0x04, 0x06, -1])
    if kind in (0x02, 0x41, 0x42, 0x43, 0x46):
        element.content = messages.integer(generator.choice(NUMBERS))[2:]
    elif kind == 0x06:
        element.content = generator.choice(OIDS)
    elif kind == 0x04:
        element.content = generator.choice(TEXTS)
    else:
        element.content = generator.randbytes(generator.randint(0, 20))


def _noise(generator: random.Random, octets: bytes) -> bytes:
    """Bits flipped, octets changed, put in, taken out, cut off."""
    changed = bytearray(octets)
    for _ in range(generator.randint(1, 4)):
        at = generator.randrange(len(changed) + 1)
        match generator.randrange(5):
            case 0 if at < len(changed):
                changed[at] ^= 1 << generator.randrange(8)
            case 1:
                changed[at : at + 1] = generator.randbytes(1)
            case 2:
                changed[at:at] = generator.randbytes(generator.randint(1, 5))
            case 3:
                del changed[at : at + generator.randint(1, 4)]
            case _:
                changed = changed[:at]
    return bytes(changed)


def splice(generator: random.Random, one: bytes, other: bytes) -> bytes:
    """The beginning of one message and the end of another, or an element of one within the other."""
    if generator.random() < 0.5:
        return one[: generator.randint(0, len(one))] + other[generator.randint(0, len(other)) :]
    elements = parse(one)
    place = generator.choice([part for element in elements for part in element.walk()])
    found = generator.choice([part for element in parse(other) for part in element.walk()])
    place.tag, place.content, place.parts = found.tag, found.content, found.parts
    return b"".join(element.octets() for element in elements)


def hostile(generator: random.Random, peer: Peer, count: int) -> Iterator[bytes]:
    """So many datagrams: half broken outside, half broken inside and signed and encrypted right."""
    good, whole = bodies(), whole_messages(peer)
    for turn in range(count):
        if turn % 2:
            user, chosen = generator.choice(whole)
            if generator.random() < 0.2:
                changed = splice(generator, chosen, generator.choice(whole)[1])
            else:
                changed = mutate(generator, chosen)
            # Signed anew, so that authentication does not hide what is behind it from the changes.
            yield (signed(changed, user, peer) if generator.random() < 0.7 else changed)[:LARGEST]
        else:
            yield _broken_inside(generator, generator.choice(good), peer)[:LARGEST]


def _broken_inside(generator: random.Random, good: bytes, peer: Peer) -> bytes:
    context = generator.choice([b"", b"", b"", b"nope", b"\xff", b"%n" * 100])
    if generator.random() < 0.3:
        return messages.message(mutate(generator, good), version=generator.randrange(2))
    user = generator.choice(SENDERS)
    if generator.random() < 0.3:
        scoped = messages.tlv(0x30, messages.string(peer.engine_id), messages.string(context), good)
        return peer.build(user, b"", scoped=mutate(generator, scoped))
    return peer.build(
        user, mutate(generator, good), context=context,
        context_engine_id=generator.choice([None, None, None, b"", bytes(40)]),
        max_size=generator.choice([65507, 65507, 484, 483, 0, -1, 2**31 - 1]),
        msg_id=generator.choice([5, 5, 0, -1, 2**31 - 1]),
        model=generator.choice([3, 3, 3, 3, 0, 1, 2, 4]),
    )  # fmt: skip
