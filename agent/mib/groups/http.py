"""HTTP sessions: every request to a device and its answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.mib.declaration import Access, Column, Feed, Group, Index, Scalars, Table
from agent.mib.groups.common import DEVICE
from agent.mib.syntax import (
    COUNTER32,
    DATE_AND_TIME,
    GAUGE,
    INDEX,
    PERCENT,
    TEXT,
    TRUTH,
    UNSIGNED32,
    enumeration,
    octets,
    text,
    unsigned32,
)
from agent.mib.view import DeviceView
from agent.model.exchange import DATA_LIMIT, URI_LIMIT, Exchange, ExchangeLog

METHOD = enumeration("get", "head", "post", "put", "patch", "delete")
STATE = enumeration("pending", "answered", "timedOut", "failed", "aborted")
PURPOSE = enumeration("poll", "set", "probe")


@dataclass(frozen=True, slots=True)
class LogRow:
    """The exchange log of one device."""

    device_index: int
    log: ExchangeLog


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """One exchange of one device."""

    device_index: int
    exchange: Exchange


def _log_rows(view: DeviceView) -> Iterator[LogRow]:
    yield LogRow(view.index, view.log)


def _exchange_rows(view: DeviceView) -> Iterator[ExchangeRow]:
    for exchange in view.log.entries:
        yield ExchangeRow(view.index, exchange)


def _number(row: ExchangeRow) -> Iterable[int]:
    return (row.exchange.number,)


CONTROL = Scalars(
    1,
    "lnbHttpControl",
    (
        Column(1, "lnbHttpTracking", TRUTH,
               "Whether requests are written into lnbHttpSessionTable. The counters of lnbHttpDeviceTable go on "
               "either way. What is written holds over restarts until the configuration says something else.",
               value=lambda agent: agent.settings.http.tracking, access=Access.READ_WRITE),
        Column(2, "lnbHttpMaxCount", unsigned32(1, 10_000),
               "Sessions kept per device; when there are more the oldest go, answered ones first, at once when this is "
               "lowered. Default 25.",
               value=lambda agent: agent.settings.http.max_count, access=Access.READ_WRITE),
        Column(3, "lnbHttpDataLossLimit", PERCENT,
               "lnbHttpDataLoss above this is too much: lnbHttpDataLossOver becomes true. 100 is never too much.",
               value=lambda agent: agent.settings.http.data_loss_limit_percent, units="percent",
               access=Access.READ_WRITE),
    ),
)  # fmt: skip

DEVICES = Table(
    2,
    "lnbHttpDeviceTable",
    "How the requests to each device fared since the agent started.",
    "One device.",
    (DEVICE,),
    (
        Column(1, "lnbHttpRequests", COUNTER32, "Requests sent.", value=lambda row: row.log.requests),
        Column(2, "lnbHttpAnswered", COUNTER32, "Requests answered, with whatever status.",
               value=lambda row: row.log.answered),
        Column(3, "lnbHttpRefused", COUNTER32, "Answers with an error status (400 and above).",
               value=lambda row: row.log.refused),
        Column(4, "lnbHttpUnanswered", COUNTER32, "Requests that got no complete answer.",
               value=lambda row: row.log.unanswered),
        Column(5, "lnbHttpDataLoss", unsigned32(0, 1000),
               "Share of the latest 100 answers that had an error status, in thousandths. Requests without an answer "
               "do not count.",
               value=lambda row: row.log.data_loss_permille, units="thousandths"),
        Column(6, "lnbHttpSessions", GAUGE, "Rows of lnbHttpSessionTable for this device.",
               value=lambda row: len(row.log.entries)),
        Column(7, "lnbHttpDropped", COUNTER32, "Rows dropped to keep lnbHttpMaxCount.",
               value=lambda row: row.log.dropped),
        Column(8, "lnbHttpLate", COUNTER32, "Answers that came after the row of their request had been dropped.",
               value=lambda row: row.log.late),
        Column(9, "lnbHttpDataLossOver", TRUTH,
               "Whether lnbHttpDataLoss is above lnbHttpDataLossLimit; false until 10 answers have come.",
               value=lambda row: row.log.loses_too_much),
    ),
    feed=Feed.EXCHANGES,
    source=_log_rows,
)  # fmt: skip

SESSIONS = Table(
    3,
    "lnbHttpSessionTable",
    "The latest requests to each device, each with its answer. A request is a row from the moment it is sent; one that "
    "gets no answer stays, without cells of the response. No cell holds a password, token or cookie. The rows are lost "
    "when the agent restarts.",
    "One request and its answer.",
    (DEVICE, Index("lnbHttpSessionId", _number)),
    (
        Column(1, "lnbHttpSessionId", INDEX,
               "Number of the request. It rises while the agent runs, while tracking is off too, and begins anew when "
               "the agent starts (lnbAgentStarted).",
               access=Access.NOT_ACCESSIBLE),
        Column(2, "lnbHttpMethod", METHOD, "Method of the request.", value=lambda row: row.exchange.method.lower()),
        Column(3, "lnbHttpUri", text(URI_LIMIT), "Path and query of the request, without scheme, host and port.",
               value=lambda row: row.exchange.uri),
        Column(4, "lnbHttpSlotId", TEXT, "Slot the request is about; empty for none.",
               value=lambda row: row.exchange.slot),
        Column(5, "lnbHttpPurpose", PURPOSE, "What the request is for.", value=lambda row: row.exchange.purpose.value),
        Column(6, "lnbHttpState", STATE,
               "pending: sent, not answered yet. answered: with whatever status. timedOut, failed: no complete answer "
               "came. aborted: the agent gave it up.", value=lambda row: row.exchange.state.value),
        Column(7, "lnbHttpRequestTime", DATE_AND_TIME, "When the request was sent.",
               value=lambda row: row.exchange.requested),
        Column(8, "lnbHttpRequestData", octets(DATA_LIMIT), "Body of the request, cut to 1024 octets.",
               value=lambda row: row.exchange.request_data),
        Column(9, "lnbHttpRequestSize", UNSIGNED32, "Whole size of the request's body.",
               value=lambda row: row.exchange.request_size, units="octets"),
        Column(10, "lnbHttpResponseTime", DATE_AND_TIME, "When the answer was complete.",
               value=lambda row: row.exchange.answered),
        Column(11, "lnbHttpStatusCode", unsigned32(100, 999), "Status code of the answer.",
               value=lambda row: row.exchange.status_code),
        Column(12, "lnbHttpStatus", TEXT, "Reason phrase of the answer, such as OK or Too Many Requests.",
               value=lambda row: row.exchange.status),
        Column(13, "lnbHttpResponseData", octets(DATA_LIMIT), "Body of the answer, cut to 1024 octets.",
               value=lambda row: row.exchange.response_data),
        Column(14, "lnbHttpResponseSize", UNSIGNED32, "Whole size of the answer's body.",
               value=lambda row: row.exchange.response_size, units="octets"),
        Column(15, "lnbHttpRoundTrip", GAUGE, "Time from sending the request to the end of the answer.",
               value=lambda row: row.exchange.round_trip_ms, units="milliseconds"),
        Column(16, "lnbHttpMessage", UNSIGNED32,
               "lnbIacMessageIndex of the inter-application message that caused the request, 0 for none.",
               value=lambda row: row.exchange.message),
        Column(17, "lnbHttpUriTruncated", TRUTH, "Whether lnbHttpUri was cut to 1024 octets.",
               value=lambda row: len(row.exchange.uri.encode("utf-8", "replace")) > URI_LIMIT),
    ),
    feed=Feed.EXCHANGES,
    source=_exchange_rows,
)  # fmt: skip

GROUP = Group(17, "lnbHttp", "HTTP sessions.", (CONTROL, DEVICES, SESSIONS))
