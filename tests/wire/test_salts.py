"""Salts of privacy: nobody who seals messages of one engine gets a number that another has, in no life of theirs."""

from __future__ import annotations

from itertools import islice

import pytest

from agent.snmp.engineid import EngineIdentity
from agent.wire.keys import PRIV_PROTOCOLS
from agent.wire.privacy import salt

COUNT = 3000


@pytest.mark.parametrize("first_salt", [0, 2**64 - 1000, 2**32 - 77])
@pytest.mark.parametrize("fronts", [1, 2, 3, 16])
@pytest.mark.parametrize("protocol", ["AES-128", "DES"])
def test_no_salt_comes_twice(protocol: str, fronts: int, first_salt: int) -> None:
    identity = EngineIdentity(b"engine", 3, first_salt=first_salt)
    seen: set[bytes] = set()
    made = 0
    for source in (*range(fronts), None):
        for life in range(4):
            numbers = islice(identity.salts(source, fronts, life), COUNT)
            seen.update(salt(PRIV_PROTOCOLS[protocol], 3, number) for number in numbers)
            made += COUNT
    assert len(seen) == made
