"""Between the parent and each of its children: one socket pair, short messages, and file descriptors.

A message is one octet that says what it is, and what belongs to it. The parent tells a child which channel to use,
which sockets to serve, to reload, and to stop; a child tells the parent that it is ready, or has lost its channel. When
the parent is gone the child sees the end of the connection, and ends too.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from agent.snmp.sockets import Part

log = logging.getLogger(__name__)

CHANNEL: Final = b"C"
SOCKETS: Final = b"A"
RELOAD: Final = b"R"
STOP: Final = b"S"
READY: Final = b"U"
LOST: Final = b"L"
"""The channel to the other child ended; if that child lives, both need a new one."""

_SOCKETS_AT_ONCE: Final = 100
"""Of a change of the sockets so much is in one message; the kernel takes 253 descriptors with each."""
_LARGEST: Final = 1 << 16


def pair() -> tuple[socket.socket, socket.socket]:
    """Two ends that keep messages apart, and see when the other one is gone."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def front_name(front: int, fronts: int) -> str:
    """What the process that answers is called: front, or where there are several front1, front2 and so on."""
    return "front" if fronts == 1 else f"front{front + 1}"


def channel_message(front: int) -> bytes:
    """What tells of a new channel, between a front and the back."""
    return CHANNEL + bytes((front,))


def socket_messages(part: Part) -> Iterator[tuple[bytes, list[int]]]:
    """The messages that tell a child of a change of the sockets, with the descriptors of new ones.

    A socket is known by its descriptor's number in the parent, which is what a child that was forked has it as, too.
    """
    gone = [opened.fileno() for opened in part.gone]
    if gone:
        yield SOCKETS + json.dumps({"gone": gone}).encode(), []
    contexts = iter(part.contexts.items())
    while some := list(islice(contexts, _SOCKETS_AT_ONCE)):
        rows = [[opened.fileno(), context, opened in part.fresh] for opened, context in some]
        descriptors = [opened.fileno() for opened, _ in some if opened in part.fresh]
        yield SOCKETS + json.dumps({"here": rows}).encode(), descriptors


@dataclass(frozen=True, slots=True)
class Received:
    """The sockets that a child serves, by their numbers in the parent, and the context that each stands for."""

    by_number: dict[int, socket.socket]
    contexts: dict[socket.socket, str]

    @classmethod
    def inherited(cls, contexts: Mapping[socket.socket, str]) -> Received:
        """What a child has been forked with."""
        return cls({opened.fileno(): opened for opened in contexts}, dict(contexts))

    def change(self, octets: bytes, descriptors: list[int]) -> None:
        """Take over what a message of the parent says; sockets that are gone are for whoever serves them to close."""
        content, given = json.loads(octets), iter(descriptors)
        for number in content.get("gone", ()):
            self.contexts.pop(self.by_number.pop(number), None)
        for number, context, is_fresh in content.get("here", ()):
            if is_fresh:
                self.by_number[number] = socket.socket(fileno=next(given))
            self.contexts[self.by_number[number]] = context


class Parent:
    """The parent as a child sees it. Made in the child's event loop.

    Args:
        on_channel: gets each new channel between a front and the back, and the front's number.
        on_reload: is called when the configuration is to be read anew.
        on_sockets: is told of other sockets to serve, as `socket_messages` says it.
    """

    def __init__(
        self,
        control: socket.socket,
        on_channel: Callable[[socket.socket, int], None],
        on_reload: Callable[[], None] = lambda: None,
        on_sockets: Callable[[bytes, list[int]], None] = lambda octets, descriptors: None,
    ) -> None:
        self.stopped = asyncio.Event()
        self.is_gone = False
        self._control = control
        self._on_channel = on_channel
        self._on_reload = on_reload
        self._on_sockets = on_sockets
        control.setblocking(False)  # noqa: FBT003 - the socket's own signature
        asyncio.get_running_loop().add_reader(control, self._hear)

    def tell(self, word: bytes) -> None:
        """Tell the parent something."""
        try:
            self._control.send(word)
        except OSError:
            self.stopped.set()

    def _hear(self) -> None:
        try:
            message, descriptors, _, _ = socket.recv_fds(self._control, _LARGEST, _SOCKETS_AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            message, descriptors = b"", []
        word, content = message[:1], message[1:]
        if word == CHANNEL and descriptors:
            self._on_channel(socket.socket(fileno=descriptors[0]), content[0])
        elif word == SOCKETS:
            self._on_sockets(content, descriptors)
        elif word == RELOAD:
            self._on_reload()
        else:
            if word != STOP:
                self.is_gone = True
                log.error("parent-gone: nothing is restarted or reloaded any more, so this process ends")
            asyncio.get_running_loop().remove_reader(self._control)
            self.stopped.set()
