"""What the answering process needs to know of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.wire.access import Access
from agent.wire.community import Community
from agent.wire.usm import User


@dataclass(frozen=True, slots=True)
class Policy:
    """Who is known, and who may see and set what."""

    communities: Mapping[bytes, Community]
    users: Mapping[bytes, User]
    access: Access
    max_message_size: int
