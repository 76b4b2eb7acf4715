"""Views and levels over the wire (V of the list)."""

from __future__ import annotations

import pytest

from tests.snmp import messages
from tests.snmp.agents import BASE, NAMES, NUMBERS, OBJECTS, ROWS, SEALED, RunningAgent, connection
from tests.snmp.conftest import Start
from tests.snmp.messages import Oid, User

SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
CONTACT = (*SYSTEM, 4, 0)


def walked(agent: RunningAgent, community: bytes, *, bulk: bool, start: Oid = (0, 0)) -> list[Oid]:
    seen: list[Oid] = []
    name = start
    while True:
        asking = (
            messages.get_bulk(0, 7, name, community=community) if bulk else messages.get_next(name, community=community)
        )
        for found, value in agent.ask(asking).varbinds:
            if value == messages.END_OF_MIB_VIEW:
                return seen
            assert found > name
            name = found
            seen.append(found)


@pytest.mark.parametrize("bulk", [False, True])
def test_rfc3415_3_2_an_excluded_subtree_is_invisible(agent: RunningAgent, *, bulk: bool) -> None:
    whole = walked(agent, b"public", bulk=bulk)
    expected = [
        name for name in whole
        if (name[:7] == SYSTEM and name != CONTACT) or (name[: len(BASE)] == BASE and name[: len(NAMES)] != NAMES)
    ]  # fmt: skip
    assert walked(agent, b"view", bulk=bulk) == expected
    assert len([name for name in expected if name[: len(BASE)] == BASE]) == 3 * ROWS + len(OBJECTS)


@pytest.mark.parametrize("name", [CONTACT, (*NAMES, 1, 1), (1, 3, 6, 1, 2, 1, 11, 1, 0), (*NAMES, 1, 999)])
def test_rfc3416_4_2_1_get_of_what_is_not_in_view_is_no_such_object(agent: RunningAgent, name: Oid) -> None:
    answer = agent.ask(messages.get(name, (*SYSTEM, 5, 0), community=b"view"))
    assert answer.outcome == (0, 0)
    assert answer.values == [messages.NO_SUCH_OBJECT, (messages.STRING, b"north")]
    answer = agent.ask(messages.get((*SYSTEM, 5, 0), name, community=b"view", version=messages.V1))
    assert answer.outcome == (messages.NO_SUCH_NAME, 2)


@pytest.mark.parametrize("bulk", [False, True])
def test_rfc3415_a_view_of_single_instances_shows_just_those(agent: RunningAgent, *, bulk: bool) -> None:
    assert walked(agent, b"instance", bulk=bulk) == [(*NUMBERS, 1, 5), (*NAMES, 1, 7)]
    names = ((*NUMBERS, 1, 4), (*NUMBERS, 1, 5), (*NAMES, 1, 7))
    values = agent.ask(messages.get(*names, community=b"instance")).values
    assert values == [messages.NO_SUCH_OBJECT, (2, b"\5"), (4, b"row 7")]
    # A requested name shorter than what the view names (a mask made pysnmp fail here).
    assert agent.ask(messages.get((1, 3), community=b"instance")).values == [messages.NO_SUCH_OBJECT]


def test_rfc3415_a_view_without_subtrees_shows_nothing(agent: RunningAgent) -> None:
    assert agent.ask(messages.get((*SYSTEM, 5, 0), community=b"nothing")).values == [messages.NO_SUCH_OBJECT]
    assert agent.ask(messages.get_next((0, 0), community=b"nothing")).values == [messages.END_OF_MIB_VIEW]
    assert agent.ask(messages.get_bulk(0, 50, (0, 0), community=b"nothing")).values == [messages.END_OF_MIB_VIEW]
    assert agent.ask(messages.get_next((0, 0), community=b"nothing", version=messages.V1)).outcome == (2, 1)


@pytest.mark.parametrize("subtree", [(15, 1, 2), (16,), (18,)], ids=str)
def test_users_views_and_communities_are_served_to_nobody(agent: RunningAgent, subtree: tuple[int, ...]) -> None:
    names = walked(agent, b"public", bulk=True)
    hidden = (1, 3, 6, 1, 6, 3, *subtree)
    assert not [name for name in names if name[: len(hidden)] == hidden]
    pysnmp_row = (*hidden, 1, 1, 1, 2, 99, 49)
    assert agent.ask(messages.get(pysnmp_row)).values == [messages.NO_SUCH_OBJECT]


def test_rfc3415_3_2_a_user_only_agent_is_closed_to_communities_and_to_lower_levels(start: Start) -> None:
    agent = start(communities=[], users=[SEALED])
    asking = messages.pdu(messages.GET, [(*SYSTEM, 5, 0)])
    peer = agent.discover()
    communities = [b"public", b"", b"sealed", b"community0"]
    sent = [messages.message(asking, version=version, community=name) for name in communities for version in (0, 1)]
    users = (User(b"sealed"), User(b"sealed", "SHA-256", b"authpass-2"), User(b""), User(b"community0"))
    sent += [peer.build(user, asking, msg_id=number) for number, user in enumerate(users)]
    expected = {0: messages.REPORT, 1: messages.REPORT, 2: messages.REPORT, 3: messages.REPORT, 4: messages.REPORT}
    if agent.is_wire:  # a level below the user's is authorizationError, in a response (test_users.py)
        expected |= {0: messages.RESPONSE, 1: messages.RESPONSE}
    else:  # and pysnmp's gate is silent to the empty name
        del expected[2]
    # No community is answered at all, and nobody is given data.
    with connection(agent.address) as from_here:
        for datagram in (*sent, peer.build(User(b"last"), asking, msg_id=4)):
            from_here.send(datagram)
        answers = [peer.read(from_here.recv(65535), users[1]) for _ in expected]
    assert {answer.msg_id: answer.pdu.tag for answer in answers} == expected
    given = [answer.pdu for answer in answers if answer.pdu.tag == messages.RESPONSE]
    assert all((pdu.outcome, pdu.values) == ((messages.AUTHORIZATION_ERROR, 0), [(5, b"")]) for pdu in given)
    assert agent.ask_as(SEALED, asking).pdu.values == [(messages.STRING, b"north")]


def test_a_user_named_like_a_community_has_nothing_of_it(start: Start) -> None:
    impostor = User(b"community0", "SHA", b"authpass-8")
    agent = start(users=[impostor], communities=[{"name": "public", "view": "empty"}])
    assert agent.ask(messages.get((*SYSTEM, 5, 0))).values == [messages.NO_SUCH_OBJECT]
    assert agent.ask_as(impostor, messages.pdu(messages.GET, [(*SYSTEM, 5, 0)])).pdu.values == [
        (messages.STRING, b"north")
    ]
