"""Settings of transactions over the devices' configuration, and of the history."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from agent.config.base import Model


class TransactionSettings(Model):
    """How many are kept, and how long they hold unless a manager says otherwise."""

    max_count: Annotated[int, Field(ge=1, le=1000)] = 50
    max_edits: Annotated[int, Field(ge=1, le=5000)] = 500
    history_max_count: Annotated[int, Field(ge=1, le=10_000)] = 1000
    lease_s: Annotated[int, Field(ge=10, le=86_400)] = 600
    confirm_s: Annotated[int, Field(ge=1, le=86_400)] = 600
