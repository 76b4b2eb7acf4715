"""Command responders of the pysnmp engine: requests decoded and authenticated by pysnmp, answered from the store.

pysnmp's own responders ask no access control for a controller like ours, name the wrong varbind in errors, and say
nothing at all when an answer is empty or too large. So the whole of RFC 3413 3.2 from the decoded PDU on is here.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import cmdrsp, context
from pysnmp.proto import errind, error, rfc1905
from pysnmp.proto.api import v1, v2c
from pysnmp.proto.proxy import rfc2576

from agent.mib.encoding import packed
from agent.snmp.values import as_objects
from agent.wire import answer
from agent.wire.access import Access, Refusal
from agent.wire.answer import NoSuchName, Source, TooBig
from agent.wire.counters import Counters
from agent.wire.view import View

log = logging.getLogger(__name__)

TOO_BIG, NO_SUCH_NAME, GEN_ERR, AUTHORIZATION_ERROR, NOT_WRITABLE = 1, 2, 5, 16, 17
_V1_MODEL = 0
_COMMUNITY_OVERHEAD = 48
"""Octets of a v1/v2c message around its varbinds, the community aside."""
_USER_OVERHEAD = 240
"""Octets of a v3 message around its varbinds, at most: two engine IDs, user and context name, digest, salt."""

Result = list[bytes] | TooBig | NoSuchName


class Responder(cmdrsp.CommandResponderBase):  # type: ignore[misc]
    """Answers every kind of request."""

    SUPPORTED_PDU_TYPES = (
        rfc1905.GetRequestPDU.tagSet,
        rfc1905.GetNextRequestPDU.tagSet,
        rfc1905.GetBulkRequestPDU.tagSet,
        rfc1905.SetRequestPDU.tagSet,
    )

    def __init__(
        self, engine: SnmpEngine, source: Source, access: Access, counters: Counters, max_message_size: int
    ) -> None:
        super().__init__(engine, context.SnmpContext(engine))
        self._source = source
        self._access = access
        self._counters = counters
        self._max_message_size = max_message_size

    def process_pdu(  # noqa: PLR0913, PLR0917 - the signature is pysnmp's
        self,
        snmpEngine: SnmpEngine,
        messageProcessingModel: Any,
        securityModel: Any,
        securityName: Any,
        securityLevel: Any,
        contextEngineId: Any,
        contextName: Any,
        pduVersion: Any,
        PDU: Any,
        maxSizeResponseScopedPDU: Any,
        stateReference: Any,
    ) -> None:
        """Answer one request."""
        is_v1 = int(messageProcessingModel) == _V1_MODEL
        name = securityName.asOctets().decode("utf-8", "replace")
        view = self._access.read_view(
            int(securityModel), name, int(securityLevel), contextName.asOctets().decode("utf-8", "replace")
        )
        status: dict[str, Any] = {}
        if view is Refusal.NO_CONTEXT:
            if is_v1 or int(messageProcessingModel) == 1:
                return
            status = _unknown_context(snmpEngine)
        limit = self._limit(int(messageProcessingModel), name, int(maxSizeResponseScopedPDU))
        response = self._respond(PDU, view, limit, is_v1=is_v1)
        try:
            snmpEngine.message_dispatcher.return_response_pdu(
                snmpEngine,
                messageProcessingModel,
                securityModel,
                securityName,
                securityLevel,
                contextEngineId,
                contextName,
                pduVersion,
                response,
                maxSizeResponseScopedPDU,
                stateReference,
                status,
            )
        except error.StatusInformation:
            self._counters.silent_drops += 1

    def _limit(self, model: int, name: str, scoped_limit: int) -> int:
        """Octets there are for varbinds."""
        if model == 3:
            return min(self._max_message_size, scoped_limit) - _USER_OVERHEAD
        return self._max_message_size - _COMMUNITY_OVERHEAD - len(name.encode())

    def _respond(self, pdu: Any, view: View | Refusal, limit: int, *, is_v1: bool) -> Any:
        """The response PDU; an error of our own is genErr, never silence."""
        try:
            if isinstance(view, Refusal):
                return _failed(pdu, NO_SUCH_NAME if is_v1 else AUTHORIZATION_ERROR, 0, is_v1=is_v1)
            if pdu.tagSet == rfc1905.SetRequestPDU.tagSet:
                if not _names(pdu):
                    return _succeeded(pdu, [], is_v1=is_v1)
                return _failed(pdu, NO_SUCH_NAME if is_v1 else NOT_WRITABLE, 1, is_v1=is_v1)
            result = _read(self._source, view, pdu, limit, is_v1=is_v1)
        except Exception:
            log.exception("request-failed pdu=%s", type(pdu).__name__)
            return _failed(pdu, GEN_ERR, 0, is_v1=is_v1)
        if isinstance(result, TooBig):
            # v1 returns the request's varbinds (RFC 1157 4.1.2), later versions none (RFC 3416 4.2.1).
            return _failed(pdu, TOO_BIG, 0, is_v1=is_v1, empty=not is_v1)
        if isinstance(result, NoSuchName):
            return _failed(pdu, NO_SUCH_NAME, result.index, is_v1=True)
        return _succeeded(pdu, result, is_v1=is_v1)


def _names(pdu: Any) -> list[bytes]:
    return [packed(tuple(name)) for name, _ in v2c.apiPDU.get_varbinds(pdu)]


def _read(source: Source, view: View, pdu: Any, limit: int, *, is_v1: bool) -> Result:
    names = _names(pdu)
    if pdu.tagSet == rfc1905.GetBulkRequestPDU.tagSet:
        non_repeaters = int(v2c.apiBulkPDU.get_non_repeaters(pdu))
        repetitions = int(v2c.apiBulkPDU.get_max_repetitions(pdu))
        return answer.get_bulk(source, view, names, non_repeaters, repetitions, limit)
    if pdu.tagSet == rfc1905.GetNextRequestPDU.tagSet:
        return (answer.get_next_v1 if is_v1 else answer.get_next)(source, view, names, limit)
    return (answer.get_v1 if is_v1 else answer.get)(source, view, names, limit)


def _succeeded(pdu: Any, varbinds: Sequence[bytes], *, is_v1: bool) -> Any:
    response = v2c.apiPDU.get_response(rfc2576.v1_to_v2(pdu) if is_v1 else pdu)
    v2c.apiPDU.set_error_status(response, 0)
    v2c.apiPDU.set_error_index(response, 0)
    v2c.apiPDU.set_varbinds(response, [as_objects(varbind) for varbind in varbinds])
    return rfc2576.v2_to_v1(response, pdu) if is_v1 else response


def _failed(pdu: Any, status: int, index: int, *, is_v1: bool, empty: bool = False) -> Any:
    api = v1.apiPDU if is_v1 else v2c.apiPDU
    response = api.get_response(pdu)
    api.set_error_status(response, status)
    api.set_error_index(response, index)
    api.set_varbinds(response, [] if empty else api.get_varbinds(pdu))
    return response


def _unknown_context(engine: SnmpEngine) -> dict[str, Any]:
    """What makes pysnmp send a Report of snmpUnknownContexts (RFC 3413 3.2)."""
    (counter,) = engine.get_mib_builder().import_symbols("__SNMP-TARGET-MIB", "snmpUnknownContexts")
    counter.syntax += 1
    return {"errorIndication": errind.unknownContextName, "oid": counter.name, "val": counter.syntax}
