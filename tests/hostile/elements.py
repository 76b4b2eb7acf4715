"""BER as a tree that can be bent: elements that are put together again with whatever lengths they claim."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.snmp import messages
from tests.snmp.messages import HASHES, Peer, User


@dataclass
class Element:
    """One element; its length octets may lie."""

    tag: int
    content: bytes = b""
    parts: list[Element] = field(default_factory=list)
    length: bytes | None = None

    @property
    def body(self) -> bytes:
        """What stands behind tag and length."""
        return b"".join(part.octets() for part in self.parts) if self.parts else self.content

    def octets(self) -> bytes:
        body = self.body
        return bytes([self.tag]) + (messages.length(len(body)) if self.length is None else self.length) + body

    def walk(self) -> Iterator[Element]:
        """This element and all within."""
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


MARK = b"\xd1\x9e\x57" * 16
"""Stands for a digest until the message around it is finished."""


def marked(user: User) -> bytes:
    """The digest to build a message with that is signed later."""
    return MARK[: HASHES[user.auth][1]] if user.auth else b""


def signed(octets: bytes, user: User, peer: Peer) -> bytes:
    """The message with a right digest in the place of the mark, if that is still there once."""
    mark = marked(user)
    if not mark or octets.count(mark) != 1:
        return octets
    algorithm, size = HASHES[user.auth]
    key = messages.localized(algorithm, user.auth_secret, peer.engine_id)
    blank = octets.replace(mark, bytes(size))
    return octets.replace(mark, hmac.digest(key, blank, algorithm)[:size])
