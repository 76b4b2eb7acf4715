"""What the back gives to be served: the same for every front, and turned into octets once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent.wire import frames
from agent.wire.block import FrozenBlock
from agent.wire.frames import Kind
from agent.wire.policy import Policy
from agent.wire.policycodec import policy_text

Blocks = Sequence[FrozenBlock]
NO_BLOCKS: Blocks = []


class Given:
    """What is to be served.

    Attributes:
        blocks: of each owner, the latest.
        proposed: owners of blocks that a front may have better ones of, from a back before this one.
        policy: as a frame, None before there is one.
        owners: who has given everything, None before all have.
    """

    def __init__(self) -> None:
        self.blocks: dict[str, Blocks] = {}
        self.proposed: set[str] = set()
        self.policy: bytes | None = None
        self.owners: list[str] | None = None
        self._made: tuple[Blocks, Blocks, list[bytes]] = (NO_BLOCKS, NO_BLOCKS, [])

    def obey(self, policy: Policy) -> None:
        """Communities, users and views from now on."""
        self.policy = frames.frame(Kind.POLICY, policy_text(policy))

    def swap_frames(self, owner: str, before: Blocks, *, is_asked_again: bool) -> Iterable[bytes]:
        """The frames that bring a front from the blocks it has of an owner to the latest.

        Args:
            owner: whose.
            before: what the front has.
            is_asked_again: whether another front is to get them too. Fronts that keep step ask one behind the other,
                so only the last ones made are kept.
        """
        after = self.blocks[owner]
        if self._made[0] is before and self._made[1] is after and self._made[2]:
            made = self._made[2]
        elif not is_asked_again:
            return frames.swap_frames(owner, before, after)
        else:
            made = list(frames.swap_frames(owner, before, after))
        self._made = (before, after, made) if is_asked_again else (NO_BLOCKS, NO_BLOCKS, [])
        return made
