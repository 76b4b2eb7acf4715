"""Messages of v3: message processing (RFC 3412 7) around the user-based security model."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import NamedTuple

from agent.mib.encoding import integer, oid, tlv
from agent.model.place import NAME_OCTETS
from agent.wire import ber, pdu
from agent.wire.access import REMEMBERED, Level, Model
from agent.wire.command import REQUEST_OCTETS, TOO_BIG_OUTCOME, Asker, Commands, Outcome
from agent.wire.counters import Counters
from agent.wire.later import Answer, Later
from agent.wire.strangers import Reason, Strangers
from agent.wire.usm import Trouble, User, Usm, read_parameters

_REPORTABLE, _PRIV, _AUTH = 4, 2, 1
_LEVELS = {0: Level.NO_AUTH_NO_PRIV, _AUTH: Level.AUTH_NO_PRIV, _AUTH | _PRIV: Level.AUTH_PRIV}
_FLAGS = {level: flags for flags, level in _LEVELS.items()}
_SMALLEST_MAXIMUM = 484
_FAILURES = {
    (1, 3, 6, 1, 6, 3, 15, 1, 1, 3, 0): Reason.UNKNOWN_USER,
    (1, 3, 6, 1, 6, 3, 15, 1, 1, 5, 0): Reason.WRONG_DIGEST,
}
"""What a failed proof is, by the counter that is reported."""
_UNKNOWN_PDU_HANDLERS = (1, 3, 6, 1, 6, 3, 11, 2, 1, 3, 0)
_UNKNOWN_CONTEXTS = (1, 3, 6, 1, 6, 3, 12, 1, 5, 0)
_NO_REQUEST_ID = b"\x02\x01\x00"
_FRAME = 28
"""Octets of a response around the varbinds, at most: version, header of msgGlobalData; headers of scopedPDU, PDU and
list, error status and index."""


class Header(NamedTuple):
    """msgGlobalData (RFC 3412 6).

    Attributes:
        id: the whole element, as it goes back.
        max_size: what the sender takes at most.
        end: where it ends.
        octets: the size of the whole message.
    """

    id: bytes
    max_size: int
    flags: int
    model: int
    end: int
    octets: int

    @property
    def level(self) -> Level | None:
        """The security level; None for privacy without authentication."""
        return _LEVELS.get(self.flags & (_AUTH | _PRIV))


class _Sender(NamedTuple):
    """A user at a level in a context: who asks, and what stands in the scopedPDUs of answers before the PDU."""

    asker: Asker
    scope: bytes


class _Scope(NamedTuple):
    """A scopedPDU: what stands in it before the PDU, and where that begins and ends."""

    octets: bytes
    engine_id: bytes
    context: bytes
    at: int
    end: int


def read_header(datagram: bytes, at: int) -> Header:
    """The msgGlobalData that begins at a position.

    Raises:
        BerError: it is not what it must be.
    """
    at, end = ber.expect(datagram, at, ber.SEQUENCE)
    message_id, at = ber.echoed_integer(datagram, at)
    if message_id[2] & 0x80:
        raise ber.BerError("a negative msgID")
    return Header(message_id, *_read_behind_id(datagram[at:end]), end, len(datagram))


@lru_cache(256)
def _read_behind_id(octets: bytes) -> tuple[int, int, int]:
    """What stands in msgGlobalData behind the msgID: maximum size, flags, model. The same in all of a sender's."""
    max_size, at = ber.integer(octets, 0)
    flags, at = ber.string(octets, at)
    model, at = ber.integer(octets, at)
    if at != len(octets) or len(flags) != 1 or max_size < _SMALLEST_MAXIMUM or model < 1:
        raise ber.BerError("malformed msgGlobalData")
    return max_size, flags[0], model


def _read_scope(octets: bytes) -> _Scope:
    at, end = ber.expect(octets, 0, ber.SEQUENCE)
    engine_id, at = ber.string(octets, at)
    context, at = ber.string(octets, at)
    return _Scope(octets, engine_id, context, at, end)


class UserMessages:
    """Answers v3 messages."""

    def __init__(
        self, usm: Usm, commands: Commands, counters: Counters, max_message_size: int, strangers: Strangers
    ) -> None:
        self._usm = usm
        self._commands = commands
        self._counters = counters
        self._max_message_size = max_message_size
        self._request_octets = max(REQUEST_OCTETS, max_message_size)
        self._strangers = strangers
        self._new_sender = partial(_sender, usm.engine_id)
        self._sender = lru_cache(REMEMBERED)(self._new_sender)
        size, model = tlv(0x02, integer(max_message_size)), tlv(0x02, integer(Model.USM))
        self._behind_id = {level: size + tlv(0x04, bytes((flags,))) + model for level, flags in _FLAGS.items()}
        """msgMaxSize, msgFlags and msgSecurityModel of answers."""
        self._frame_octets = _FRAME + len(self._behind_id[Level.AUTH_PRIV])

    def answer(self, datagram: bytes, at: int, address: str, here: str = "") -> Answer:
        """The answer to a message, whose msgGlobalData stands at a position; None when there is none.

        One that names no context is answered in the one `here`.

        Raises:
            BerError: it is not what it must be.
        """
        header = read_header(datagram, at)
        if header.model != Model.USM:  # RFC 3412 7.2 step 4
            self._counters.unknown_security_models += 1
            return None
        level = header.level
        if level is None:  # step 5
            self._counters.invalid_msgs += 1
            return None
        said, at = read_parameters(datagram, header.end)
        tag, start, end = ber.header(datagram, at)
        if tag not in (0x04, ber.SEQUENCE) or end != len(datagram):
            raise ber.BerError("neither a scopedPDU nor an encrypted one to the end")
        is_encrypted = level is Level.AUTH_PRIV
        data = datagram[start if is_encrypted else at :]
        opened = self._usm.open(datagram, said, level, data)  # step 6
        if isinstance(opened, Trouble):
            if opened.oid in _FAILURES and said.user:  # without a name it is a discovery
                self._strangers.failed(_FAILURES[opened.oid], address)
            request_id = _NO_REQUEST_ID if is_encrypted else _request_id(data)
            return self._report(header, opened, request_id, stranger=address)
        user, scoped = opened
        if level >= Level.AUTH_NO_PRIV:
            self._strangers.proven(address)
        try:
            scope = _read_scope(scoped)
        except ber.BerError:
            if is_encrypted:  # the wrong key makes noise of it
                return self._report(header, self._usm.undecryptable(user), _NO_REQUEST_ID)
            raise
        return self._answer_scoped(header, user, level, scope, address, here)

    def _answer_scoped(
        self, header: Header, user: User, level: Level, scope: _Scope, address: str, here: str
    ) -> Answer:
        scoped = scope.octets
        head = tag, request_id, *_ = pdu.read_head(scoped, scope.at)
        stranger = None if level >= Level.AUTH_NO_PRIV else address
        if scope.engine_id != self._usm.engine_id or tag not in pdu.REQUESTS:  # RFC 3412 4.2.2.1
            self._counters.unknown_pdu_handlers += 1
            if tag not in pdu.REQUESTS and tag != pdu.INFORM:
                return None
            trouble = Trouble(_UNKNOWN_PDU_HANDLERS, self._counters.unknown_pdu_handlers, user, level)
            return self._report(header, trouble, request_id, scope.context, stranger)
        outcome: Outcome | Later[Outcome] | None
        sender_of = self._sender if len(scope.context) <= NAME_OCTETS else self._new_sender
        sender = sender_of(user.name, level, scope.context, here)
        if len(scoped) > self._request_octets:
            self._counters.oversized += 1
            outcome = TOO_BIG_OUTCOME
        else:
            request = pdu.read_behind(scoped, head, scope.end)
            ids = len(header.id) + len(request_id)
            frame = self._frame_octets + ids + self._usm.frame_octets(user, level) + len(sender.scope)
            whole = min(self._max_message_size, header.max_size)
            outcome = self._commands.outcome(request, sender.asker, address, whole - frame)
        if outcome is None:  # RFC 3413 3.2 step 5
            self._counters.unknown_contexts += 1
            trouble = Trouble(_UNKNOWN_CONTEXTS, self._counters.unknown_contexts, user, level)
            return self._report(header, trouble, request_id, scope.context, stranger)
        if isinstance(outcome, Later):
            return outcome.map(partial(self._respond, header, user, level, sender.scope, request_id))
        return self._respond(header, user, level, sender.scope, request_id, outcome)

    def _respond(
        self, header: Header, user: User, level: Level, scope: bytes, request_id: bytes, outcome: Outcome
    ) -> bytes | None:
        whole = min(self._max_message_size, header.max_size)
        if level < Level.AUTH_NO_PRIV and outcome.is_denied:
            whole = min(whole, header.octets)  # nobody is to be flooded through us
        for each in (outcome, TOO_BIG_OUTCOME):
            body = pdu.response(request_id, each.status, each.error_index, each.varbinds)
            message = self._seal(header, user, level, scope + body)
            if len(message) <= whole:
                return message
        self._counters.silent_drops += 1
        return None

    def _report(
        self, header: Header, trouble: Trouble, request_id: bytes, context: bytes = b"", stranger: str | None = None
    ) -> bytes | None:
        """A Report, if the sender wants one (RFC 3412 7.1 step 3); to a stranger's address only so many."""
        if not header.flags & _REPORTABLE:
            return None
        if stranger is not None and not self._strangers.may_have_report(stranger):
            self._counters.reports_held_back += 1
            return None
        counted = tlv(0x41, integer(trouble.value & 0xFFFFFFFF))
        varbind = tlv(0x30, tlv(0x06, oid(trouble.oid)) + counted)
        body = pdu.response(request_id, 0, 0, varbind, pdu.REPORT)
        for named in (context, b""):  # a strange context may be as long as a message
            scoped = _scope(self._usm.engine_id, named) + body
            message = self._seal(header, trouble.user, trouble.level, scoped)
            if len(message) <= min(self._max_message_size, header.max_size):
                return message
        self._counters.silent_drops += 1
        return None

    def _seal(self, header: Header, user: User, level: Level, scoped: bytes) -> bytes:
        """The whole answer around the content of a scopedPDU; it never asks for a Report (RFC 3412 6.4)."""
        head = b"\x02\x01\x03" + tlv(0x30, header.id + self._behind_id[level])
        return self._usm.seal(head, user, level, tlv(0x30, scoped))


def _sender(engine_id: bytes, name: bytes, level: Level, context: bytes, here: str) -> _Sender:
    asker = Asker(Model.USM, name.decode("utf-8", "replace"), level, context.decode("utf-8", "replace") or here)
    return _Sender(asker, _scope(engine_id, context))


def _scope(engine_id: bytes, context: bytes) -> bytes:
    """What stands in a scopedPDU before the PDU."""
    return tlv(0x04, engine_id) + tlv(0x04, context)


def _request_id(scoped: bytes) -> bytes:
    """The request-id of a plain scopedPDU, for a Report; zero where it cannot be read."""
    try:
        return pdu.read_head(scoped, _read_scope(scoped).at)[1]
    except ber.BerError:
        return _NO_REQUEST_ID
