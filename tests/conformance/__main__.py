"""Runs the suite and prints docs/conformance.md anew: python -m tests.conformance."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.conformance.table import Recorder, document
from tests.support.tools import PROJECT

TABLE = PROJECT / "docs" / "conformance.md"


def main() -> int:
    """Run, print, and say whether anything failed that should not."""
    recorder = Recorder()
    code = pytest.main([str(Path(__file__).parent), "-q", "-r", "fEs"], plugins=[recorder])
    if code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        TABLE.write_text(document(recorder.results), encoding="utf-8")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
