"""From a cell to the REST path that is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import pytest

from agent.mib.encoding import Oid
from agent.mib.module import northbound
from agent.mib.place import row_at, written_at
from agent.mib.plan import make_plan
from agent.mib.view import DeviceView
from agent.model.document import put
from agent.model.exchange import ExchangeLog
from agent.model.health import Health
from agent.model.identity import Identities
from tests.support.running import device

MODULE = northbound()
ROOT: Any = {
    "configuration": {
        "system": {"hostname": "a", "location": None},
        "network": {"interfaces": [{"object-id": "vif0", "addresses": [{"object-id": "v4", "address": "192.0.2.1"}]}]},
        "ntp": {"authentication": {"enabled": True}},
        "chassis0": {
            "slots": [
                {"object-id": "io1", "slot-id": "io1"},
                {
                    "slot-id": "io2",
                    "module": {
                        "ptp-instances": [
                            {"object-id": "i0", "intvs": {"sync-intv": -4}, "disabled": False},
                            {"object-id": "i1", "flags": {"disabled": True}, "alias": ["x"]},
                        ]
                    },
                },
            ]
        },
    }
}


def path(name: str, instance: Oid, root: Any = ROOT, **overlay: Mapping[str, tuple[str, ...]]) -> str | None:
    """Where a cell is written; None where there is no row or no such place."""
    plan = make_plan(MODULE, overlay.get("paths"), writes=overlay.get("writes"))
    found = plan.column(name)
    assert found is not None
    view = DeviceView(
        1, device(80), root, Health(), Identities(), datetime.now(timezone.utc), ExchangeLog(10)
    )  # fmt: skip
    row = row_at(found[0], view, {}, instance)
    names = None if row is None else written_at(*found, row)
    return None if names is None else "/".join(names)


IO2 = "configuration/chassis0/slots/io2/module/ptp-instances"


@pytest.mark.parametrize(
    ("name", "instance", "wanted"),
    [
        ("lnbPtpConfigSyncInterval", (1, 1), f"{IO2}/i0/intvs/sync-intv"),
        ("lnbPtpConfigDisabled", (1, 1), f"{IO2}/i0/disabled"),
        ("lnbPtpConfigDisabled", (1, 2), f"{IO2}/i1/flags/disabled"),
        ("lnbSystemConfigHostName", (1,), "configuration/system/hostname"),
        ("lnbSystemConfigLocation", (1,), "configuration/system/location"),
        ("lnbNtpConfigAuthentication", (1,), "configuration/ntp/authentication/enabled"),
        ("lnbAddressConfigIp", (1, 1, 1), "configuration/network/interfaces/vif0/addresses/v4/address"),
    ],
)
def test_the_path_goes_by_the_names_of_elements(name: str, instance: Oid, wanted: str) -> None:
    assert path(name, instance) == wanted


@pytest.mark.parametrize(
    ("name", "instance"),
    [
        ("lnbPtpConfigSyncInterval", (1, 2)), ("lnbPtpConfigAlias", (1, 2)), ("lnbPtpConfigDomain", (1, 3)),
        ("lnbPtpConfigDomain", (2, 1)), ("lnbSystemConfigContact", (1,)), ("lnbNetConfigHostName", (1,)),
    ],
)  # fmt: skip
def test_what_the_device_does_not_have_has_no_path(name: str, instance: Oid) -> None:
    assert path(name, instance) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("general.domain", None), ("new-member", f"{IO2}/i0/new-member"), ("intvs.other", f"{IO2}/i0/intvs/other"),
        ("^.module.domain", "configuration/chassis0/slots/io2/module/domain"),
        ("^.module.ptp-instances.$1.x", f"{IO2}/i0/x"), ("^.^.configuration.system.x", "configuration/system/x"),
        ("^.^.^.x", None), ("^.module.ptp-instances[0].x", f"{IO2}/i0/x"), ("$5.x", None),
    ],
)  # fmt: skip
def test_an_overlay_needs_the_object_and_not_the_member(text: str, wanted: str | None) -> None:
    assert path("lnbPtpConfigSyncInterval", (1, 1), writes={"lnbPtpConfigSyncInterval": (text,)}) == wanted


def test_of_several_places_the_first_that_is_there_counts() -> None:
    writes = {"lnbPtpConfigDomain": ("general.domain", "intvs.domain")}
    assert path("lnbPtpConfigDomain", (1, 1), writes=writes) == f"{IO2}/i0/intvs/domain"


def test_rows_that_an_overlay_moved_are_written_where_they_are() -> None:
    rows = {"lnbPtpConfigTable": ("configuration.chassis0.slots[].module.mine[]",)}
    slots = [{"slot-id": "io2", "module": {"mine": {"a": {"domain-number": 1}}}}]
    moved = {"configuration": {"chassis0": {"slots": slots}}}
    assert path("lnbPtpConfigDomain", (1, 1), moved, paths=rows) == (
        "configuration/chassis0/slots/io2/module/mine/a/domain-number"
    )


def test_what_was_read_back_takes_the_place_of_what_was_known_and_nothing_else_moves() -> None:
    fresh = put(ROOT, f"{IO2}/i0/intvs", {"sync-intv": -3})
    instances = fresh["configuration"]["chassis0"]["slots"][1]["module"]["ptp-instances"]
    assert instances[0]["intvs"] == {"sync-intv": -3}
    assert ROOT["configuration"]["chassis0"]["slots"][1]["module"]["ptp-instances"][0]["intvs"] == {"sync-intv": -4}
    assert instances[1] is ROOT["configuration"]["chassis0"]["slots"][1]["module"]["ptp-instances"][1]
    assert put(ROOT, "configuration/none/here", 1) is ROOT
