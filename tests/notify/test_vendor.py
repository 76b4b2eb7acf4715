"""Receivers that are told in the words of the vendor's MIB, as Debian's snmptrapd takes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agent.mib.encoding import OBJECT_IDENTIFIER, oid, tlv
from agent.model.delivery import DeliveryState
from agent.service.deliverystate import KeptDeliveries
from agent.service.state import StateStore
from agent.wire.announce import cold_start
from agent.wire.notice import Notice
from agent.wire.vendorwords import wording
from tests.notify.conftest import Record, StartTrapd
from tests.notify.notices import MODULE, notice
from tests.notify.receivers import AUTH_PASSPHRASE, PRIV_PASSPHRASE, Recorder, Trapd, body, request_id, until
from tests.notify.running import ENGINE, Memory, Start, receiver, users, view
from tests.support.ports import free_port
from tests.support.tools import PROJECT, shared

B3 = ".1.3.6.1.4.1.5597.30.3"
OURS = ".1.3.6.1.4.1.8072.9999.9999.5597"


def told(sequence: int = 1, name: str = "AntennaFaulty", **changes: Any) -> Notice:
    """An alarm's notification that the vendor has words for; both texts carry its number."""
    other = wording(name, f"antenna faulty #{sequence}", "clock.example.net")
    return notice(sequence, other=other, **changes)


def wait_lines(trapd: Trapd, number: int) -> list[str]:
    until(lambda: len(trapd.lines()) >= number, trapd.text())
    return trapd.lines()


def test_a_v2c_trap_carries_the_vendors_three_objects(start: Start, trapd: StartTrapd) -> None:
    there = trapd()
    start(receiver(there.port, dialect="vendor")).send(told(5))
    (line,) = wait_lines(there, 1)
    assert line.removeprefix("V2|").split("\t") == [
        ".1.3.6.1.2.1.1.3.0 = Timeticks: (4711) 0:00:47.11",
        f".1.3.6.1.6.3.1.1.4.1.0 = OID: {B3}.0.6",
        f'{B3}.0.100.0 = STRING: "antenna faulty #5"',
        f".1.3.6.1.6.3.1.1.4.3.0 = OID: {B3}",
        '.1.3.6.1.2.1.1.5.0 = STRING: "clock.example.net"',
    ]


def test_a_v1_trap_names_the_vendors_enterprise_and_the_number_as_its_specific_type(
    start: Start, trapd: StartTrapd
) -> None:
    there = trapd()
    start(receiver(there.port, version="v1", dialect="vendor")).send(told(5, "PowerSupplyFailure"))
    (line,) = wait_lines(there, 1)
    assert line.startswith(f'V1|127.0.0.1|{B3}|6|.12|{B3}.0.100.0 = STRING: "antenna faulty #5"')


def test_v3_informs_in_the_vendors_words_are_acknowledged(
    start: Start, trapd: StartTrapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = trapd(f"user-priv SHA-256 {AUTH_PASSPHRASE} AES {PRIV_PASSPHRASE}")
    wanted = receiver(there.port, version="v3", kind="inform", user="user-priv", dialect="vendor")
    running = start(wanted, users=users(monkeypatch))
    running.send(*map(told, range(1, 6)))
    running.wait_acknowledged(5)
    assert all(f"{B3}.0.6" in line for line in there.lines())


def test_names_are_printed_with_the_vendors_mib_loaded(start: Start, trapd: StartTrapd) -> None:
    there = trapd(mibs=(f"{shared('mibs')}:{PROJECT / 'mibs'}", "SNMPv2-MIB:MBG-SNMP-LTNG-MIB"))
    start(receiver(there.port, dialect="vendor")).send(told(5, "IMSError"))
    (line,) = wait_lines(there, 1)
    assert "snmpTrapOID.0 = OID: MBG-SNMP-LTNG-MIB::mbgLtNgTrapIMSError" in line
    assert "MBG-SNMP-LTNG-MIB::mbgLtNgTrapMessage.0 = STRING: antenna faulty #5" in line
    assert "snmpTrapEnterprise.0 = OID: MBG-SNMP-LTNG-MIB::mbgLtNgTrapNotifications" in line


def test_each_receiver_is_told_in_its_own_words_and_one_in_both(start: Start, trapd: StartTrapd) -> None:
    own, vendor, both = trapd(), trapd(), trapd()
    running = start(
        receiver(own.port, "own"),
        receiver(vendor.port, "vendor", dialect="vendor"),
        receiver(both.port, "both", dialect="both", kind="inform"),
    )
    running.send(told(5))
    running.wait_acknowledged(2, "both")
    assert [f"{OURS}.0." in line for line in wait_lines(own, 1)] == [True]
    assert [f"{B3}.0.6" in line for line in wait_lines(vendor, 1)] == [True]
    assert sorted(f"{B3}.0.6" in line for line in wait_lines(both, 2)) == [False, True]


def test_what_the_vendor_has_no_words_for_is_counted_as_filtered_and_owed_to_nobody(
    start: Start, trapd: StartTrapd
) -> None:
    there = trapd()
    running = start(receiver(there.port, dialect="vendor"), receiver(there.port, "both", dialect="both"))
    running.send(notice(1), cold_start(MODULE.root, 1), told(2))
    lines = wait_lines(there, 5)
    assert sum(OURS in line and "#1" in line for line in lines) == 1
    assert sum("1.3.6.1.6.3.1.1.5.1" in line for line in lines) == 2
    assert running.row().tally.filtered == 1
    assert running.row("both").tally.filtered == 0
    running.stop()
    assert running.kept.settled == {"nms": 2, "both": 2}
    assert running.kept.notices == {}


def test_the_view_applies_to_the_vendors_objects(start: Start, trapd: StartTrapd) -> None:
    there = trapd()
    running = start(
        receiver(there.port, "all", dialect="vendor"),
        receiver(there.port, "ours", dialect="both"),
        views={"ours": view("1.3.6.1.4.1.8072", "1.3.6.1.6.3.1.1.4")},
    )
    running.send(told(1))
    lines = wait_lines(there, 2)
    assert sum(B3 in line for line in lines) == 1
    assert running.row("ours").tally.withheld == 1


def test_the_end_of_an_alarm_passes_the_filters_in_both_words(start: Start, trapd: StartTrapd) -> None:
    there = trapd()
    running = start(receiver(there.port, dialect="both", minimum_severity="major"))
    running.send(told(1, identity="a"), told(2, "AntennaReconnect", identity="a", cleared=True))
    lines = wait_lines(there, 4)
    assert [f"{B3}.0.{number}" in lines[place] for place, number in ((1, 6), (3, 7))] == [True, True]
    assert running.row().tally.filtered == 0


def test_a_receiver_that_was_down_is_made_up_for_in_its_own_words(start: Start, trapd: StartTrapd) -> None:
    there = trapd()
    running = start(receiver(there.port, kind="inform", dialect="vendor"))
    running.send(told(1, identity="stays"))
    running.wait_acknowledged(1)
    there.stop()
    running.send(told(2, identity="begins"))
    running.wait_state(DeliveryState.PINGING)
    running.active = [told(1, identity="stays"), told(2, identity="begins"), notice(3, identity="unspoken")]
    there.start()
    running.wait_state(DeliveryState.UP)
    running.wait_acknowledged(3)
    assert {line.rpartition("#")[2][0] for line in there.lines() if "#" in line} == {"1", "2"}
    assert not [line for line in there.lines() if OURS in line]


def test_what_is_owed_in_other_words_is_kept_over_a_restart(start: Start, tmp_path: Path, record: Record) -> None:
    port = free_port()
    state = StateStore(tmp_path / "state.db")
    wanted = receiver(port, kind="inform", dialect="both", timeout_s=30)
    running = start(wanted, kept=KeptDeliveries(state))
    running.send(told(1))
    until(lambda: KeptDeliveries(state).owed(), "written down")
    running.stop()
    (kept,) = KeptDeliveries(state).owed()
    assert kept == told(1)
    there = record(port)
    again = start(wanted, kept=KeptDeliveries(state), last_sequence=1)
    there.wait(2)
    assert names(there) == {f"{OURS}.0.1", f"{B3}.0.6"}
    there.answer(0)
    there.answer(1)
    again.wait_acknowledged(2)
    again.stop()
    assert KeptDeliveries(state).owed() == ()
    state.close()


def names(there: Recorder) -> set[str]:
    """Values of snmpTrapOID.0 in what came."""
    found = set()
    for datagram in there.datagrams:
        _, request = body(datagram)
        octets = bytes(request.varbinds)
        found |= {name for name in (f"{OURS}.0.1", f"{B3}.0.6") if encoded(name) in octets}
        assert request_id(datagram) >= 0
    return found


def encoded(name: str) -> bytes:
    return tlv(OBJECT_IDENTIFIER, oid(tuple(map(int, name.strip(".").split(".")))))


def test_other_words_take_effect_with_a_reload_for_what_still_waits(start: Start, record: Record) -> None:
    there = record()
    running = start(receiver(there.port, kind="inform", window=1, timeout_s=30))
    running.send(told(1, identity="a"), told(2, identity="b"))
    there.wait(1)
    running.reload(receiver(there.port, kind="inform", window=1, timeout_s=30, dialect="vendor"))
    there.wait(2)
    there.answer(1)
    there.wait(3)
    there.answer(2)
    running.wait_acknowledged(2)
    assert encoded(f"{B3}.0.6") in there.datagrams[1]
    assert encoded(f"{B3}.0.6") in there.datagrams[2]


def test_a_dialect_that_there_is_not_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValidationError, match="'own', 'vendor' or 'both'"):
        receiver(162, dialect="foreign")


def test_the_engine_of_v3_traps_in_the_vendors_words_is_ours(
    start: Start, trapd: StartTrapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = f"SHA-256 {AUTH_PASSPHRASE} AES {PRIV_PASSPHRASE}"
    there = trapd(f"-e 0x{ENGINE.engine_id.hex()} user-priv {keys}")
    running = start(
        receiver(there.port, version="v3", user="user-priv", dialect="vendor"), users=users(monkeypatch), kept=Memory()
    )
    running.send(told(5))
    (line,) = wait_lines(there, 1)
    assert f"{B3}.0.6" in line
