"""The SNMP entity: a datagram in, a datagram or nothing out. No socket, no pysnmp.

v1 and v2c follow RFC 3584 and 1157/3416, v3 follows RFC 3412 7.2 and 3414 3.2. Work before authentication is bounded:
of a stranger's datagram only the outer part is read, whatever its size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from agent.mib.encoding import integer, oid, tlv
from agent.wire import answer, ber, pdu
from agent.wire.access import Access, Level, Model, Network, Refusal
from agent.wire.answer import NoSuchName, Source, TooBig
from agent.wire.counters import Counters
from agent.wire.pdu import Request
from agent.wire.usm import Trouble, User, Usm, read_parameters
from agent.wire.view import View
from agent.wire.writing import Writer

V1, V2C, V3 = 0, 1, 3
TOO_BIG, NO_SUCH_NAME, GEN_ERR, AUTHORIZATION_ERROR = 1, 2, 5, 16
_REPORTABLE, _PRIV, _AUTH = 4, 2, 1
_SMALLEST_MAXIMUM = 484
_COMMUNITY_FRAME = 32
"""Octets around the varbinds of a v1/v2c response beside the community and the request-id, with long lengths."""
_MPD = (1, 3, 6, 1, 6, 3, 11, 2, 1)
_UNKNOWN_CONTEXTS = (1, 3, 6, 1, 6, 3, 12, 1, 5, 0)


@dataclass(frozen=True, slots=True)
class Community:
    """What a community means: a security name, a context, and where it may come from."""

    name: str
    context: str
    sources: tuple[Network, ...]


@dataclass(frozen=True, slots=True)
class _Outcome:
    status: int
    index: int
    varbinds: bytes


class Entity:
    """Answers datagrams.

    Args:
        max_message_size: the largest message that is sent or taken.
    """

    def __init__(
        self,
        source: Source,
        access: Access,
        communities: Mapping[bytes, Community],
        usm: Usm,
        writer: Writer,
        counters: Counters,
        max_message_size: int,
    ) -> None:
        self._source = source
        self._access = access
        self._communities = communities
        self._usm = usm
        self._writer = writer
        self._counters = counters
        self._max_message_size = max_message_size
        self._anonymous = User(b"")

    def answer(self, datagram: bytes, address: str) -> bytes | None:
        """The answer to a datagram from an IP address, None when there is none."""
        self._counters.in_pkts += 1
        try:
            at, end = ber.expect(datagram, 0, ber.SEQUENCE)
            if end != len(datagram):
                raise ber.BerError("octets behind the message")
            version, at = ber.integer(datagram, at)
            if version in (V1, V2C):
                return self._answer_community(datagram, version, at, end, address)
            if version == V3:
                return self._answer_user(datagram, at, end)
        except ber.BerError:
            self._counters.in_asn_parse_errs += 1
            return None
        self._counters.in_bad_versions += 1
        return None

    def _answer_community(self, datagram: bytes, version: int, at: int, end: int, address: str) -> bytes | None:
        name, body = ber.string(datagram, at)
        community = self._communities.get(name)
        if community is None or not _within(address, community.sources):
            self._counters.in_bad_community_names += 1
            return None
        request = pdu.read_request(datagram, body, end)
        is_v1 = version == V1
        if request.tag not in pdu.REQUESTS or (is_v1 and request.tag == pdu.GET_BULK):
            return None
        model = Model.V1 if is_v1 else Model.V2C
        limit = self._max_message_size - _COMMUNITY_FRAME - len(name) - len(request.request_id)
        who = f"{community.name}@{address}"
        outcome = self._serve(request, model, community.name, Level.NO_AUTH_NO_PRIV, community.context, limit, who)
        if outcome is None:
            return None
        if outcome.status in (AUTHORIZATION_ERROR, NO_SUCH_NAME) and request.tag == pdu.SET:
            self._counters.in_bad_community_uses += 1
        head = tlv(0x02, integer(version)) + tlv(0x04, name)
        body_out = pdu.response(request.request_id, outcome.status, outcome.index, outcome.varbinds)
        message = tlv(0x30, head + body_out)
        if len(message) > self._max_message_size:
            self._counters.silent_drops += 1
            return None
        return message

    def _serve(
        self, request: Request, model: Model, name: str, level: Level, context: str, limit: int, who: str
    ) -> _Outcome | None:
        """What to respond; None for a context there is not (RFC 3413 3.2 step 5)."""
        is_v1 = model is Model.V1
        if request.tag == pdu.SET:
            write = self._access.write_view(model, name, level, context)
            if write is Refusal.NO_CONTEXT:
                return None
            result = self._writer.set(request, None if isinstance(write, Refusal) else write, who)
            status = _v1_status(result.status) if is_v1 else result.status
            return _Outcome(status, result.index, b"" if status == TOO_BIG else request.varbinds)
        view = self._access.read_view(model, name, level, context)
        if view is Refusal.NO_CONTEXT:
            return None
        if isinstance(view, Refusal):
            return _Outcome(NO_SUCH_NAME if is_v1 else AUTHORIZATION_ERROR, 0, request.varbinds)
        result_read = self._read(request, view, limit, is_v1=is_v1)
        if isinstance(result_read, TooBig):
            return _Outcome(TOO_BIG, 0, request.varbinds if is_v1 else b"")
        if isinstance(result_read, NoSuchName):
            return _Outcome(NO_SUCH_NAME, result_read.index, request.varbinds)
        return _Outcome(0, 0, b"".join(result_read))

    def _read(self, request: Request, view: View, limit: int, *, is_v1: bool) -> list[bytes] | TooBig | NoSuchName:
        source, names = self._source, request.names
        if request.tag == pdu.GET:
            return (answer.get_v1 if is_v1 else answer.get)(source, view, names, limit)
        if request.tag == pdu.GET_NEXT:
            return (answer.get_next_v1 if is_v1 else answer.get_next)(source, view, names, limit)
        return answer.get_bulk(source, view, names, request.non_repeaters, request.max_repetitions, limit)

    def _answer_user(self, datagram: bytes, at: int, end: int) -> bytes | None:
        message = _read_header(datagram, at)
        said, at = read_parameters(datagram, message.at)
        if message.model != Model.USM:
            self._counters.unknown_security_models += 1
            return None
        if message.level is None:
            self._counters.invalid_msgs += 1
            return None
        encrypted = message.level is Level.AUTH_PRIV
        start, data_end = ber.expect(datagram, at, 0x04 if encrypted else ber.SEQUENCE)
        if data_end != end:
            raise ber.BerError("octets behind the scopedPDU")
        data = datagram[start:end] if encrypted else datagram[at:end]
        opened = self._usm.open(datagram, said, message.level, data)
        if isinstance(opened, Trouble):
            return self._report(message, opened, _request_id_of(data) if not encrypted else None)
        user, scoped = opened
        try:
            return self._answer_scoped(message, user, scoped)
        except ber.BerError:
            if encrypted:
                return self._report(message, self._usm.undecryptable(), None)
            raise

    def _answer_scoped(self, message: _Header, user: User, scoped: bytes) -> bytes | None:
        level = message.level or Level.NO_AUTH_NO_PRIV
        at, end = ber.expect(scoped, 0, ber.SEQUENCE)
        engine_id, at = ber.string(scoped, at)
        context, at = ber.string(scoped, at)
        request = pdu.read_request(scoped, at, end)
        frame = (engine_id, context)
        if engine_id != self._usm.engine_id or request.tag not in pdu.REQUESTS:
            self._counters.unknown_pdu_handlers += 1
            if request.tag not in pdu.REQUESTS and request.tag != pdu.INFORM:
                return None
            trouble = Trouble((*_MPD, 3, 0), self._counters.unknown_pdu_handlers, level, user)
            return self._report(message, trouble, request.request_id, frame)
        name = user.name.decode("utf-8", "replace")
        whole = min(self._max_message_size, message.max_size)
        empty = self._seal(message, user, level, frame, pdu.response(request.request_id, 0, 0, b""))
        limit = whole - len(empty) - 12  # lengths may grow to three octets in each of six places
        outcome = self._serve(request, Model.USM, name, level, context.decode("utf-8", "replace"), limit, name)
        if outcome is None:
            self._counters.unknown_contexts += 1
            trouble = Trouble(_UNKNOWN_CONTEXTS, self._counters.unknown_contexts, level, user)
            return self._report(message, trouble, request.request_id, frame)
        body = pdu.response(request.request_id, outcome.status, outcome.index, outcome.varbinds)
        sealed = self._seal(message, user, level, frame, body)
        if len(sealed) > whole:
            body = pdu.response(request.request_id, TOO_BIG, 0, b"")
            sealed = self._seal(message, user, level, frame, body)
            if len(sealed) > whole:
                self._counters.silent_drops += 1
                return None
        return sealed

    def _report(
        self, message: _Header, trouble: Trouble, request_id: bytes | None, frame: tuple[bytes, bytes] | None = None
    ) -> bytes | None:
        """A Report, if the sender wants one (RFC 3412 7.1 step 3)."""
        if not message.flags & _REPORTABLE:
            return None
        varbind = tlv(0x30, tlv(0x06, oid(trouble.oid)) + tlv(0x41, integer(trouble.value & 0xFFFFFFFF)))
        body = pdu.response(request_id or b"\x02\x01\x00", 0, 0, varbind, pdu.REPORT)
        _, context = frame or (b"", b"")
        user = trouble.user or self._anonymous
        return self._seal(message, user, trouble.level, (self._usm.engine_id, context), body)

    def _seal(self, message: _Header, user: User, level: Level, frame: tuple[bytes, bytes], body: bytes) -> bytes:
        flags = {Level.NO_AUTH_NO_PRIV: 0, Level.AUTH_NO_PRIV: _AUTH, Level.AUTH_PRIV: _AUTH | _PRIV}[level]
        header = message.id + tlv(0x02, integer(self._max_message_size)) + tlv(0x04, bytes((flags,)))
        header = b"\x02\x01\x03" + tlv(0x30, header + b"\x02\x01\x03")
        scoped = tlv(0x30, tlv(0x04, frame[0]) + tlv(0x04, frame[1]) + body)
        return self._usm.seal(header, user, level, scoped)


@dataclass(frozen=True, slots=True)
class _Header:
    """msgGlobalData: the id as it goes back, the sender's maximum, flags, level (None if impossible), model."""

    id: bytes
    max_size: int
    flags: int
    level: Level | None
    model: int
    at: int


_LEVELS = {0: Level.NO_AUTH_NO_PRIV, _AUTH: Level.AUTH_NO_PRIV, _AUTH | _PRIV: Level.AUTH_PRIV}


def _read_header(datagram: bytes, at: int) -> _Header:
    at, end = ber.expect(datagram, at, ber.SEQUENCE)
    id_start = at
    number, at = ber.integer(datagram, at)
    message_id = datagram[id_start:at]
    max_size, at = ber.integer(datagram, at)
    flags, at = ber.string(datagram, at)
    model, at = ber.integer(datagram, at)
    if at != end or len(flags) != 1 or number < 0 or max_size < _SMALLEST_MAXIMUM or model < 1:
        raise ber.BerError("malformed msgGlobalData")
    return _Header(message_id, max_size, flags[0], _LEVELS.get(flags[0] & (_AUTH | _PRIV)), model, end)


def _request_id_of(scoped: bytes) -> bytes | None:
    """The request-id of a plain scopedPDU, for a Report; None where it cannot be read."""
    try:
        at, _ = ber.expect(scoped, 0, ber.SEQUENCE)
        _, at = ber.string(scoped, at)
        _, at = ber.string(scoped, at)
        _, at, _ = ber.header(scoped, at)
        _, end = ber.integer(scoped, at)
    except ber.BerError:
        return None
    return scoped[at:end]


def _within(address: str, networks: tuple[Network, ...]) -> bool:
    if not networks:
        return True
    here = ip_address(address.partition("%")[0])
    return any(here in network for network in networks)


_V1_STATUS = {
    6: 2, 7: 3, 8: 3, 9: 3, 10: 3, 11: 2, 12: 3, 13: 5, 14: 5, 15: 5, 16: 2, 17: 2, 18: 2,
}  # fmt: skip
"""Error status of later versions as v1 says it (RFC 3584 4.4)."""


def _v1_status(status: int) -> int:
    return _V1_STATUS.get(status, status)
