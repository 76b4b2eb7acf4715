"""Where what is made is served from, as those see it who make it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from agent.wire.block import Block


class Sink(Protocol):
    """Where blocks are served from."""

    def swap(self, owner: str, blocks: Sequence[Block]) -> None:
        """Put an owner's blocks in the place of the ones it had."""


class ProposingSink(Sink, Protocol):
    """The same, for what may be served already by a process before this one."""

    def propose(self, owner: str, blocks: Sequence[Block]) -> None:
        """As `swap`, unless something of the owner's is served already."""
