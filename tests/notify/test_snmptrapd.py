"""Notifications as Debian's snmptrapd takes them."""

from __future__ import annotations

import signal

import pytest

from agent.config import SnmpSettings
from agent.mib.render import dotted
from agent.model.delivery import DeliveryState
from agent.wire.announce import authentication_failure, cold_start
from tests.notify.conftest import StartTrapd
from tests.notify.notices import MODULE, NUMBER, notice, with_counter64
from tests.notify.receivers import AUTH_PASSPHRASE, PRIV_PASSPHRASE, Trapd, until
from tests.notify.running import ENGINE, Start, receiver, users, view
from tests.support.ports import free_port
from tests.support.tools import PROJECT, shared

OUR_ENGINE = f"-e 0x{ENGINE.engine_id.hex()} "
KEYS = f"SHA-256 {AUTH_PASSPHRASE} AES {PRIV_PASSPHRASE}"
ROOT = "." + dotted(MODULE.root)
OTHER_ENGINE = "80001f880455667788"

levels = pytest.mark.parametrize(
    ("user", "keys"),
    [("user-priv", KEYS), ("user-auth", KEYS.partition(" AES")[0]), ("user-plain", "")],
    ids=["authPriv", "authNoPriv", "noAuthNoPriv"],
)


def wait_lines(trapd: Trapd, *parts: str) -> list[str]:
    """The notifications it wrote, once there is one with each part."""

    def found() -> list[str]:
        lines = trapd.lines()
        return lines if all(any(part in line for line in lines) for part in parts) else []

    return until(found, f"{parts} in {trapd.folder}")


def test_t02_the_first_two_varbinds_are_the_uptime_and_the_type(start: Start, trapd: StartTrapd) -> None:
    there = trapd()
    start(receiver(there.port)).send(notice(5))
    (line,) = wait_lines(there, "#5")
    first, second, third, fourth = line.removeprefix("V2|").split("\t")
    assert first == ".1.3.6.1.2.1.1.3.0 = Timeticks: (4711) 0:00:47.11"
    assert second == f".1.3.6.1.6.3.1.1.4.1.0 = OID: {ROOT}.0.1"
    assert third == f".{dotted(NUMBER)} = Gauge32: 5"
    assert fourth.endswith('= STRING: "antenna not connected #5"')


def test_t03_a_v1_trap_has_enterprise_and_specific_type_of_the_notification(start: Start, trapd: StartTrapd) -> None:
    there = trapd()
    start(receiver(there.port, version="v1")).send(notice(5), cold_start(MODULE.root, 1))
    ours, cold = wait_lines(there, "#5", f"V1|127.0.0.1|{ROOT}|0|")
    assert ours.startswith(f"V1|127.0.0.1|{ROOT}|6|.1|.{dotted(NUMBER)} = Gauge32: 5")
    assert cold.startswith(f"V1|127.0.0.1|{ROOT}|0|0|")


def test_t04_what_snmpv1_cannot_carry_is_not_sent_but_counted(start: Start, trapd: StartTrapd) -> None:
    there = trapd()
    running = start(receiver(there.port, version="v1"), receiver(there.port, "second"))
    running.send(with_counter64(1), notice(2))
    wait_lines(there, "V1|", "Counter64: 1099511627776", "V2|")
    until(lambda: len(there.lines()) == 3)
    assert running.row().tally.withheld == 1
    assert "Counter64" in running.row().last_error
    assert running.row().tally.sent == 1


def test_t01_t08_cold_start_and_authentication_failure_are_the_standard_ones(start: Start, trapd: StartTrapd) -> None:
    there = trapd()
    start(receiver(there.port)).send(cold_start(MODULE.root, 1), authentication_failure(MODULE.root, 2))
    wait_lines(there, "OID: .1.3.6.1.6.3.1.1.5.1\t", "OID: .1.3.6.1.6.3.1.1.5.5\t")


def test_a_v2c_inform_is_acknowledged(start: Start, trapd: StartTrapd) -> None:
    there = trapd()
    running = start(receiver(there.port, kind="inform"))
    running.send(*map(notice, range(1, 21)))
    running.wait_acknowledged(20)
    assert [line.rpartition("#")[2] for line in there.lines()] == [f'{number}"' for number in range(1, 21)]
    row = running.row()
    assert (row.tally.sent, row.tally.retried, row.waiting, row.last_sequence) == (20, 0, 0, 20)


@levels
def test_a_v3_trap_is_taken_at_every_level(
    user: str, keys: str, start: Start, trapd: StartTrapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = trapd(f"{OUR_ENGINE}{user} {keys}")
    start(receiver(there.port, version="v3", user=user), users=users(monkeypatch)).send(notice(5))
    assert len(wait_lines(there, "#5")) == 1


@levels
def test_a_v3_inform_is_acknowledged_at_every_level(
    user: str, keys: str, start: Start, trapd: StartTrapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = trapd(f"{user} {keys}")
    running = start(receiver(there.port, version="v3", kind="inform", user=user), users=users(monkeypatch))
    running.send(*map(notice, range(1, 11)))
    running.wait_acknowledged(10)
    assert len(there.lines()) == 10
    assert running.row().tally.retried == 0


def test_t06_v3_informs_go_on_after_the_receiver_was_restarted(
    start: Start, trapd: StartTrapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = trapd(f"user-priv {KEYS}")
    running = start(receiver(there.port, version="v3", kind="inform", user="user-priv"), users=users(monkeypatch))
    running.send(notice(1))
    running.wait_acknowledged(1)
    there.stop()
    there.start()
    running.send(notice(2))
    running.wait_acknowledged(2)
    assert running.row().tally.retried == 0
    assert running.row().state is DeliveryState.UP


def test_t06_v3_informs_go_on_after_the_receiver_lost_its_boots(
    start: Start, trapd: StartTrapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = trapd(f"user-priv {KEYS}")
    there.stop()
    there.start()
    running = start(receiver(there.port, version="v3", kind="inform", user="user-priv"), users=users(monkeypatch))
    running.send(notice(1))
    running.wait_acknowledged(1)
    there.stop(signal.SIGKILL)
    there.forget()
    there.start()
    running.send(notice(2))
    running.wait_acknowledged(2)
    assert running.row().tally.retried == 0


def test_t07_v3_informs_go_on_at_once_after_the_receivers_engine_id_changed(
    start: Start, trapd: StartTrapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = trapd(f"user-priv {KEYS}")
    running = start(receiver(there.port, version="v3", kind="inform", user="user-priv"), users=users(monkeypatch))
    running.send(notice(1))
    running.wait_acknowledged(1)
    there.stop(signal.SIGKILL)
    there.forget()
    there.configure([f"user-priv {KEYS}"], OTHER_ENGINE)
    there.start()
    running.send(notice(2))
    running.wait_acknowledged(2)
    assert running.row().tally.retried == 0
    assert sum("#2" in line for line in there.lines()) == 1


def test_a_wrong_passphrase_is_said_in_the_receivers_last_error(
    start: Start, trapd: StartTrapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = trapd("user-priv SHA-256 another-passphrase AES another-passphrase")
    running = start(receiver(there.port, version="v3", kind="inform", user="user-priv"), users=users(monkeypatch))
    running.send(notice(1))
    running.wait_state(DeliveryState.PINGING)
    assert "passphrase" in running.row().last_error
    assert running.row().waiting == 1


def test_a_receiver_that_was_down_gets_every_active_alarm_once_when_it_is_back(start: Start, trapd: StartTrapd) -> None:
    there = trapd()
    running = start(receiver(there.port, kind="inform"))
    running.send(notice(1, identity="ends"), notice(2, identity="stays"))
    running.wait_acknowledged(2)
    there.stop()
    running.send(notice(3, identity="begins"), notice(4, identity="ends", cleared=True))
    running.wait_state(DeliveryState.PINGING)
    running.send(notice(5, identity="short"), notice(6, identity="short", cleared=True))
    running.active = [notice(2, identity="stays"), notice(3, identity="begins")]
    there.start()
    running.wait_state(DeliveryState.UP)
    running.wait_acknowledged(6)
    after = [line.rpartition("#")[2].strip('"') for line in there.lines() if "#" in line][2:]
    assert after == ["2", "3", "4", "6"]
    assert running.row().tally.superseded == 2
    assert running.row().tally.dropped == 0


def test_t09_one_denied_one_dead_and_one_unknown_receiver_stop_nobody(start: Start, trapd: StartTrapd) -> None:
    there = trapd()
    running = start(
        receiver(there.port, "denied"),
        receiver(free_port(), "dead", kind="inform"),
        receiver(0, "unknown", address="no-such-host.invalid:162"),
        receiver(there.port, "first"),
        receiver(there.port, "second", kind="inform"),
        views={"denied": view("1.3.6.1.2.1.1")},
    )
    running.send(*map(notice, range(1, 11)))
    running.wait_acknowledged(10, "second")
    until(lambda: len(there.lines()) >= 20, there.text())
    assert len(there.lines()) == 20
    assert running.row("denied").tally.withheld == 10
    running.wait_state(DeliveryState.PINGING, "dead")
    running.wait_state(DeliveryState.FAILED, "unknown")
    assert running.row("dead").waiting == running.row("unknown").waiting == 10
    assert running.row("dead").last_error == "Connection refused"
    assert "no-such-host.invalid" in running.row("unknown").last_error


def test_names_are_printed_with_the_mib_loaded(start: Start, trapd: StartTrapd) -> None:
    folders = f"{shared('mibs')}:{PROJECT / 'mibs'}"
    there = trapd(mibs=(folders, "SNMPv2-MIB:LANTIME-NORTHBOUND-MIB"))
    start(receiver(there.port)).send(cold_start(MODULE.root, 1), notice(5))
    lines = wait_lines(there, "#5", "coldStart")
    assert "SNMPv2-MIB::snmpTrapOID.0 = OID: SNMPv2-MIB::coldStart" in lines[0]
    assert "SNMPv2-MIB::snmpTrapEnterprise.0 = OID: LANTIME-NORTHBOUND-MIB::lantimeNorthboundMIB" in lines[0]
    assert "LANTIME-NORTHBOUND-MIB::lnbAgentDevices.0 = Gauge32: 5" in lines[1]


def test_a_storm_of_informs_arrives_completely(
    start: Start, trapd: StartTrapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = trapd(f"user-priv {KEYS}")
    running = start(
        receiver(there.port, "plain", kind="inform", timeout_s=3, queue_limit=5000),
        receiver(there.port, "sealed", version="v3", user="user-priv", kind="inform", timeout_s=3, queue_limit=5000),
        receiver(free_port(), "dead", kind="inform", queue_limit=100),
        users=users(monkeypatch),
    )
    notices = [notice(number, identity=f"alarm {number % 100}") for number in range(1, 1001)]
    running.call(lambda: [running.notifier.send(one) for one in notices])
    running.wait_acknowledged(1000, "plain")
    running.wait_acknowledged(1000, "sealed")
    assert len(there.lines()) == 2000
    dead = running.row("dead")
    assert dead.waiting + dead.tally.superseded + dead.tally.dropped == 1000


def test_the_documented_configuration_of_snmptrapd_takes_traps_and_informs(
    start: Start, trapd: StartTrapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (PROJECT / "docs" / "notifications.md").read_text(encoding="utf-8")
    documented = next(block for block in text.split("```\n") if block.startswith("authCommunity"))
    there = trapd(configuration=documented.replace("80001f8805aabbccddeeff0011", ENGINE.engine_id.hex()))
    monkeypatch.setenv("A", "a long passphrase")
    monkeypatch.setenv("B", "another passphrase")
    noc = {"name": "noc", "auth": {"passphrase": "${A}"}, "priv": {"passphrase": "${B}"}}
    running = start(
        receiver(there.port, "informs", version="v3", user="noc", kind="inform"),
        receiver(there.port, "traps", version="v3", user="noc"),
        receiver(there.port, "plain", kind="inform"),
        users=SnmpSettings.model_validate({"users": [noc]}).users,
    )
    running.send(notice(1))
    running.wait_acknowledged(1, "informs")
    running.wait_acknowledged(1, "plain")
    until(lambda: there.text().count("#1") == 3, "three notifications")
