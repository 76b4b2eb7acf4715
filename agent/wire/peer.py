"""Informs in SNMPv3: the receiver's engine is the authoritative one, and this one has to learn what it says of itself.

Nothing is known at first: a discovery message without an engine ID is answered with a Report that names it (RFC 3414
4). The inform then goes out with boots and time zero, and the authenticated Report that it is not in the time window
says them (3.2 7b). Both Reports are acted on at once with the same request-id, so that a receiver whose engine ID or
boots changed costs round trips and no timeout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Final

from agent.mib.encoding import Oid, packed, tlv
from agent.wire import ber, pdu
from agent.wire.access import Level, Model
from agent.wire.counters import Counters
from agent.wire.delivery import Order
from agent.wire.trap import Again, Answer, Complaint, MessageNumbers, global_data, notification, read_response, scoped
from agent.wire.user import Header, read_header
from agent.wire.usm import BOOTS_MAX, TIME_WINDOW_S, Parameters, User, Usm, read_parameters

_USM_STATS: Final[Oid] = (1, 3, 6, 1, 6, 3, 15, 1, 1)
UNKNOWN_ENGINE_IDS: Final = packed((*_USM_STATS, 4, 0))
NOT_IN_TIME_WINDOWS: Final = packed((*_USM_STATS, 2, 0))
_REPORTS: Final = {
    packed((*_USM_STATS, 1, 0)): "does not allow the user this security level (usmStatsUnsupportedSecLevels)",
    packed((*_USM_STATS, 3, 0)): "does not know the user (usmStatsUnknownUserNames)",
    packed((*_USM_STATS, 5, 0)): "has another authentication passphrase or protocol (usmStatsWrongDigests)",
    packed((*_USM_STATS, 6, 0)): "has another privacy passphrase or protocol (usmStatsDecryptionErrors)",
}
_REPEATS: Final = 3
"""Reports that one sending of an inform is sent anew for; more would be a receiver that plays."""
_ASKED_KEPT: Final = 512
"""Messages whose answers still count."""
_DISCOVERY: Final = tlv(pdu.GET, b"\x02\x01\x00\x02\x01\x00\x02\x01\x00\x30\x00")


@dataclass(slots=True)
class _Engine:
    """What is known of the receiver's engine (RFC 3414 2.3), and the user as it knows it."""

    id: bytes
    user: User
    boots: int = 0
    time_s: int = 0
    learned_s: float = 0.0
    is_known: bool = False

    def now(self, now_s: float) -> int:
        """Its time as it should be now."""
        return self.time_s + int(now_s - self.learned_s) if self.is_known else 0

    def learn(self, said: Parameters, now_s: float) -> None:
        """Take over what an authentic message says."""
        self.boots, self.time_s, self.learned_s, self.is_known = said.boots, said.time_s, now_s, True

    def takes(self, said: Parameters, now_s: float) -> bool:
        """Whether an authentic message is in time; what is newer is learned (RFC 3414 3.2 7b)."""
        if not self.is_known or said.boots > self.boots or (said.boots == self.boots and said.time_s > self.time_s):
            self.learn(said, now_s)
        if self.boots == BOOTS_MAX or said.boots != self.boots:
            return False
        return said.time_s >= self.now(now_s) - TIME_WINDOW_S


@dataclass(frozen=True, slots=True)
class _Asked:
    """A message an answer is expected to."""

    request_id: int
    repeats: int
    engine_id: bytes
    context: bytes


class V3Informs:
    """SNMPv3 informs to one receiver.

    Args:
        localized: the user with keys for the engine with an ID.
        engine_id: this engine's own, whose context the notifications are about.
        first_salt: where the privacy salts begin.
        names_device: whether what is about a device is sent in the device's context.
    """

    def __init__(
        self,
        localized: Callable[[bytes], User],
        level: Level,
        engine_id: bytes,
        numbers: MessageNumbers,
        first_salt: int,
        *,
        names_device: bool = False,
    ) -> None:
        self._localized = localized
        self._level = level
        self._own_engine_id = engine_id
        self._numbers = numbers
        self._salts = count(first_salt)
        self._names_device = names_device
        self._engine: _Engine | None = None
        self._asked: dict[int, _Asked] = {}
        self._repeats: dict[int, int] = {}

    def leaves_from(self, address: bytes) -> None:
        """Not said in v3."""

    def message(self, order: Order, now_s: float, address: bytes = b"") -> bytes:
        """The inform, or as long as the receiver's engine is not known, the message that discovers it."""
        engine = self._engine
        context = order.notice.device.encode() if self._names_device else b""
        message_id = self._note(order.request_id, engine.id if engine else b"", context)
        if engine is None:
            head = global_data(message_id, Level.NO_AUTH_NO_PRIV, is_reportable=True)
            unknown = self._sealing(b"", 0, lambda: 0)
            return unknown.seal(head, User(b""), Level.NO_AUTH_NO_PRIV, scoped(b"", _DISCOVERY))
        head = global_data(message_id, self._level, is_reportable=True)
        body = scoped(self._own_engine_id, notification(order, pdu.INFORM, address), context)
        sealing = self._sealing(engine.id, engine.boots, lambda: engine.now(now_s))
        return sealing.seal(head, engine.user, self._level, body)

    def _sealing(self, engine_id: bytes, boots: int, time_s: Callable[[], int]) -> Usm:
        return Usm(engine_id, boots, time_s, {}, Counters(), self._salts)

    def _note(self, request_id: int, engine_id: bytes, context: bytes) -> int:
        """A new msgID for a message (RFC 3412 6.2: also for a repetition)."""
        message_id = self._numbers()
        self._asked[message_id] = _Asked(request_id, self._repeats.pop(request_id, 0), engine_id, context)
        while len(self._asked) > _ASKED_KEPT:
            del self._asked[next(iter(self._asked))]
        return message_id

    def read(self, datagram: bytes, now_s: float) -> Answer | None:
        """What the receiver answers (RFC 3412 7.2, RFC 3414 3.2)."""
        at, end = ber.expect(datagram, 0, ber.SEQUENCE)
        version, at = ber.integer(datagram, at)
        if version != 3 or end != len(datagram):
            return None
        header = read_header(datagram, at)
        message_id, _ = ber.integer(header.id, 0)
        asked, level = self._asked.get(message_id), header.level
        if asked is None or level is None or header.model != Model.USM:
            return None
        said, at = read_parameters(datagram, header.end)
        tag, start, data_end = ber.header(datagram, at)
        if data_end != len(datagram) or tag != (0x04 if level is Level.AUTH_PRIV else ber.SEQUENCE):
            raise ber.BerError("neither a scopedPDU nor an encrypted one to the end")
        data = datagram[start if level is Level.AUTH_PRIV else at :]
        if level is Level.NO_AUTH_NO_PRIV:
            return self._read_plain(message_id, asked, said, data)
        return self._read_authentic(datagram, header, asked, said, data, now_s)

    def _read_plain(self, message_id: int, asked: _Asked, said: Parameters, data: bytes) -> Answer | None:
        """An answer without a digest: a Report, or an answer to an inform that had none either."""
        if self._level is Level.NO_AUTH_NO_PRIV and asked.engine_id:
            answer = self._response(asked, said, data)
            if answer is not None:
                return answer
        report = _report_of(data)
        if report is None:
            return None
        if report != UNKNOWN_ENGINE_IDS:
            return Complaint(f"the receiver {_REPORTS.get(report, 'sent a Report without authentication')}")
        if not 5 <= len(said.engine_id) <= 32 or said.engine_id == asked.engine_id:
            return Complaint("the receiver names no usable engine ID")
        if self._engine is None or self._engine.id != said.engine_id:
            self._engine = _Engine(said.engine_id, self._localized(said.engine_id))
        return self._again(message_id, asked)

    def _read_authentic(
        self, datagram: bytes, header: Header, asked: _Asked, said: Parameters, data: bytes, now_s: float
    ) -> Answer | None:
        engine, level = self._engine, header.level
        if engine is None or level is None or said.engine_id != engine.id or said.user != engine.user.name:
            return None
        if level > engine.user.level:
            return None
        plain = self._sealing(engine.id, 0, lambda: 0).open_answer(datagram, said, engine.user, level, data)
        if plain is None:
            return None
        if _report_of(plain) == NOT_IN_TIME_WINDOWS:
            # It answers a msgID that nobody could foretell, so it is no replay: what it says is so even when it goes
            # back, as where a receiver has lost its boots. RFC 3414 3.2 7b alone would wait for the time lost.
            engine.learn(said, now_s)
            message_id, _ = ber.integer(header.id, 0)
            return self._again(message_id, asked)
        if not engine.takes(said, now_s):
            return None
        report = _report_of(plain)
        if report is not None:
            return Complaint(f"the receiver {_REPORTS.get(report, 'sent a Report that is not understood')}")
        return self._response(asked, said, plain) if level is self._level else None

    def _again(self, message_id: int, asked: _Asked) -> Answer | None:
        del self._asked[message_id]
        if asked.repeats >= _REPEATS:
            return Complaint("the receiver's engine does not settle on an engine ID and time")
        self._repeats[asked.request_id] = asked.repeats + 1
        while len(self._repeats) > _ASKED_KEPT:
            del self._repeats[next(iter(self._repeats))]
        return Again(asked.request_id)

    def _response(self, asked: _Asked, said: Parameters, data: bytes) -> Answer | None:
        """A Response to the message it answers, from the engine it went to and of the same context."""
        at, end = ber.expect(data, 0, ber.SEQUENCE)
        context_engine_id, at = ber.string(data, at)
        context, at = ber.string(data, at)
        if (said.engine_id, context_engine_id, context) != (asked.engine_id, self._own_engine_id, asked.context):
            return None
        answer = read_response(data, at, end)
        if answer is None or isinstance(answer, (Again, Complaint)) or answer.request_id != asked.request_id:
            return None
        return answer


def _report_of(data: bytes) -> bytes | None:
    """Packed name of the counter in a plain scopedPDU with a Report; None for another PDU."""
    at, end = ber.expect(data, 0, ber.SEQUENCE)
    _, at = ber.string(data, at)
    _, at = ber.string(data, at)
    found = pdu.read_request(data, at, end)
    if found.tag != pdu.REPORT or not found.names:
        return None
    return found.names[0]
