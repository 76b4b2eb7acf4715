"""What a document says of itself: API version and generation, slots, and the cut to configured slots."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from agent.model.document import Json, element_name, find, parse_path

_VERSION = re.compile(r"V?(\d{1,9})(?:\.\d{1,9})*")
_VERSION_PATHS = tuple(
    parse_path(path).steps for path in ("system-information.API Version", "status.rest-api.api-version")
)
_SLOTS = parse_path("status.chassis0.slots").steps
_CONFIGURED_SLOTS = parse_path("configuration.chassis0.slots").steps


def api_version(root: Json) -> str | None:
    """The REST API's version ("10.21.016"), None where the device does not say (7.05 firmware)."""
    for steps in _VERSION_PATHS:
        said = find(root, steps)
        found = _VERSION.search(said) if isinstance(said, str) else None
        if found:
            return found[0].removeprefix("V")
    return None


def generation(root: Json) -> int | None:
    """The REST API's generation (10 for 10.21.016)."""
    version = api_version(root)
    return int(version.partition(".")[0]) if version else None


def slot_ids(root: Json) -> list[str]:
    """The slot IDs the chassis has, in its own order."""
    slots = find(root, _SLOTS)
    return [element_name(slot, place) for place, slot in enumerate(slots)] if isinstance(slots, list) else []


def cut_to_slots(root: Mapping[str, Json], wanted: Iterable[str]) -> dict[str, Json]:
    """The document with no other slots than the wanted ones, which are added as empty elements where missing.

    The added elements have no slot-type: that is how a slot that does not exist is told from an empty one.
    """
    names = list(wanted)
    cut = dict(root)
    for branch, complete in (("status", True), ("configuration", False)):
        steps = _SLOTS if branch == "status" else _CONFIGURED_SLOTS
        slots = find(root, steps)
        if not isinstance(slots, list):
            # Nothing is said of slots, so it is not said either that one is missing.
            continue
        known: dict[str, Any] = {}
        if isinstance(slots, list):
            known = {element_name(slot, place): slot for place, slot in enumerate(slots)}
        if complete:
            kept = [known.get(name, {"object-id": name, "slot-id": name}) for name in names]
        else:
            kept = [known[name] for name in names if name in known]
        below = cut.get(branch)
        tree = dict(below) if isinstance(below, Mapping) else {}
        chassis = tree.get("chassis0")
        tree["chassis0"] = {**(chassis if isinstance(chassis, Mapping) else {}), "slots": kept}
        cut[branch] = tree
    return cut
