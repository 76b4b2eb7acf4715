"""What figure 6 makes of decisions and arrivals; its receivers, and its agent, with few alarms."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.alarmer import Decision, Outcome, alarmed
from benchmarks.alarms import delays_ms
from benchmarks.receiver import Arrival, acknowledged, receivers
from tests.snmp import messages


@pytest.mark.parametrize("octets", [1, 100, 1000])
def test_an_inform_is_acknowledged_by_a_response_with_its_own_id_and_varbinds(octets: int) -> None:
    value = messages.varbind((1, 3, 6, 1, 2, 1, 1, 5, 0), messages.string(b"v" * octets))
    inform = messages.message(messages.pdu(messages.INFORM, [value], request_id=1234567))
    answer = acknowledged(inform)
    assert answer is not None
    heard, asked = messages.read(answer), messages.read(inform)
    assert (heard.tag, heard.outcome) == (messages.RESPONSE, (0, 0))
    assert (heard.request_id, heard.varbinds) == (asked.request_id, asked.varbinds)


def test_a_trap_is_not_acknowledged() -> None:
    assert acknowledged(messages.message(messages.pdu(messages.TRAP))) is None


def test_a_delay_runs_to_the_first_arrival_and_what_did_not_arrive_is_told() -> None:
    decisions = [Decision(7, 99.98, 100.0), Decision(8, 99.99, 100.0), Decision(9, 100.0, 100.0)]
    arrivals = [Arrival(0, 100.25, messages.TRAP, 7), Arrival(0, 100.125, messages.TRAP, 7),
                Arrival(0, 100.5, messages.TRAP, 8)]  # fmt: skip
    decided, given, missing = delays_ms(Outcome(decisions, 0.0, 0, 0, 0), arrivals)
    assert decided == [125, 500]
    assert given == pytest.approx([145, 510])
    assert missing == 1


@pytest.mark.parametrize(("kind", "tag"), [("trap", messages.TRAP), ("inform", messages.INFORM)])
def test_every_alarm_given_is_decided_on_and_arrives_at_every_receiver(tmp_path: Path, kind: str, tag: int) -> None:
    with receivers(tmp_path, 2, 120) as there:
        outcome = alarmed(tmp_path, there.ports, kind, 20, 200, 4)
        arrivals = there.stop()
    sequences = {each.sequence for each in outcome.decisions}
    assert len(sequences) == 20
    assert {(each.receiver, each.sequence) for each in arrivals} == {(at, one) for at in (0, 1) for one in sequences}
    assert {each.tag for each in arrivals} == {tag}
    assert all(each.given_s <= each.decided_s for each in outcome.decisions)
    decided, _, missing = delays_ms(outcome, arrivals)
    assert missing == 0
    assert min(decided) >= 0
    if kind == "inform":
        assert outcome.acknowledged >= 40
