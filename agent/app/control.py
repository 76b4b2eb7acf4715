"""Between the parent and each of its children: one socket pair, single octets, and file descriptors.

The parent tells a child which channel to use, to reload, and to stop; a child tells the parent that it is ready, or
has lost its channel. When the parent is gone the child sees the end of the stream, and ends too.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Final

log = logging.getLogger(__name__)

CHANNEL: Final = b"C"
RELOAD: Final = b"R"
STOP: Final = b"S"
READY: Final = b"U"
LOST: Final = b"L"
"""The channel to the other child ended; if that child lives, both need a new one."""


class Parent:
    """The parent as a child sees it. Made in the child's event loop.

    Args:
        on_channel: gets each new channel to the other child.
        on_reload: is called when the configuration is to be read anew.
    """

    def __init__(
        self, control: socket.socket, on_channel: Callable[[socket.socket], None], on_reload: Callable[[], None]
    ) -> None:
        self.stopped = asyncio.Event()
        self.is_gone = False
        self._control = control
        self._on_channel = on_channel
        self._on_reload = on_reload
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
            words, descriptors, _, _ = socket.recv_fds(self._control, 1, 1)
        except BlockingIOError:
            return
        except OSError:
            words, descriptors = b"", []
        if words == CHANNEL and descriptors:
            self._on_channel(socket.socket(fileno=descriptors[0]))
        elif words == RELOAD:
            self._on_reload()
        else:
            if words != STOP:
                self.is_gone = True
                log.error("parent-gone: nothing is restarted or reloaded any more, so this process ends")
            asyncio.get_running_loop().remove_reader(self._control)
            self.stopped.set()
