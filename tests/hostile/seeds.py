"""Valid messages of every version, security level and PDU type: what hostile ones are made from."""

from __future__ import annotations

from dataclasses import dataclass

from tests.hostile.elements import marked
from tests.snmp import messages
from tests.snmp.agents import LONG, NAMES, NUMBERS, PLAIN, SEALED, SIGNED, USERS, WIDE
from tests.snmp.messages import AUTH, GET, GET_BULK, INFORM, PRIV, REPORTABLE, SET, V1_TRAP, V3, Oid, Peer, User

SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5, 0)
SYS_LOCATION: Oid = (1, 3, 6, 1, 2, 1, 1, 6, 0)
SERVICES: Oid = (1, 3, 6, 1, 2, 1, 1, 7, 0)
_UPTIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
_TRAP_OID: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)
NOBODY, EMPTY = User(b"nobody"), User(b"")
SENDERS = (*USERS, NOBODY, EMPTY)
PDU_TAGS = range(0xA0, 0xA9)
REQUEST_TAGS = (messages.GET, messages.GET_NEXT, messages.SET, messages.GET_BULK)
TRAP_TAGS = (V1_TRAP, INFORM, messages.TRAP, messages.RESPONSE, messages.REPORT)
_NAMES: list[Oid | bytes] = [SYS_NAME, (*NUMBERS, 1, 1), (*WIDE, 1, 2), (1, 3, 9), LONG, NAMES]
_VALUES = (b"\x04\x01x", b"\x42\x01\x05", b"\x46\x01\x05", b"\x40\x04abcd", b"\x06\x01\x2b", b"\x05\x00")


def body(tag: int, request_id: int = 7) -> bytes:
    """A valid PDU of a type."""
    if tag == SET:
        written = [messages.varbind(SYS_NAME, b"\x04\x01x"), messages.varbind(SYS_LOCATION, b"\x04\x04rack")]
        return messages.pdu(tag, written, request_id=request_id)
    if tag == GET_BULK:
        return messages.pdu(tag, _NAMES, request_id=request_id, a=1, b=3)
    if tag == V1_TRAP:
        return v1_trap()
    if tag in (INFORM, messages.TRAP):
        head = [messages.varbind(_UPTIME, b"\x43\x01\x07"), messages.varbind(_TRAP_OID, b"\x06\x03\x2b\x06\x01")]
        return messages.pdu(tag, head + [messages.varbind(SYS_NAME, value) for value in _VALUES], request_id=request_id)
    return messages.pdu(tag, _NAMES, request_id=request_id)


def v1_trap() -> bytes:
    """A Trap-PDU of v1 (RFC 1157 4.1.6)."""
    head = messages.tlv(0x06, messages.oid_content((1, 3, 6, 1, 4, 1, 5597))) + b"\x40\x04\x7f\0\0\1"
    numbers = messages.integer(6) + messages.integer(1) + b"\x43\x01\x07"
    return messages.tlv(V1_TRAP, head, numbers, messages.tlv(0x30, messages.varbind(SYS_NAME, b"\x04\x01x")))


def bodies() -> list[bytes]:
    """A PDU of every type, and a SET that has a value of every type."""
    mixed = messages.pdu(SET, [messages.varbind(SYS_NAME, value) for value in _VALUES], request_id=7)
    return [*(body(tag) for tag in PDU_TAGS), mixed]


@dataclass(frozen=True)
class Head:
    """What a PDU can stand in: a community message, or a user's at a level."""

    name: str
    version: int
    user: User = EMPTY

    def wrap(self, inner: bytes, peer: Peer) -> bytes:
        """The message; where it has a digest, that is the mark that `signed` replaces."""
        if self.version != V3:
            return messages.message(inner, version=self.version)
        return peer.build(self.user, inner, digest=marked(self.user))


HEADS = (
    Head("v1", messages.V1),
    Head("v2c", messages.V2C),
    Head("v3 noAuthNoPriv", V3, PLAIN),
    Head("v3 authNoPriv", V3, SIGNED),
    Head("v3 authPriv", V3, SEALED),
)


def whole_messages(peer: Peer) -> list[tuple[User, bytes]]:
    """Every PDU in every head, and messages that are turned away early; the digests of users are marks."""
    found = [(head.user, head.wrap(inner, peer)) for head in HEADS for inner in bodies()]
    found += [(EMPTY, peer.build(user, body(GET))) for user in (NOBODY, EMPTY)]
    late = [Peer(peer.engine_id, boots, peer.time) for boots in (0, 2**31 - 1)]
    found += [(EMPTY, other.build(user, body(GET))) for user in USERS for other in late]
    wrong_level = [(PLAIN, AUTH | REPORTABLE), (SIGNED, AUTH | PRIV | REPORTABLE), (SEALED, PRIV | REPORTABLE)]
    found += [
        (EMPTY, peer.build(user, body(GET), flags=flags, digest=bytes(24), plain=b"\x04\x02ab"))
        for user, flags in wrong_level
    ]
    return [*found, (EMPTY, discovery())]


def discovery() -> bytes:
    """The first message of a manager that does not know the engine (RFC 3414 4)."""
    return Peer().build(EMPTY, messages.pdu(GET))
