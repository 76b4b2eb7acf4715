"""The manager of `walk` and `demo`, against the agent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from agent.config import CommunitySettings, UserSettings
from agent.errors import HostError
from agent.mib.render import ReadCell
from agent.snmp.manager import Manager
from tests.snmp import messages
from tests.snmp.agents import BASE, NAMES, OBJECTS, ROWS, SEALED, RunningAgent, snmp_settings, user_settings
from tests.snmp.conftest import Start
from tests.snmp.messages import Oid, User

PAIRS = [
    User(f"{auth}/{priv}".encode(), auth, b"authpass-5", priv, b"privpass-5")
    for auth, priv in zip(messages.HASHES, messages.KEY_SIZES, strict=True)
]
COMMUNITY = CommunitySettings.model_validate({"name": "public"})


@pytest.fixture(scope="module")
def agent(path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    running = RunningAgent(snmp_settings([SEALED, *PAIRS], engine=path), tmp_path_factory.mktemp("state"))
    yield running
    running.close()
    assert not running.problems


def walk(
    agent: RunningAgent, identity: CommunitySettings | UserSettings, base: Oid, timeout_s: float = 2.0
) -> list[ReadCell]:
    async def collect() -> list[ReadCell]:
        host, port = agent.address
        manager = Manager(host, port, identity, timeout_s=timeout_s, retries=0)
        return [cell async for cell in manager.walk(base)]

    return asyncio.run(collect())


def test_a_community_walks_a_column(agent: RunningAgent) -> None:
    cells = walk(agent, COMMUNITY, NAMES)
    assert [cell.oid for cell in cells] == [(*NAMES, 1, row) for row in range(1, ROWS + 1)]
    assert cells[4].content == b"row 5"


def test_every_type_is_read_back(agent: RunningAgent) -> None:
    cells = {cell.oid[:-1]: cell for cell in walk(agent, COMMUNITY, (*BASE, 2))}
    assert set(cells) == set(OBJECTS)
    assert {oid: cell.tag for oid, cell in cells.items()} == {oid: tag for oid, (tag, _) in OBJECTS.items()}


@pytest.mark.parametrize("user", PAIRS, ids=lambda user: user.name.decode())
def test_rfc3826_a_user_of_every_protocol_walks(agent: RunningAgent, user: User) -> None:
    assert len(walk(agent, UserSettings.model_validate(user_settings(user)), NAMES)) == ROWS


def test_a_walk_over_ipv6(start: Start) -> None:
    assert len(walk(start(listen=["[::1]:0"]), COMMUNITY, NAMES)) == ROWS


def test_no_answer_is_a_host_error_that_names_the_agent(agent: RunningAgent) -> None:
    wrong = CommunitySettings.model_validate({"name": "wrong"})
    with pytest.raises(HostError, match=f"127.0.0.1:{agent.address[1]}"):
        walk(agent, wrong, NAMES, timeout_s=0.2)


def test_a_wrong_passphrase_is_a_host_error(agent: RunningAgent) -> None:
    user = User(SEALED.name, SEALED.auth, b"wrongpass-12", SEALED.priv, SEALED.priv_secret)
    with pytest.raises(HostError, match=r"127\.0\.0\.1"):
        walk(agent, UserSettings.model_validate(user_settings(user)), NAMES, timeout_s=0.5)
