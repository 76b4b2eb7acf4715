"""Values as they are written to a device: what fits, what is sent, and what is the same."""

from __future__ import annotations

from typing import Any

import pytest

from agent.mib.declaration import Column
from agent.mib.forms import Misfit, as_json, same, typed
from agent.mib.module import northbound
from agent.mib.syntax import TRUTH
from agent.model.document import MISSING

OBJECTS = northbound().objects
WRITTEN = [one.column for one in OBJECTS.values() if one.column.writes is not None]


def column(name: str) -> Column:
    return OBJECTS[name].column


ENUMERATIONS = [
    (one, label)
    for one in WRITTEN
    if one.syntax.labels and one.syntax is not TRUTH
    for label in one.syntax.labels
    if label != "other"
]


@pytest.mark.parametrize(("one", "label"), ENUMERATIONS, ids=[f"{one.name}-{label}" for one, label in ENUMERATIONS])
def test_each_label_is_read_from_the_word_and_from_the_number_that_it_is_written_as(one: Column, label: str) -> None:
    assert one.syntax.read(as_json(one, label, "a-word")) == label
    if label in one.syntax.codes.values() and any(code.isdecimal() for code in one.syntax.codes):
        numbers = [code for code, word in one.syntax.codes.items() if word == label and code.isdecimal()]
        if numbers:
            assert as_json(one, label, 1) == int(numbers[0])
            assert as_json(one, label, "1") == numbers[0]


@pytest.mark.parametrize("one", WRITTEN, ids=[one.name for one in WRITTEN])
def test_what_is_written_can_be_checked_when_it_is_set(one: Column) -> None:
    assert one.syntax.kind in ("enumeration", "number", "text")
    if one.syntax.kind == "number":
        assert one.syntax.low < one.syntax.high
    if one.syntax.kind == "text":
        assert one.syntax.high > 0


@pytest.mark.parametrize(
    ("name", "value", "present", "sent"),
    [
        ("lnbPtpConfigDisabled", True, False, True), ("lnbPtpConfigDisabled", True, 0, 1),
        ("lnbPtpConfigDisabled", False, "enabled", "disabled"), ("lnbPtpConfigDisabled", True, "no", "yes"),
        ("lnbPtpConfigDisabled", True, MISSING, True), ("lnbPtpConfigDomain", 5, 0, 5),
        ("lnbPtpConfigDomain", 5, "0", "5"), ("lnbPtpConfigAsymmetry", 100, "0 ns", "100 ns"),
        ("lnbPtpConfigAsymmetry", 100, 0, 100), ("lnbRefConfigBias", "0.25", 0.0, 0.25),
        ("lnbRefConfigBias", "0.25", "0", "0.25"), ("lnbPtpConfigRole", "ucMcMaster", "unicast-slave", "uc-mc-master"),
        ("lnbRefConfigType", "dcf77PzfReceiver", "gps", "dcf77-pzf-receiver"),
    ],
)  # fmt: skip
def test_what_is_sent_looks_like_what_is_there(name: str, value: Any, present: Any, sent: Any) -> None:
    said = as_json(column(name), value, present)
    assert said == sent
    assert type(said) is type(sent)


def test_a_label_without_a_number_is_not_sent_to_a_device_that_writes_numbers() -> None:
    with pytest.raises(Misfit, match="the number of disabled"):
        as_json(column("lnbPtpConfigDelayMechanism"), "disabled", 0)
    with pytest.raises(Misfit, match="is no number"):
        as_json(column("lnbRefConfigBias"), "much", 0.0)


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("lnbPtpConfigRole", "unicast-slave", "unicastSlave"), ("lnbPtpConfigRole", "unicastSlave", "unicastSlave"),
        ("lnbPtpConfigRole", 3, "unicastSlave"), ("lnbPtpConfigDisabled", "true", True),
        ("lnbPtpConfigDisabled", "off", False), ("lnbPtpConfigDomain", "7", 7), ("lnbPtpConfigDomain", 7, 7),
        ("lnbNetConfigGateway4", "192.0.2.1", "192.0.2.1"), ("lnbNetConfigGateway6", "", ""),
        ("lnbAddressConfigSubnet", "255.255.255.0", "255.255.255.0"), ("lnbAddressConfigSubnet", "/24", "/24"),
        ("lnbNetConfigHostName", "a-b.example.net", "a-b.example.net"),
    ],
)  # fmt: skip
def test_what_people_write_is_understood(name: str, given: Any, value: Any) -> None:
    known = typed(column(name), given)
    assert known == value
    assert type(known) is type(value)


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("lnbPtpConfigRole", "boss", "'boss' is none of multicastSlave(2), unicastSlave(3)"),
        ("lnbPtpConfigRole", "other", "'other' is none of"), ("lnbPtpConfigRole", 1, "1 is none of"),
        ("lnbPtpConfigRole", True, "True is none of"), ("lnbPtpConfigDomain", 256, "256 is no number from 0 to 255"),
        ("lnbPtpConfigDomain", "x", "'x' is no number"), ("lnbPtpConfigDomain", True, "True is no number"),
        ("lnbPtpConfigDisabled", "maybe", "neither true nor false"), ("lnbPtpConfigAlias", 5, "5 is no text"),
        ("lnbPtpConfigAlias", "x" * 32, "31 octets at most"), ("lnbPtpConfigAlias", "x" * 256, "longer than 255"),
        ("lnbNetConfigGateway4", "2001:db8::1", "An IPv4 address"), ("lnbAddressConfigSubnet", "255.0.255.0", "mask"),
        ("lnbNetConfigHostName", "two words", "A host name"), ("lnbSystemConfigLocation", "a\nb", "One line"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_is_allowed(name: str, given: Any, told: str) -> None:
    with pytest.raises(Misfit) as caught:
        typed(column(name), given)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("name", "one", "other", "equal"),
    [
        ("lnbPtpConfigRole", "unicast-slave", 1, True), ("lnbPtpConfigRole", "unicast-slave", 2, False),
        ("lnbPtpConfigRole", "boss", "chief", False), ("lnbPtpConfigRole", "boss", "boss", True),
        ("lnbPtpConfigDomain", 5, "5", True), ("lnbPtpConfigDomain", 1, True, False),
        ("lnbPtpConfigDisabled", True, 1, True), ("lnbPtpConfigAsymmetry", 100, "100 ns", True),
        ("lnbSystemConfigLocation", "", "-", False), ("lnbPtpConfigDomain", "", "-", False),
        ("lnbSystemConfigLocation", "a", MISSING, False),
        ("lnbPtpConfigDomain", 5, [5], False),
    ],
)  # fmt: skip
def test_values_are_compared_by_what_they_say(name: str, one: Any, other: Any, *, equal: bool) -> None:
    assert same(column(name), one, other) is equal
    assert same(column(name), other, one) is equal
