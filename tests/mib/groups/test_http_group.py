"""Cells of the HTTP session tables from an exchange log."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from agent.config import DeviceSettings
from agent.mib.build import build
from agent.mib.declaration import Feed
from agent.mib.plan import make_plan
from agent.mib.view import DeviceView
from agent.model.exchange import Exchange, ExchangeLog, ExchangeState, Purpose, begun, bounded, ended
from agent.model.health import Health
from agent.model.identity import Identities
from agent.wire.block import make_blocks
from agent.wire.store import Store
from tests.support.cells import MODULE, row, stored

NOW = datetime(2026, 3, 22, 20, 30, tzinfo=timezone.utc)
RESPONSE = {
    "lnbHttpResponseTime", "lnbHttpStatusCode", "lnbHttpStatus", "lnbHttpResponseData", "lnbHttpResponseSize",
    "lnbHttpRoundTrip",
}  # fmt: skip


def exchange(number: int, **changes: Any) -> Exchange:
    return replace(Exchange(number, "lts1", "GET", "/api/status?raw", "io1", Purpose.POLL, NOW), **changes)


def cells_of(log: ExchangeLog) -> dict[str, dict[tuple[int, ...], Any]]:
    device = DeviceSettings(name="lts1", address="192.0.2.1")
    view = DeviceView(3, device, {}, Health(), Identities(), NOW, log)
    store = Store(located.oid for located in MODULE.objects.values())
    store.swap("exchanges", list(make_blocks(build(make_plan(MODULE), (Feed.EXCHANGES,), view, {})[0])))
    return stored(store)


def test_a_request_without_an_answer_is_a_row_without_cells_of_a_response() -> None:
    for state in (ExchangeState.PENDING, ExchangeState.TIMED_OUT, ExchangeState.FAILED, ExchangeState.ABORTED):
        cells = cells_of(ExchangeLog(25, entries=(exchange(44, state=state),)))
        shown = row(cells, "lnbHttpSessionTable", 3, 44)
        assert RESPONSE & set(shown) == set()
        assert (shown["lnbHttpState"], shown["lnbHttpUri"], shown["lnbHttpMethod"]) == (
            state.value, "/api/status?raw", "get",
        )  # fmt: skip


def test_the_message_that_caused_a_request_stands_beside_it() -> None:
    cells = cells_of(ExchangeLog(25, entries=(exchange(1), exchange(2, message=7))))
    assert cells["lnbHttpMessage"] == {(3, 1): 0, (3, 2): 7}


def test_what_a_request_is_for_is_shown() -> None:
    entries = tuple(exchange(number, purpose=purpose) for number, purpose in enumerate(Purpose, 1))
    assert list(cells_of(ExchangeLog(25, entries=entries))["lnbHttpPurpose"].values()) == ["poll", "set", "probe"]


def test_a_uri_that_was_cut_says_so() -> None:
    cells = cells_of(ExchangeLog(25, entries=(exchange(1, uri="x" * 1024), exchange(2, uri="x" * 1025))))
    assert cells["lnbHttpUriTruncated"] == {(3, 1): "false", (3, 2): "true"}
    assert [len(uri) for uri in cells["lnbHttpUri"].values()] == [1024, 1024]


def test_data_loss_late_answers_and_the_limit_are_shown() -> None:
    log = ExchangeLog(2)
    for number in range(1, 17):
        log = begun(log, exchange(number), tracked=True)
        if number != 16:
            log = ended(log, exchange(number, state=ExchangeState.ANSWERED, status_code=503 if number < 9 else 200))
    log = bounded(begun(log, exchange(17), tracked=True), 1, 50)
    log = ended(log, exchange(16, state=ExchangeState.ANSWERED, status_code=200))
    shown = row(cells_of(log), "lnbHttpDeviceTable", 3)
    assert (shown["lnbHttpDataLoss"], shown["lnbHttpDataLossOver"]) == (500, "false")
    assert (shown["lnbHttpLate"], shown["lnbHttpSessions"], shown["lnbHttpDropped"]) == (1, 1, 16)
    shown = row(cells_of(bounded(log, 1, 49)), "lnbHttpDeviceTable", 3)
    assert shown["lnbHttpDataLossOver"] == "true"
