"""The message types there are, each with its handler. A new one is a `HandlerSpec` in one of these files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agent.service.handlers import cards, configuration, device, own, transactions
from agent.service.handlers.base import Content, DeviceWork, HandlerSpec, Work
from agent.service.handlers.configuring import Configurator, Unwritable
from agent.service.handlers.ports import Alarms, Assign, Fleet, Polled, Reach, Refused, Standing

HANDLERS: Final[Mapping[str, HandlerSpec]] = {
    spec.type: spec for spec in (*device.SPECS, *own.SPECS, *cards.SPECS, *configuration.SPECS, *transactions.SPECS)
}
"""By message type."""

__all__ = [
    "HANDLERS",
    "Alarms",
    "Assign",
    "Configurator",
    "Content",
    "DeviceWork",
    "Fleet",
    "HandlerSpec",
    "Polled",
    "Reach",
    "Refused",
    "Standing",
    "Unwritable",
    "Work",
]
