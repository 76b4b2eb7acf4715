"""Command responders of the pysnmp engine: requests decoded and authenticated by pysnmp, answered from the store.

pysnmp's own responders ask no access control for a controller like ours, name the wrong varbind in errors, and say
nothing at all when an answer is empty or too large. So the whole of RFC 3413 3.2 from the decoded PDU on is here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyasn1.codec.ber import encoder
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import cmdrsp, context
from pysnmp.proto import errind, error, rfc1905
from pysnmp.proto.api import v1, v2c
from pysnmp.proto.proxy import rfc2576

from agent.mib.encoding import packed
from agent.snmp.throttle import Throttle
from agent.snmp.values import as_objects
from agent.wire import answer
from agent.wire.access import Access, Level, Refusal
from agent.wire.answer import NoSuchName, Source, TooBig
from agent.wire.counters import Counters
from agent.wire.view import View

log = logging.getLogger(__name__)

TOO_BIG, NO_SUCH_NAME, GEN_ERR, AUTHORIZATION_ERROR, NOT_WRITABLE = 1, 2, 5, 16, 17
_V1_MODEL, _V3_MODEL = 0, 3
_COMMUNITY_OVERHEAD = 32
"""Octets of a v1/v2c message around its varbinds, at most, the community aside."""
_HEADER_OVERHEAD = 48
"""Octets of a v3 message around security parameters and ScopedPDU, at most; pysnmp reckons with the same."""
_SECURITY_OVERHEAD = 22
"""Octets of the security parameters, at most, engine ID, user name, digest and salt aside."""
_DIGEST_AND_SALT = 48 + 8
_SCOPED_OVERHEAD = 32
"""Octets of a ScopedPDU around its varbinds, at most, engine ID and context name aside."""

Result = list[bytes] | TooBig | NoSuchName


@dataclass(frozen=True, slots=True)
class Limits:
    """What the size of an answer depends on.

    Attributes:
        engine_id_octets: length of this engine's ID.
        community_octets: lengths of the communities, by security name.
    """

    max_message_size: int
    engine_id_octets: int
    community_octets: Mapping[str, int]

    def of_community(self, name: str) -> int:
        """Octets there are for varbinds in a v1 or v2c answer."""
        return self.max_message_size - _COMMUNITY_OVERHEAD - self.community_octets[name]

    def of_user(self, name: str, level: int, scoped_limit: int) -> int:
        """Octets there are for varbinds in a v3 answer; the manager's own limit is on its ScopedPDU."""
        security = _SECURITY_OVERHEAD + self.engine_id_octets + len(name.encode())
        if level > Level.NO_AUTH_NO_PRIV:
            security += _DIGEST_AND_SALT
        scoped = min(scoped_limit, self.max_message_size - _HEADER_OVERHEAD - security)
        return scoped - _SCOPED_OVERHEAD - self.engine_id_octets


class Responder(cmdrsp.CommandResponderBase):  # type: ignore[misc]
    """Answers every kind of request."""

    SUPPORTED_PDU_TYPES = (
        rfc1905.GetRequestPDU.tagSet,
        rfc1905.GetNextRequestPDU.tagSet,
        rfc1905.GetBulkRequestPDU.tagSet,
        rfc1905.SetRequestPDU.tagSet,
    )

    def __init__(
        self, engine: SnmpEngine, source_of: Callable[[str], Source], access: Access, counters: Counters, limits: Limits
    ) -> None:
        super().__init__(engine, context.SnmpContext(engine))
        self._source_of = source_of
        self._access = access
        self._counters = counters
        self._limits = limits
        self._throttle = Throttle()

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
        context_name = contextName.asOctets().decode("utf-8", "replace")
        view = self._access.read_view(int(securityModel), name, int(securityLevel), context_name)
        status: dict[str, Any] = {}
        if view is Refusal.NO_CONTEXT:
            if int(messageProcessingModel) != _V3_MODEL:
                return
            status = _unknown_context(snmpEngine, securityLevel)
        if int(messageProcessingModel) == _V3_MODEL:
            limit = self._limits.of_user(name, int(securityLevel), int(maxSizeResponseScopedPDU)) - len(contextName)
        else:
            limit = self._limits.of_community(name)
        # With a status pysnmp makes a Report, for which it wants to see the request.
        response = PDU if status else self._respond(self._source_of(context_name), PDU, view, limit, is_v1=is_v1)
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

    def _respond(self, source: Source, pdu: Any, view: View | Refusal, limit: int, *, is_v1: bool) -> Any:
        """The response PDU; an error of our own is genErr, never silence."""
        try:
            if isinstance(view, Refusal):
                return _failed(pdu, NO_SUCH_NAME if is_v1 else AUTHORIZATION_ERROR, 0, limit, is_v1=is_v1)
            if pdu.tagSet == rfc1905.SetRequestPDU.tagSet:
                if not _names(pdu):
                    return _succeeded(pdu, [], is_v1=is_v1)
                return _failed(pdu, NO_SUCH_NAME if is_v1 else NOT_WRITABLE, 1, limit, is_v1=is_v1)
            result = _read(source, view, pdu, limit, is_v1=is_v1)
        except Exception:
            held_back = self._throttle.admits()
            if held_back is not None:
                log.exception("request-failed pdu=%s held_back=%d", type(pdu).__name__, held_back)
            return _failed(pdu, GEN_ERR, 0, limit, is_v1=is_v1)
        if isinstance(result, TooBig):
            # v1 returns the request's varbinds (RFC 1157 4.1.2), later versions none (RFC 3416 4.2.1).
            return _failed(pdu, TOO_BIG, 0, limit if is_v1 else 0, is_v1=is_v1)
        if isinstance(result, NoSuchName):
            return _failed(pdu, NO_SUCH_NAME, result.index, limit, is_v1=True)
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


def _failed(pdu: Any, status: int, index: int, limit: int, *, is_v1: bool) -> Any:
    """An error with the request's varbinds; where they do not fit, tooBig without any (RFC 3418 snmpSilentDrops)."""
    api = v1.apiPDU if is_v1 else v2c.apiPDU
    fits = len(encoder.encode(api.get_varbind_list(pdu))) <= limit
    response = api.get_response(pdu)
    api.set_error_status(response, status if fits else TOO_BIG)
    api.set_error_index(response, index if fits else 0)
    api.set_varbinds(response, api.get_varbinds(pdu) if fits else [])
    return response


def _unknown_context(engine: SnmpEngine, level: Any) -> dict[str, Any]:
    """What makes pysnmp send a Report of snmpUnknownContexts (RFC 3413 3.2)."""
    (counter,) = engine.get_mib_builder().import_symbols("__SNMP-TARGET-MIB", "snmpUnknownContexts")
    counter.syntax += 1
    return {
        "errorIndication": errind.noSuchContext,
        "oid": counter.name,
        "val": counter.syntax,
        "securityLevel": level,
    }
