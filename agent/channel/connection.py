"""Frames over a connected stream socket, in one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable

from agent.wire.frames import HEAD_OCTETS, Kind, read_head

BUFFER_OCTETS = 1 << 20
"""What is read ahead, and what may wait to be sent before the sender must wait."""
TURN_OCTETS = 1 << 15
TURN_FRAMES = 16
"""What is taken, or sent, in one turn: small frames cost more by being many than by their octets."""


class Connection:
    """One connection to the other end; made in the event loop that uses it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def of(cls, connected: socket.socket) -> Connection:
        """A connection over a connected socket."""
        connected.setblocking(False)  # noqa: FBT003 - the socket's own signature
        reader, writer = await asyncio.open_connection(sock=connected, limit=BUFFER_OCTETS)
        writer.transport.set_write_buffer_limits(high=BUFFER_OCTETS)
        return cls(reader, writer)

    async def frames(self) -> AsyncIterator[tuple[Kind, bytes]]:
        """Kind and payload of each frame until the other end is gone.

        Others get their turn after every large frame, or some small ones: a swap must not keep requests waiting.

        Raises:
            FrameError: what came is no frame.
        """
        count = octets = 0
        while True:
            try:
                kind, size = read_head(await self._reader.readexactly(HEAD_OCTETS))
                payload = await self._reader.readexactly(size)
            except (asyncio.IncompleteReadError, OSError):
                return
            yield kind, payload
            count, octets = count + 1, octets + size
            if count >= TURN_FRAMES or octets >= TURN_OCTETS:
                count = octets = 0
                await asyncio.sleep(0)

    async def send(self, frames: Iterable[bytes]) -> None:
        """Send frames; waits while the other end does not keep up.

        Raises:
            OSError: the other end is gone.
        """
        ready: list[bytes] = []
        size = 0
        for each in frames:
            ready.append(each)
            size += len(each)
            if size >= TURN_OCTETS:
                await self._write(b"".join(ready))
                ready, size = [], 0
        await self._write(b"".join(ready))

    async def _write(self, octets: bytes) -> None:
        self._writer.write(octets)
        await self._writer.drain()

    def close(self) -> None:
        """Close it; the other end sees that it ends."""
        self._writer.close()


class End(ABC):
    """One end of the channel; made, used and closed in one event loop."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def attach(self, connected: socket.socket) -> None:
        """A new other end is there, over a connected socket; the one before it counts no more."""
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.get_running_loop().create_task(self._serve(connected))

    async def close(self) -> None:
        """End the connection."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @abstractmethod
    async def _serve(self, connected: socket.socket) -> None:
        """Give and take until the other end is gone."""
