"""What the standard groups share."""

from __future__ import annotations

from collections.abc import Callable

from agent.mib.declaration import Column
from agent.mib.standard.view import LiveView
from agent.mib.syntax import COUNTER32


def counter(arc: int, name: str, what: str, value: Callable[[LiveView], int]) -> Column:
    """A counter of the entity, read when it is asked for."""
    return Column(arc, name, COUNTER32, what, value=value, live=True)
