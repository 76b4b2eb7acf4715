"""The same cells for every peer: the agent's blocks, and what a script behind `pass_persist` says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from agent.wire import ber
from benchmarks import passer, table
from benchmarks.serve import OWNER, new_store


def test_the_blocks_hold_the_cells() -> None:
    store = new_store()
    store.swap(OWNER, table.blocks(5))
    found = [ber.varbind(varbind) for block in store.blocks_of(OWNER) for varbind in block.run(0, len(block.keys))]
    assert [(name, content) for name, _, content in found] == list(table.cells(5))


def test_the_script_gives_the_same_cells_one_behind_the_other() -> None:
    dotted = {"." + ".".join(map(str, name)): text.decode() for name, text in table.cells(3)}
    names = list(dotted)
    asked = ["PING", *(line for name in ["." + ".".join(map(str, table.ENTRY)), *names] for line in ("getnext", name))]
    command = [sys.executable, str(Path(passer.__file__)), "3"]
    done = subprocess.run(command, input="\n".join([*asked, "get", names[4], "", ""]), capture_output=True, text=True,
                          timeout=30, check=True)  # fmt: skip
    expected = ["PONG", *(line for name in names for line in (name, "string", dotted[name])), "NONE"]
    assert done.stdout.splitlines() == [*expected, names[4], "string", dotted[names[4]]]
