"""Documents from a file in the place of a device, so that what is read from them takes the very same way."""

from __future__ import annotations

from collections.abc import Mapping

from agent.errors import NotFound
from agent.model.document import Json
from agent.model.exchange import Purpose


class Documents:
    """Recorded answers by REST path ("status", "configuration/chassis0/slots/io1/module")."""

    def __init__(self, answers: Mapping[str, Json]) -> None:
        self._answers = answers

    def get(self, path: str, *, deadline_s: float, slot: str = "", purpose: Purpose = Purpose.POLL) -> Json:
        """The recorded answer.

        Raises:
            NotFound: nothing was recorded for the path.
        """
        if path not in self._answers:
            raise NotFound(f"/api/{path} is not among the recorded documents")
        return self._answers[path]
