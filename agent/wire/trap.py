"""Notifications as messages of v1 and v2c, and the v3 traps, for which this engine is the authoritative one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from agent.mib.encoding import IP_ADDRESS, OBJECT_IDENTIFIER, TIME_TICKS, Oid, integer, oid, tlv
from agent.mib.standard.notices import SNMP_TRAP_ENTERPRISE, SNMP_TRAPS
from agent.wire import ber, pdu
from agent.wire.access import Level
from agent.wire.delivery import Order
from agent.wire.notice import Notice
from agent.wire.usm import User, Usm

V1, V2C = 0, 1
TRAP_V1: Final = 0xA4
ENTERPRISE_SPECIFIC: Final = 6

_SYS_UP_TIME: Final = tlv(OBJECT_IDENTIFIER, oid((1, 3, 6, 1, 2, 1, 1, 3, 0)))
_TRAP_OID: Final = tlv(OBJECT_IDENTIFIER, oid((1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)))
_TRAP_ADDRESS: Final = tlv(OBJECT_IDENTIFIER, oid((1, 3, 6, 1, 6, 3, 18, 1, 3, 0)))
_NO_ERROR: Final = b"\x02\x01\x00\x02\x01\x00"

_STATUS: Final = (
    "noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr", "noAccess", "wrongType", "wrongLength",
    "wrongEncoding", "wrongValue", "noCreation", "inconsistentValue", "resourceUnavailable", "commitFailed",
    "undoFailed", "authorizationError", "notWritable", "inconsistentName",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The receiver has an inform."""

    request_id: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The receiver answered an inform with an error."""

    request_id: int
    problem: str


@dataclass(frozen=True, slots=True)
class Again:
    """More is known of the receiver's engine now: the same inform is to be sent at once."""

    request_id: int


@dataclass(frozen=True, slots=True)
class Complaint:
    """The receiver's engine does not take our messages, or answers strangely."""

    problem: str


Answer = Acknowledged | Refused | Again | Complaint


class Dialect(Protocol):
    """How one receiver is spoken to. Times are seconds of a clock that only goes forward."""

    def message(self, order: Order, now_s: float, address: bytes = b"") -> bytes:
        """The datagram for a notification; `address` is the IPv4 address of the device it is about, if that has one."""

    def read(self, datagram: bytes, now_s: float) -> Answer | None:
        """What a datagram from the receiver's address means; None for what is no answer to anything sent.

        Raises:
            BerError: it is not what it must be.
        """

    def leaves_from(self, address: bytes) -> None:
        """The own IPv4 address that messages leave from, four octets; zeros where it is not IPv4."""


class V1Traps:
    """SNMPv1 Trap-PDUs (RFC 1157 4.1.6), from the notification as RFC 3584 3.2 says."""

    def __init__(self, community: bytes) -> None:
        self._head = tlv(0x02, integer(V1)) + tlv(0x04, community)
        self._agent_address = bytes(4)

    def leaves_from(self, address: bytes) -> None:
        """agent-addr from now on."""
        self._agent_address = address

    def message(self, order: Order, now_s: float, address: bytes = b"") -> bytes:
        """The whole message."""
        return tlv(0x30, self._head + trap_v1(order.notice, address or self._agent_address))

    def read(self, datagram: bytes, now_s: float) -> Answer | None:
        """Traps are not answered."""
        return None


class V2cNotifications:
    """SNMPv2c traps or informs (RFC 3416 4.2.6, 4.2.7)."""

    def __init__(self, community: bytes, *, is_confirmed: bool) -> None:
        self._community = community
        self._head = tlv(0x02, integer(V2C)) + tlv(0x04, community)
        self._tag = pdu.INFORM if is_confirmed else pdu.TRAP

    def leaves_from(self, address: bytes) -> None:
        """Not said in v2c."""

    def message(self, order: Order, now_s: float, address: bytes = b"") -> bytes:
        """The whole message."""
        return tlv(0x30, self._head + notification(order, self._tag, address))

    def read(self, datagram: bytes, now_s: float) -> Answer | None:
        """What the receiver answers to an inform."""
        at, end = ber.expect(datagram, 0, ber.SEQUENCE)
        version, at = ber.integer(datagram, at)
        community, at = ber.string(datagram, at)
        if self._tag != pdu.INFORM or version != V2C or community != self._community or end != len(datagram):
            return None
        return read_response(datagram, at, end)


class V3Traps:
    """SNMPv3 traps: their receiver knows this engine, its boots and time, and keys localized to it (RFC 3414 2.1).

    Args:
        names_device: whether what is about a device is sent in the device's context.
    """

    def __init__(
        self, usm: Usm, user: User, level: Level, numbers: MessageNumbers, *, names_device: bool = False
    ) -> None:
        self._usm = usm
        self._user = user
        self._level = level
        self._numbers = numbers
        self._names_device = names_device

    def leaves_from(self, address: bytes) -> None:
        """Not said in v3."""

    def message(self, order: Order, now_s: float, address: bytes = b"") -> bytes:
        """The whole message; a Report is never asked for (RFC 3412 6.4)."""
        head = global_data(self._numbers(), self._level, is_reportable=False)
        context = order.notice.device.encode() if self._names_device else b""
        body = scoped(self._usm.engine_id, notification(order, pdu.TRAP, address), context)
        return self._usm.seal(head, self._user, self._level, body)

    def read(self, datagram: bytes, now_s: float) -> Answer | None:
        """Traps are not answered."""
        return None


class MessageNumbers(Protocol):
    """Gives msgIDs, 0 to 2^31-1, that nobody can foretell."""

    def __call__(self) -> int:
        """The next one."""


MESSAGE_SIZE: Final = 65_507
"""The largest answer taken: what a UDP datagram holds."""


def global_data(message_id: int, level: Level, *, is_reportable: bool) -> bytes:
    """Version and msgGlobalData of a v3 message of the user-based security model (RFC 3412 6)."""
    flags = {Level.NO_AUTH_NO_PRIV: 0, Level.AUTH_NO_PRIV: 1, Level.AUTH_PRIV: 3}[level] | (4 if is_reportable else 0)
    fields = tlv(0x02, integer(message_id)) + tlv(0x02, integer(MESSAGE_SIZE)) + bytes((0x04, 1, flags))
    return b"\x02\x01\x03" + tlv(0x30, fields + b"\x02\x01\x03")


def scoped(engine_id: bytes, body: bytes, context: bytes = b"") -> bytes:
    """A scopedPDU of a context of this engine, the default one unless said otherwise (RFC 3413 3.3)."""
    return tlv(0x30, tlv(0x04, engine_id) + tlv(0x04, context) + body)


def notification(order: Order, tag: int, address: bytes = b"") -> bytes:
    """The PDU: sysUpTime.0 and snmpTrapOID.0 first (RFC 3416 4.2.6), snmpTrapAddress.0 last (RFC 3584 3.1)."""
    notice = order.notice
    first = tlv(0x30, _SYS_UP_TIME + tlv(TIME_TICKS, integer(notice.uptime_ticks & 0xFFFFFFFF)))
    second = tlv(0x30, _TRAP_OID + tlv(OBJECT_IDENTIFIER, oid(notice.oid)))
    last = tlv(0x30, _TRAP_ADDRESS + tlv(IP_ADDRESS, address)) if address else b""
    listed = tlv(0x30, first + second + b"".join(notice.varbinds) + last)
    return tlv(tag, tlv(0x02, integer(order.request_id)) + _NO_ERROR + listed)


def trap_v1(notice: Notice, agent_address: bytes) -> bytes:
    """The Trap-PDU of a notification without Counter64 (RFC 3584 3.2)."""
    enterprise, generic, specific = _kind_v1(notice)
    fields = tlv(OBJECT_IDENTIFIER, oid(enterprise)) + tlv(IP_ADDRESS, agent_address)
    fields += tlv(0x02, integer(generic)) + tlv(0x02, integer(specific))
    fields += tlv(TIME_TICKS, integer(notice.uptime_ticks & 0xFFFFFFFF))
    return tlv(TRAP_V1, fields + tlv(0x30, b"".join(notice.varbinds)))


def _kind_v1(notice: Notice) -> tuple[Oid, int, int]:
    """enterprise, generic-trap and specific-trap; the six generic ones are snmpTraps.1 to .6."""
    parent, last = notice.oid[:-1], notice.oid[-1]
    if parent == SNMP_TRAPS and 1 <= last <= 6:
        for octets in notice.varbinds:
            name, tag, content = ber.varbind(octets)
            if name == SNMP_TRAP_ENTERPRISE and tag == OBJECT_IDENTIFIER:
                return ber.object_identifier(content), last - 1, 0
        return SNMP_TRAPS, last - 1, 0
    enterprise = parent[:-1] if parent[-1] == 0 else parent
    return enterprise, ENTERPRISE_SPECIFIC, last


def read_response(octets: bytes, at: int, end: int) -> Answer | None:
    """What a Response-PDU from a position to the end says of an inform; None when it is another PDU.

    Raises:
        BerError: it is not what it must be.
    """
    answer = pdu.read_request(octets, at, end)
    if answer.tag != pdu.RESPONSE:
        return None
    request_id, _ = ber.integer(answer.request_id, 0)
    status = answer.non_repeaters
    if status:
        name = _STATUS[status] if 0 < status < len(_STATUS) else f"error status {status}"
        return Refused(request_id, f"the receiver answered {name}")
    return Acknowledged(request_id)
