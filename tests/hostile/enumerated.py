"""Broken messages by enumeration: every field of every type of message, with every anomaly of its kind, one at a time.

Four groups: requests and notifications (which an agent must not take), broken in their encoding or in their content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.hostile.elements import Element, parse, signed
from tests.hostile.mutation import LARGEST, NUMBERS, OIDS, TAGS, TEXTS, lengths, nested
from tests.hostile.seeds import HEADS, REQUEST_TAGS, TRAP_TAGS, Head, body
from tests.snmp import messages
from tests.snmp.messages import GET_BULK, V1, V1_TRAP, Peer

Change = Callable[[Element], None]
GROUPS = ("req-enc", "req-app", "trap-enc", "trap-app")
_NUMBER_TAGS = (0x02, 0x41, 0x42, 0x43, 0x46)
_DEPTHS = (1, 2, 50)
_COUNTS = (0, 1, 128, 2500)
_ADDRESSES = (b"", b"\0", b"\xff" * 3, b"\0" * 4, b"\xff" * 4, b"\x7f" * 5, b"A" * 300)


def cases(group: str, peer: Peer) -> Iterator[bytes]:
    """The datagrams of a group, always the same ones for the same peer."""
    kind, part = group.split("-")
    anomalies = _encoding_anomalies if part == "enc" else _content_anomalies
    for head in HEADS:
        for tag in REQUEST_TAGS if kind == "req" else TRAP_TAGS:
            if tag != (GET_BULK if head.version == V1 else V1_TRAP):
                yield from _broken(head, body(tag), peer, anomalies)


def _broken(head: Head, inner: bytes, peer: Peer, anomalies: Callable[[Element], Iterator[Change]]) -> Iterator[bytes]:
    """Each field of the message with each of its anomalies; what is encrypted is broken before it is."""
    message = head.wrap(inner, peer)
    for octets in _changed(message, anomalies):
        yield signed(octets, head.user, peer)[:LARGEST]
    if head.user.priv:
        scoped = messages.tlv(0x30, messages.string(peer.engine_id), messages.string(b""), inner)
        for octets in _changed(scoped, anomalies):
            yield peer.build(head.user, b"", scoped=octets)[:LARGEST]


def _changed(octets: bytes, anomalies: Callable[[Element], Iterator[Change]]) -> Iterator[bytes]:
    fields = len([part for element in parse(octets) for part in element.walk()])
    for place in range(fields):
        for change in anomalies(_field(parse(octets), place)):
            elements = parse(octets)
            change(_field(elements, place))
            yield b"".join(element.octets() for element in elements)


def _field(elements: list[Element], place: int) -> Element:
    return [part for element in elements for part in element.walk()][place]


def _encoding_anomalies(field: Element) -> Iterator[Change]:
    """Tags that do not belong there, lengths that lie, elements within themselves, contents cut off or behind them."""
    size = len(field.body)
    yield from (_set(tag=tag) for tag in TAGS if tag != field.tag)
    yield from (_set(length=length) for length in lengths(size))
    yield from (_nest(depth) for depth in _DEPTHS)
    yield from (_resize(size + by) for by in (-1, 1, 200) if size + by >= 0)


def _content_anomalies(field: Element) -> Iterator[Change]:
    """Values at and beyond the bounds of the field's type, values of other types, other numbers of parts."""
    if field.parts:
        yield from (_repeat(part, count) for part in (0, -1) for count in _COUNTS)
        yield from (_drop(place) for place in range(len(field.parts)))
        return
    if field.tag in _NUMBER_TAGS:
        yield from (_value(field.tag, messages.integer(number)[2:]) for number in NUMBERS)
    elif field.tag == 0x06:
        yield from (_value(0x06, content) for content in OIDS)
    elif field.tag == 0x40:
        yield from (_value(0x40, content) for content in _ADDRESSES)
    else:
        yield from (_value(field.tag, content) for content in TEXTS)
    others = ((0x02, b"\1"), (0x04, b"x"), (0x05, b""), (0x06, b"\x2b\x06"), (0x40, b"abcd"), (0x46, b"\xff" * 9))
    yield from (_value(tag, content) for tag, content in others if tag != field.tag)


def _set(*, tag: int | None = None, length: bytes | None = None) -> Change:
    def change(field: Element) -> None:
        if tag is not None:
            field.tag = tag
        field.length = length

    return change


def _value(tag: int, content: bytes) -> Change:
    def change(field: Element) -> None:
        field.tag, field.content, field.parts = tag, content, []

    return change


def _nest(depth: int) -> Change:
    def change(field: Element) -> None:
        field.parts = [nested(Element(field.tag, field.content, field.parts), depth - 1)]

    return change


def _resize(size: int) -> Change:
    def change(field: Element) -> None:
        field.content, field.parts = field.body[:size].ljust(size, b"\0"), []

    return change


def _repeat(place: int, count: int) -> Change:
    def change(field: Element) -> None:
        field.parts = [*field.parts, *[field.parts[place]] * count] if count else []
        field.content = b""

    return change


def _drop(place: int) -> Change:
    def change(field: Element) -> None:
        del field.parts[place]
        field.content = b""

    return change
