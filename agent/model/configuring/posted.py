"""What became of a POST."""

from __future__ import annotations

from dataclasses import dataclass

from agent.errors import DeviceError


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a POST.

    Attributes:
        error: why it was not taken, or why that is not known; None when it was.
        status: status code of the answer; None when none came.
        left: whether the request may have reached the device.
    """

    error: DeviceError | None
    status: int | None = None
    left: bool = True

    @property
    def is_lost(self) -> bool:
        """Whether the request left and nothing told what became of it."""
        return self.error is not None and self.status is None and self.left
