"""Names of the JSON shapes the simulated documents are made of."""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]
JsonList = list[JsonObject]
Node = Any
