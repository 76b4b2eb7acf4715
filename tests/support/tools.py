"""Tools and texts that are not part of the project: their path, or the test is skipped with the reason."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def tool(name: str) -> str:
    """Path of a program; the test is skipped where it is not installed, and fails when that is so in CI."""
    path = shutil.which(name)
    if path is None:
        problem = f"{name} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(problem)
        pytest.skip(problem)
    return path


def shared(name: str) -> Path:
    """A file or folder of the material beside the project; the test is skipped where it is not there."""
    path = PROJECT.parent / "shared" / name
    if not path.exists():
        pytest.skip(f"{path} is not there; it is no part of the project")
    return path
