"""The MIB texts, compiled once."""

from __future__ import annotations

import pytest

from tests.mib.host.texts import Texts, compile_texts
from tests.support.tools import shared


@pytest.fixture(scope="session")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Texts:
    """All texts there are."""
    return compile_texts(shared("mibs"), tmp_path_factory.mktemp("compiled"))
