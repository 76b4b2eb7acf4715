"""Each client that is known to read a LANTIME: asked what it asks, with its own conclusions from the answers."""

from __future__ import annotations

import math
import re
import subprocess
from dataclasses import replace

import pytest

from tests.mib.host.vendor.asking import NOTHING, B, Client
from tests.support.tools import shared, tool

SYSTEM = ".1.3.6.1.2.1.1"
CLOCK, SUPPLY, FAN, PTP, CLUSTER = ".0.1.2.1", ".0.5.0.2.1", ".0.5.1.2.1", ".0.3.2.1", ".0.6.2.1"
SUBSTATES = {-1, 0, *range(1, 7), 50, 51, 52, 100, 101, *range(149, 171)}
"""What the substate tables of clients know; another one ends their check with an error."""


# Zabbix, community template


def test_zabbix_community_scalars_are_numbers_where_items_are_numeric(m3000: Client) -> None:
    numeric = (".0.2.1.0", ".0.2.2.0", ".0.2.4.0", *(f".0.2.8.{arc}.0" for arc in (1, 3, 4, 5, 6, 7, 8)), ".0.5.2.1.0")
    for value in m3000.get(*numeric):
        assert math.isfinite(value.number)
    firmware, serial, name = m3000.get(".0.0.2.0", ".0.0.3.0", ".0.2.3.0")
    assert firmware.text
    assert serial.text
    assert name.text == "GPS"


@pytest.mark.parametrize(
    ("column", "indexes"),
    [(f"{CLOCK}.1", {"1", "2"}), (f"{SUPPLY}.1", {"1", "2", "3"}), (f"{FAN}.1", set()), (f"{CLUSTER}.1", set())],
)
def test_zabbix_community_discovers_by_index_columns(m3000: Client, column: str, indexes: set[str]) -> None:
    assert set(m3000.walk(column)) == indexes


def test_zabbix_community_discovers_ptp_that_is_not_disabled(m3000: Client, plain: Client) -> None:
    states = m3000.walk(f"{PTP}.3")
    assert set(m3000.walk(f"{PTP}.1")) == set(states)
    kept = {index for index, state in states.items() if state.text != "3"}
    assert kept
    assert kept < set(states)
    assert {state.text for state in plain.walk(f"{PTP}.3").values()} == {"3"}


def test_zabbix_community_item_prototypes_find_their_values(m3000: Client) -> None:
    for index in m3000.walk(f"{CLOCK}.1"):
        values = m3000.get(*(f"{CLOCK}.{column}.{index}" for column in range(2, 12)))
        assert NOTHING not in {value.kind for value in values}
    for index in m3000.walk(f"{PTP}.1"):
        columns = (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 19, 20)
        values = m3000.get(*(f"{PTP}.{column}.{index}" for column in columns))
        assert NOTHING not in {value.kind for value in values}
        assert values[10].number >= 0  # path delay


def test_zabbix_community_sees_no_problem_in_a_healthy_device_but_its_dead_supply(m3000: Client) -> None:
    assert m3000.one(".0.2.1.0").text != "1"
    assert m3000.one(".0.5.2.1.0").number <= 60
    assert {state.text for state in m3000.walk(f"{CLOCK}.4").values()} == {"1"}
    assert "2" not in {state.text for state in m3000.walk(f"{PTP}.3").values()}
    assert [state.text for state in m3000.walk(f"{SUPPLY}.2").values()] == ["2", "2", "1"]


# Zabbix, InformationServices


def test_zabbix_information_services_reads_its_scalars(m3000: Client) -> None:
    firmware, serial, clocks, state, position, stratum, offset, requests, clients, temperature = m3000.get(
        ".0.0.2.0", ".0.0.3.0", ".0.1.1.0", ".0.1.2.1.4.1", ".0.1.5.0", ".0.2.2.0", ".0.2.4.0", ".0.2.8.4.0",
        ".0.2.8.8.0", ".0.5.2.1.0",
    )  # fmt: skip
    assert int(firmware.text.replace(".", "")) > 0
    assert serial.text
    assert int(clocks.text) == 2
    assert state.text == "1"
    assert "Lat" in position.text
    assert 1 <= stratum.number <= 3
    assert abs(float(offset.text.removesuffix(" ms"))) < 1
    assert (requests.number, clients.number) == (0, 0)
    assert 0 < temperature.number < 62


def test_zabbix_information_services_discovers_rows_with_all_macros(m3000: Client) -> None:
    clocks = m3000.table(CLOCK)
    assert set(clocks) == {"1", "2"}
    assert all({1, 2, 3, 4, 5, 6, 8, 10} <= set(row) for row in clocks.values())
    supplies = m3000.table(SUPPLY)
    assert all({1, 2} <= set(row) for row in supplies.values())


# Checkmk


def test_checkmk_detects_the_device(m3000: Client) -> None:
    assert m3000.one(f"{SYSTEM}.2.0").text == B


def test_checkmk_ntp_state_is_ok(m3000: Client) -> None:
    state, stratum, source, offset = m3000.get(*(f".0.2.{arc}.0" for arc in range(1, 5)))
    assert state.text == "2"
    assert int(stratum.text) < 2
    assert source.text
    assert abs(float(offset.text.removeprefix("=")) * 1000) < 20


def test_checkmk_knows_state_and_substate_of_every_clock(m3000: Client, plain: Client) -> None:
    for client in (m3000, plain):
        clocks = client.table(CLOCK)
        assert clocks
        for row in clocks.values():
            assert set(row) == set(range(1, 12))
            assert row[4].text in {"0", "1", "2"}
            assert int(row[5].text) in SUBSTATES
            assert 0 <= int(row[2].text) <= 149
            assert all(0 <= int(row[column].text) <= 100 for column in (6, 7, 8, 9))


def test_checkmk_counts_enough_satellites(m3000: Client) -> None:
    gps = m3000.table(CLOCK)["2"]
    assert (gps[2].text, gps[5].text) == ("30", "1")
    assert 3 <= int(gps[6].text) <= int(gps[7].text)


def test_checkmk_power_supplies_are_ok_or_down_and_never_unknown(m3000: Client) -> None:
    assert {index: row[2].text for index, row in m3000.table(SUPPLY).items()} == {"1": "2", "2": "2", "3": "1"}
    assert m3000.table(FAN) == {}
    assert int(m3000.one(".0.5.2.1.0").text) < 80


def test_the_old_checkmk_extension_reads_rows_by_their_suffix(m3000: Client) -> None:
    assert m3000.one(f"{SYSTEM}.2.0").text == B
    items = {name.partition(".")[2] for name in m3000.walk(CLOCK)}
    assert items == {"1", "2"}
    assert all(int(m3000.one(f"{CLOCK}.6.{item}").text) >= 4 for item in items)
    assert m3000.one(".0.1.5.0").text


# LibreNMS, Observium


def test_librenms_detects_the_device_and_reads_its_state(m3000: Client) -> None:
    assert m3000.one(f"{SYSTEM}.2.0").text.startswith(".1.3.6.1.4.1.5597.3")
    serial, version = m3000.get(".0.0.3.0", ".0.0.2.0")
    assert serial.text
    assert re.fullmatch(r"\d+(\.\d+)+", version.text)
    for column in (2, 3, 4, 6, 8):
        assert set(m3000.walk(f"{CLOCK}.{column}")) == {"1", "2"}
    assert {value.text for value in m3000.walk(f"{CLOCK}.5").values()} == {"1"}
    assert {value.text for value in m3000.walk(f"{CLOCK}.3").values()} <= {"1", "3"}


def test_observium_tells_hardware_and_version_from_the_description(m3000: Client) -> None:
    found = re.match(r"Meinberg (?P<hardware>.+?) V(?P<version>\S+)", m3000.one(f"{SYSTEM}.1.0").text)
    assert found
    assert found["hardware"].startswith("LANTIME ")
    temperature = m3000.one(".0.5.2.1.0").number
    assert temperature
    assert temperature <= 200


# Nagios and Icinga


def test_the_dinotools_ntp_plugin_gets_all_it_asks_in_one_request(m3000: Client, plain: Client) -> None:
    for client in (m3000, plain):
        state, stratum, name, offset, version = client.get(*(f".0.2.{arc}.0" for arc in range(1, 6)))
        assert int(state.text) == 2
        assert int(stratum.text) == 1
        assert isinstance(float(offset.text), float)
        assert name.text
        assert version.text


def test_the_dinotools_hardware_plugin_counts_dead_supplies(m3000: Client) -> None:
    rows = m3000.table(SUPPLY)
    assert rows
    assert sum(row[2].text == "1" for row in rows.values()) <= 1
    assert m3000.one(".0.5.2.1.0").number < 80


def test_the_health_monitoring_plugin_finds_a_synchronized_receiver(m3000: Client) -> None:
    state, position, satellites, substate = m3000.get(".0.2.1.0", ".0.1.5.0", ".0.1.2.1.6.1", ".0.1.2.1.5.1")
    assert (state.text, substate.text) == ("2", "1")
    assert position.text
    assert int(satellites.text) > 0


# Centreon, Prometheus, socs, gofetch, Telegraf


def test_centreon_finds_every_listed_port_up_and_no_fan(m3000: Client) -> None:
    assert {value.text for value in m3000.walk(".0.7.1.1.2").values()} == {"1"}
    assert m3000.walk(f"{FAN}.3") == {}
    assert {value.text for value in m3000.walk(f"{CLOCK}.4").values()} == {"1"}
    assert {value.text for value in m3000.walk(f"{CLOCK}.11").values()} == {"not announced"}


def test_the_prometheus_exporter_gets_all_its_values(m3000: Client) -> None:
    assert m3000.one(".0.0.2.0").kind == "STRING"
    clock = m3000.get(*(f"{CLOCK}.{column}.1" for column in (3, 4, 5, 6, 7)))
    place = m3000.get(*(f".0.1.3.1.{column}.1" for column in (4, 5, 6, 7)))
    ntp = m3000.get(".0.2.1.0", ".0.2.2.0", ".0.2.4.0", f"{SYSTEM}.3.0")
    assert NOTHING not in {value.kind for value in (*clock, *place, *ntp)}
    assert int(place[3].text) == 18


def test_socs_gets_a_feed_of_a_device_without_ptp(plain: Client) -> None:
    asked = (
        f"{CLOCK}.4.1", f"{SUPPLY}.2.1", f"{SUPPLY}.2.2", ".0.7.1.1.2.1", f"{CLOCK}.11.1", ".0.2.1.0", f"{PTP}.3.1",
    )  # fmt: skip
    answered = plain.get(*asked)
    assert [value.text for value in answered if value.kind != NOTHING] == [
        "1", "2", "2", "1", "not announced", "2", "3",
    ]  # fmt: skip


def test_an_instance_that_is_not_there_costs_no_other_its_value(m3000: Client) -> None:
    answered = m3000.get(f"{SUPPLY}.2.4", ".0.2.1.0", f"{CLOCK}.4.9", f"{PTP}.3.99")
    assert [value.kind for value in answered] == [NOTHING, "INTEGER", NOTHING, NOTHING]


def test_gofetch_decodes_the_temperature_as_unsigned(m3000: Client) -> None:
    assert m3000.one(".0.5.2.1.0").kind == "Gauge32"
    for walked in (".0.2.2", ".0.2.4", ".0.2.8.5", ".0.2.8.7", ".0.2.8.8", ".0.5.2.1"):
        assert set(m3000.walk(walked)) == {"0"}
    assert m3000.one(".0.4.1.0").kind == "Gauge32"  # the M3000 has a card that measures it


def test_telegraf_gets_its_scalars_and_the_names_of_host_and_time(m3000: Client) -> None:
    uptime, name, state, stratum, temperature = m3000.get(
        f"{SYSTEM}.3.0", f"{SYSTEM}.5.0", ".0.2.1.0", ".0.2.2.0", ".0.5.2.1.0"
    )
    assert uptime.kind == "Timeticks"
    assert name.text.startswith("lantime")
    assert (state.text, stratum.text) == ("2", "1")
    assert temperature.number > 0


def test_a_manager_of_v1_walks_the_whole_of_it(m3000: Client) -> None:
    old = replace(m3000, version="-v1")
    assert set(old.walk(".0.1", "snmpwalk")) == set(m3000.walk(".0.1"))
    with_counters = {name for name, value in m3000.walk(".0.2").items() if value.kind == "Counter64"}
    assert set(old.walk(".0.2", "snmpwalk")) == set(m3000.walk(".0.2")) - with_counters


def test_snmptable_prints_the_clocks_with_the_vendors_mib_loaded(m3000: Client) -> None:
    command = (
        tool("snmptable"), "-v2c", "-c", m3000.community, "-M", str(shared("mibs")), "-m", "MBG-SNMP-LTNG-MIB",
        "-Cf", "|", f"127.0.0.1:{m3000.port}", "mbgLtNgRefclockTable",
    )  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    head, *rows = [line.split("|") for line in done.stdout.splitlines() if "|" in line]
    clocks = [dict(zip(head, row, strict=True)) for row in rows]
    assert [clock["mbgLtNgRefclockType"] for clock in clocks] == ["unknown", "gps180"]
    assert {clock["mbgLtNgRefclockSubstate"] for clock in clocks} == {"gpsSync"}
    assert {clock["mbgLtNgRefclockLeapSecondDate"] for clock in clocks} == {"not announced"}
