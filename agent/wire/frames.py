"""What the front and the back say to each other: framed, versioned, bounded messages, and blocks in as few octets.

A frame is its size in four octets, its kind in one, and that much less one of payload. The back begins with nothing
and the front with `Hello`; of other versions nothing is taken, since both always come from one start of one program.
"""

from __future__ import annotations

import json
import struct
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Any, Final

from agent.mib.encoding import Oid, packed, unpacked
from agent.wire.block import FrozenBlock, offsets_of
from agent.wire.writing import Assignment, Result

VERSION: Final = 1
LARGEST: Final = 1 << 24
"""Octets of a frame at most: a piece of a column of the largest cells there can be takes a third of it."""

_HEAD = struct.Struct(">IB")
HEAD_OCTETS: Final = _HEAD.size


class Kind(IntEnum):
    """What a frame is."""

    HELLO = 1
    POLICY = 2
    SWAP = 3
    BLOCK = 4
    READY = 5
    SET = 6
    RESULT = 7
    EVENT = 9


class FrameError(ValueError):
    """The octets are no frame of this version."""


def frame(kind: Kind, payload: bytes) -> bytes:
    """A whole frame.

    Raises:
        FrameError: it would be too large.
    """
    if len(payload) + 1 > LARGEST:
        raise FrameError(f"{kind.name}: {len(payload)} octets are too many for a frame")
    return _HEAD.pack(len(payload) + 1, kind) + payload


def read_head(octets: bytes) -> tuple[Kind, int]:
    """Kind of a frame and octets of its payload, from its first five octets.

    Raises:
        FrameError: there is no such kind, or the frame is too large.
    """
    size, kind = _HEAD.unpack(octets)
    if not 1 <= size <= LARGEST:
        raise FrameError(f"a frame of {size} octets")
    try:
        return Kind(kind), size - 1
    except ValueError:
        raise FrameError(f"no frame is of kind {kind}") from None


def text_frame(kind: Kind, content: Any) -> bytes:
    """A frame of JSON."""
    return frame(kind, json.dumps(content, separators=(",", ":")).encode())


def read_text(payload: bytes) -> Any:
    """The content of a frame of JSON.

    Raises:
        FrameError: it is none.
    """
    try:
        return json.loads(payload)
    except ValueError as problem:
        raise FrameError(f"no JSON: {problem}") from None


def set_frame(number: int, wanted: Sequence[Assignment], who: str) -> bytes:
    """A SET that passed the front's checks."""
    rows = [[each.position, each.name, each.instance, _plain(each.value)] for each in wanted]
    return text_frame(Kind.SET, {"number": number, "who": who, "wanted": rows})


def read_set(payload: bytes) -> tuple[int, list[Assignment], str]:
    """Number, assignments and who asks, of a SET.

    Raises:
        FrameError: it is none.
    """
    content = read_text(payload)
    try:
        wanted = [
            Assignment(position, name, tuple(instance), _value(value))
            for position, name, instance, value in content["wanted"]
        ]
        return content["number"], wanted, content["who"]
    except (TypeError, ValueError, KeyError) as problem:
        raise FrameError(f"a SET that cannot be read: {problem!r}") from None


def result_frame(number: int, result: Result) -> bytes:
    """What became of a SET; a problem has been logged where it arose."""
    return text_frame(Kind.RESULT, [number, result.status, result.index])


def read_result(payload: bytes) -> tuple[int, Result]:
    """Number of a SET, and what became of it.

    Raises:
        FrameError: it is none.
    """
    content = read_text(payload)
    if not isinstance(content, list) or [type(each) for each in content] != [int, int, int]:
        raise FrameError("a result that cannot be read")
    number, status, index = content
    return number, Result(status, index)


def _plain(value: Any) -> Any:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _value(plain: Any) -> Any:
    if isinstance(plain, list):  # an OID
        return tuple(plain)
    return bytes.fromhex(plain["hex"]) if isinstance(plain, dict) else plain


class Source(IntEnum):
    """Where a block's cells come from when it is taken over."""

    KEPT = 0
    """So many whole blocks are those that the owner has already, from this one on."""
    OLD_KEYS = 1
    """Its keys are those of the block that the owner has in its place; the varbinds are new."""
    SHARED_KEYS = 2
    """Its keys are those of an earlier block of this swap."""
    OWN = 3


_BLOCK = struct.Struct(">BIII")
"""Source, what it refers to, sizes of name and keys; of blocks that are kept their number and 0."""


def swap_frames(owner: str, before: Sequence[FrozenBlock], after: Sequence[FrozenBlock]) -> Iterator[bytes]:
    """The frames that bring an owner from the blocks it had to other ones; what is equal is not sent again."""
    yield text_frame(Kind.SWAP, [owner, len(after)])
    places, sent = _Places(before), dict[int, int]()
    first = count = 0
    for number, block in enumerate(after):
        place = places.of(block)
        old = before[place] if place is not None else None
        same_keys = old is not None and (old is block or old.keys == block.keys)
        if old is not None and place is not None and same_keys and old.varbinds == block.varbinds:
            if place != first + count:
                yield from _kept_frame(first, count)
                first, count = place, 0
            count += 1
            continue
        yield from _kept_frame(first, count)
        count = 0
        if same_keys and place is not None:
            yield _block_frame(Source.OLD_KEYS, place, block, b"")
        elif id(block.keys) in sent:
            yield _block_frame(Source.SHARED_KEYS, sent[id(block.keys)], block, b"")
        else:
            yield _block_frame(Source.OWN, 0, block, _packed_keys(block.keys))
        sent.setdefault(id(block.keys), number)
    yield from _kept_frame(first, count)


class _Places:
    """Where blocks stand among those of before; mostly they follow each other as they did."""

    def __init__(self, blocks: Sequence[FrozenBlock]) -> None:
        self._blocks = blocks
        self._next = 0
        self._places: dict[tuple[Oid, bytes], int] = {}

    def of(self, block: FrozenBlock) -> int | None:
        """The place of the block that begins with the same cell."""
        place: int | None = self._next
        if self._next >= len(self._blocks) or not _begin_alike(self._blocks[self._next], block):
            if len(self._places) < len(self._blocks):
                self._places = {(one.oid, one.keys[0]): at for at, one in enumerate(self._blocks)}
            place = self._places.get((block.oid, block.keys[0])) if self._places else None
        if place is not None:
            self._next = place + 1
        return place


def _begin_alike(one: FrozenBlock, other: FrozenBlock) -> bool:
    return one is other or (one.oid == other.oid and one.keys[0] == other.keys[0])


def _kept_frame(first: int, count: int) -> Iterator[bytes]:
    if count:
        yield frame(Kind.BLOCK, _BLOCK.pack(Source.KEPT, first, count, 0))


_packed_name = lru_cache(maxsize=8192)(packed)
_name = lru_cache(maxsize=8192)(unpacked)
"""Names of columns: the same in all devices, so that their blocks share them."""


def _block_frame(source: Source, reference: int, block: FrozenBlock, keys: bytes) -> bytes:
    name = _packed_name(block.oid)
    offsets = block.offsets.tobytes()  # both ends run on one machine
    head = _BLOCK.pack(source, reference, len(name), len(keys))
    return frame(Kind.BLOCK, b"".join((head, name, keys, struct.pack(">I", len(offsets)), offsets, block.varbinds)))


def _packed_keys(keys: Sequence[bytes]) -> bytes:
    sizes = array("H", [len(key) for key in keys])
    return struct.pack(">I", len(keys)) + sizes.tobytes() + b"".join(keys)


class SwapReader:
    """Takes the block frames of one swap.

    Args:
        before: the blocks the owner has.
    """

    def __init__(self, owner: str, count: int, before: Sequence[FrozenBlock]) -> None:
        self.owner = owner
        self._count = count
        self._before = before
        self.blocks: list[FrozenBlock] = []

    @property
    def is_whole(self) -> bool:
        """Whether all blocks have come."""
        return len(self.blocks) >= self._count

    def take(self, payload: bytes) -> None:
        """The next blocks.

        Raises:
            FrameError: they do not fit.
        """
        try:
            self.blocks += self._read(payload)
        except (struct.error, ValueError, IndexError) as problem:
            raise FrameError(f"a block that cannot be read: {problem}") from problem

    def _read(self, payload: bytes) -> Sequence[FrozenBlock]:
        source, reference, name_size, keys_size = _BLOCK.unpack_from(payload)
        if source == Source.KEPT:
            kept = self._before[reference : reference + name_size]
            if len(kept) != name_size:
                raise ValueError("blocks that are not there are to be kept")
            return kept
        at = _BLOCK.size
        oid = _name(payload[at : at + name_size])
        at += name_size
        if source == Source.OLD_KEYS:
            keys = self._before[reference].keys
        elif source == Source.SHARED_KEYS:
            keys = self.blocks[reference].keys
        else:
            keys = _read_keys(payload, at)
        at += keys_size
        (size,) = struct.unpack_from(">I", payload, at)
        at += 4
        return (FrozenBlock(oid, keys, payload[at + size :], offsets_of(payload[at : at + size])),)


def _read_keys(payload: bytes, at: int) -> tuple[bytes, ...]:
    (count,) = struct.unpack_from(">I", payload, at)
    at += 4
    sizes = array("H")
    sizes.frombytes(payload[at : at + count * sizes.itemsize])
    at += count * sizes.itemsize
    keys = []
    for size in sizes:
        keys.append(payload[at : at + size])
        at += size
    return tuple(keys)


@dataclass(frozen=True, slots=True)
class Hello:
    """What the front says first.

    Attributes:
        owners: whose blocks it serves already, given by a back before this one.
        restarts: how often a front died before this one.
    """

    owners: tuple[str, ...]
    restarts: int

    def frame(self) -> bytes:
        """As it is sent."""
        return text_frame(Kind.HELLO, {"version": VERSION, "owners": self.owners, "restarts": self.restarts})

    @classmethod
    def read(cls, payload: bytes) -> Hello:
        """As it came.

        Raises:
            FrameError: it is of another version.
        """
        content: Mapping[str, Any] = read_text(payload)
        if content.get("version") != VERSION:
            raise FrameError(f"version {content.get('version')!r} where {VERSION} belongs")
        return cls(tuple(content["owners"]), int(content["restarts"]))
