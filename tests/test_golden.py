"""Golden pairs: a device's documents, and the walk the agent makes of them. A new pair of files is a new test.

`make golden` writes the walks anew; read the difference before you commit it.
"""

from __future__ import annotations

import difflib
import os
from datetime import datetime, timezone
from pathlib import Path

import pytest

from agent.config import DeviceSettings, Secret, Settings
from agent.mib.host import declared
from agent.mib.module import northbound
from agent.mib.render import Names
from agent.offline import shelf_of, walk_store
from agent.service.capture import read_documents

FOLDER = Path(__file__).parent / "golden"
NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=timezone.utc)
DOCUMENTS = sorted(FOLDER.glob("*.json"))


NAMES = Names((*declared(), northbound()))
CONTEXTS = {".walk": "", ".host": "golden"}
"""What is walked for a file of each kind: all of our own objects, or what the device shows as a host beside them."""


def walk_of(path: Path, context: str) -> list[str]:
    """The walk of a file's documents, as the agent would serve them."""
    device = DeviceSettings(name="golden", address="192.0.2.1", username="info", password=Secret("unused"))
    answers = read_documents(path.read_text(encoding="utf-8"), str(path))
    shelf, root = shelf_of(answers, Settings(), device, lambda: NOW), northbound().root
    if not context:
        return [NAMES.line(cell) for cell in walk_store(shelf.shared, root)]
    cells = walk_store(shelf.source(context), (1, 3, 6, 1))
    return [NAMES.line(cell) for cell in cells if cell.oid[: len(root)] != root]


@pytest.mark.parametrize("kind", CONTEXTS)
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_walk_of_a_document_is_as_it_was(path: Path, kind: str) -> None:
    lines = walk_of(path, CONTEXTS[kind])
    expected_file = path.with_suffix(kind)

    if os.environ.get("UPDATE_GOLDEN"):
        expected_file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    expected = expected_file.read_text(encoding="utf-8").splitlines()

    difference = list(difflib.unified_diff(expected, lines, "expected", "walked", lineterm="", n=0))
    assert not difference, "\n".join(difference[:60])


def test_there_is_a_pair_for_every_generation_whose_shape_is_known() -> None:
    generations = {path.stem.partition("-")[0] for path in DOCUMENTS}

    assert generations >= {"api8", "api10", "api20"}
