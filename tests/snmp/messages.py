"""SNMP messages built and read by hand, independent of the agent: a second opinion on BER, PDUs and USM."""

from __future__ import annotations

import hashlib
import hmac
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

Oid = tuple[int, ...]
Value = tuple[int, bytes]

V1, V2C, V3 = 0, 1, 3
GET, GET_NEXT, RESPONSE, SET, V1_TRAP, GET_BULK, INFORM, TRAP, REPORT = range(0xA0, 0xA9)
NO_ERROR, TOO_BIG, NO_SUCH_NAME, BAD_VALUE, READ_ONLY, GEN_ERR = range(6)
NO_ACCESS, WRONG_TYPE, WRONG_LENGTH, WRONG_ENCODING, WRONG_VALUE, NO_CREATION, INCONSISTENT_VALUE = range(6, 13)
COMMIT_FAILED, AUTHORIZATION_ERROR, NOT_WRITABLE = 14, 16, 17
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = (0x80, b""), (0x81, b""), (0x82, b"")
INTEGER, STRING, COUNTER32, COUNTER64 = 0x02, 0x04, 0x41, 0x46
NULL = b"\x05\x00"
AUTH, PRIV, REPORTABLE = 1, 2, 4
USM = 3

_ids = itertools.count(1000)


def dotted(text: str) -> Oid:
    return tuple(int(part) for part in text.strip(".").split("."))


def length(size: int, pad: int = 0) -> bytes:
    """Length octets; padded to a form longer than needed when asked."""
    if size < 128 and not pad:
        return bytes([size])
    octets = size.to_bytes(max((size.bit_length() + 7) // 8, 1) + pad, "big")
    return bytes([0x80 | len(octets)]) + octets


def tlv(tag: int, *parts: bytes, pad: int = 0) -> bytes:
    content = b"".join(parts)
    return bytes([tag]) + length(len(content), pad) + content


def integer(value: int, tag: int = INTEGER) -> bytes:
    size = 1
    while not -(1 << 8 * size - 1) <= value < 1 << 8 * size - 1:
        size += 1
    return tlv(tag, value.to_bytes(size, "big", signed=True))


def string(value: bytes) -> bytes:
    return tlv(STRING, value)


def oid_content(oid: Sequence[int]) -> bytes:
    out = b""
    for number in (oid[0] * 40 + oid[1], *oid[2:]):
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | 0x80)
        out += bytes(reversed(groups))
    return out


def varbind(oid: Sequence[int], value: bytes = NULL) -> bytes:
    return tlv(0x30, tlv(0x06, oid_content(oid)), value)


def pdu(tag: int, names: Iterable[Sequence[int] | bytes] = (), *, request_id: int = 1, a: int = 0, b: int = 0) -> bytes:
    """A PDU; `a` and `b` are error-status and error-index, or non-repeaters and max-repetitions.

    Names may be whole varbinds.
    """
    varbinds = [name if isinstance(name, bytes) else varbind(name) for name in names]
    return tlv(tag, integer(request_id), integer(a), integer(b), tlv(0x30, *varbinds))


def message(body: bytes, *, version: int = V2C, community: bytes = b"public") -> bytes:
    """A v1 or v2c message."""
    return tlv(0x30, integer(version), string(community), body)


def get(*names: Sequence[int] | bytes, version: int = V2C, community: bytes = b"public", request_id: int = 1) -> bytes:
    return message(pdu(GET, names, request_id=request_id), version=version, community=community)


def get_next(*names: Sequence[int] | bytes, version: int = V2C, community: bytes = b"public") -> bytes:
    return message(pdu(GET_NEXT, names), version=version, community=community)


def get_bulk(
    non_repeaters: int, repetitions: int, *names: Sequence[int] | bytes, community: bytes = b"public"
) -> bytes:
    return message(pdu(GET_BULK, names, a=non_repeaters, b=repetitions), community=community)


def get_of_size(name: Sequence[int], octets: int) -> bytes:
    """A GET of exactly this size, padded in the value, which a GET ignores."""
    for padding in range(max(octets - 60, 0), octets):
        datagram = get(varbind(name, string(bytes(padding))))
        if len(datagram) == octets:
            return datagram
    raise AssertionError(octets)


# Reading


def elements(octets: bytes, *, minimal: bool = True) -> Iterator[tuple[int, bytes]]:
    """Tag and content of elements one behind the other; asserts that lengths are definite, and minimal if wanted."""
    at = 0
    while at < len(octets):
        tag, size = octets[at], octets[at + 1]
        at += 2
        if size & 0x80:
            width = size & 0x7F
            assert width, "indefinite length in an answer"
            size = int.from_bytes(octets[at : at + width], "big")
            assert size >= 128 or not minimal, "length not minimal in an answer"
            at += width
        assert at + size <= len(octets), "cut off"
        yield tag, octets[at : at + size]
        at += size


def one(octets: bytes, tag: int) -> bytes:
    """Content of the only element there is."""
    ((found, content),) = elements(octets)
    assert found == tag, f"tag {found:#x} where {tag:#x} belongs"
    return content


def number(content: bytes) -> int:
    assert content
    return int.from_bytes(content, "big", signed=True)


def read_oid(content: bytes) -> Oid:
    numbers, value = [], 0
    for octet in content:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(value)
            value = 0
    first = min(numbers[0] // 40, 2)
    return (first, numbers[0] - first * 40, *numbers[1:])


@dataclass(frozen=True)
class Answer:
    """What a response says."""

    tag: int
    request_id: int
    status: int
    index: int
    varbinds: list[tuple[Oid, Value]]
    version: int = V2C
    community: bytes = b""
    size: int = 0

    @property
    def names(self) -> list[Oid]:
        return [name for name, _ in self.varbinds]

    @property
    def values(self) -> list[Value]:
        return [value for _, value in self.varbinds]

    @property
    def outcome(self) -> tuple[int, int]:
        return self.status, self.index


def read_pdu(octets: bytes) -> Answer:
    ((tag, content),) = elements(octets)
    (_, request_id), (_, status), (_, index), (list_tag, listed) = elements(content)
    assert list_tag == 0x30
    varbinds = []
    for varbind_tag, pair in elements(listed):
        assert varbind_tag == 0x30
        (name_tag, name), value = elements(pair)
        assert name_tag == 0x06
        varbinds.append((read_oid(name), value))
    return Answer(tag, number(request_id), number(status), number(index), varbinds)


def read(datagram: bytes) -> Answer:
    """A v1 or v2c message."""
    (_, version), (_, community), (tag, content) = elements(one(datagram, 0x30))
    body = read_pdu(tlv(tag, content))
    return Answer(
        body.tag, body.request_id, body.status, body.index, body.varbinds, number(version), community, len(datagram)
    )


# SNMPv3

HASHES = {
    "MD5": ("md5", 12),
    "SHA": ("sha1", 12),
    "SHA-224": ("sha224", 16),
    "SHA-256": ("sha256", 24),
    "SHA-384": ("sha384", 32),
    "SHA-512": ("sha512", 48),
}
KEY_SIZES = {"DES": 16, "AES-128": 16, "AES-192": 24, "AES-256": 32, "AES-192-C": 24, "AES-256-C": 32}


@cache
def master(algorithm: str, secret: bytes) -> bytes:
    """RFC 3414 A.2, before localizing."""
    octets = secret * (1048576 // len(secret) + 1)
    return hashlib.new(algorithm, octets[:1048576]).digest()


def localized(algorithm: str, secret: bytes, engine_id: bytes) -> bytes:
    """RFC 3414 A.2."""
    key = master(algorithm, secret)
    return hashlib.new(algorithm, key + engine_id + key).digest()


def privacy_key(algorithm: str, secret: bytes, engine_id: bytes, protocol: str) -> bytes:
    """Extended as Blumenthal does (AES-192, AES-256) or as Reeder does (-C), where the hash is too short."""
    key, size = localized(algorithm, secret, engine_id), KEY_SIZES[protocol]
    while len(key) < size:
        if protocol.endswith("-C"):
            key += localized(algorithm, key, engine_id)
        else:
            key += hashlib.new(algorithm, key).digest()
    return key[:size]


@dataclass(frozen=True)
class User:
    """A v3 user with its secrets."""

    name: bytes
    auth: str = ""
    auth_secret: bytes = b""
    priv: str = ""
    priv_secret: bytes = b""

    @property
    def level(self) -> int:
        return (AUTH if self.auth else 0) | (PRIV if self.priv else 0)


@dataclass(frozen=True)
class UserAnswer:
    """What a v3 message says, its digest checked and its scoped PDU decrypted."""

    msg_id: int
    max_size: int
    flags: int
    engine_id: bytes
    boots: int
    time: int
    user: bytes
    context_engine_id: bytes
    context: bytes
    pdu: Answer
    size: int
    salt: bytes = b""


@dataclass
class Peer:
    """The agent as a v3 manager knows it."""

    engine_id: bytes = b""
    boots: int = 0
    time: int = 0
    salt: int = field(default_factory=lambda: next(_ids))

    def build(
        self,
        user: User,
        body: bytes,
        *,
        flags: int | None = None,
        msg_id: int | None = None,
        max_size: int = 65507,
        model: int = USM,
        context: bytes = b"",
        context_engine_id: bytes | None = None,
        digest: bytes | None = None,
        plain: bytes | None = None,
        scoped: bytes | None = None,
    ) -> bytes:
        """A message, signed and encrypted as its flags say.

        `digest`, `plain` (msgData) and `scoped` (the scopedPDU before it is encrypted) override what is right.
        """
        flags = user.level | REPORTABLE if flags is None else flags
        engine_id = self.engine_id if context_engine_id is None else context_engine_id
        data = tlv(0x30, string(engine_id), string(context), body) if scoped is None else scoped
        data = data if plain is None else plain
        salt = b""
        if flags & PRIV and plain is None:
            self.salt += 1
            salt = self.salt.to_bytes(8, "big")
            data = string(self._crypt(user, salt, self.boots, self.time, data, decrypt=False))
        digest_size = HASHES[user.auth][1] if flags & AUTH and user.auth else 0
        head = integer(next(_ids) if msg_id is None else msg_id) + integer(max_size) + string(bytes([flags]))
        head = tlv(0x30, head, integer(model))

        def whole(digest: bytes) -> bytes:
            security = string(self.engine_id) + integer(self.boots) + integer(self.time)
            security = tlv(0x30, security, string(user.name), string(digest), string(salt))
            return tlv(0x30, integer(V3), head, string(security), data)

        if digest is not None:
            return whole(digest)
        if digest_size:
            algorithm = HASHES[user.auth][0]
            key = localized(algorithm, user.auth_secret, self.engine_id)
            return whole(hmac.digest(key, whole(bytes(digest_size)), algorithm)[:digest_size])
        return whole(b"")

    def read(self, datagram: bytes, user: User) -> UserAnswer:
        """An answer; asserts that its digest is right where it has one."""
        (_, version), (_, head), (_, security), (data_tag, data) = elements(one(datagram, 0x30))
        assert number(version) == V3
        (_, msg_id), (_, max_size), (_, flags), (_, model) = elements(head)
        assert number(model) == USM
        engine_id, boots, time, name, digest, salt = (content for _, content in elements(one(security, 0x30)))
        if flags[0] & AUTH:
            algorithm, size = HASHES[user.auth]
            assert len(digest) == size
            key = localized(algorithm, user.auth_secret, engine_id)
            blank = datagram.replace(digest, bytes(size), 1)
            assert hmac.digest(key, blank, algorithm)[:size] == digest, "the answer's digest is wrong"
        if flags[0] & PRIV:
            assert data_tag == STRING
            data = self._crypt(user, salt, number(boots), number(time), data, decrypt=True, engine_id=engine_id)
            data = next(elements(data))[1] if user.priv == "DES" else one(data, 0x30)  # DES: padding behind it
        (_, context_engine_id), (_, context), (tag, body) = elements(data)
        return UserAnswer(
            number(msg_id), number(max_size), flags[0], engine_id, number(boots), number(time), name,
            context_engine_id, context, read_pdu(tlv(tag, body)), len(datagram), salt,
        )  # fmt: skip

    def _crypt(
        self, user: User, salt: bytes, boots: int, time: int, data: bytes, *, decrypt: bool, engine_id: bytes = b""
    ) -> bytes:
        """AES in CFB mode (RFC 3826 3.1.2.1), or DES in CBC mode (RFC 3414 8.1.1)."""
        algorithm = HASHES[user.auth][0]
        key = privacy_key(algorithm, user.priv_secret, engine_id or self.engine_id, user.priv)
        cipher: Cipher[CFB] | Cipher[CBC]
        if user.priv == "DES":
            vector = (int.from_bytes(key[8:], "big") ^ int.from_bytes(salt, "big")).to_bytes(8, "big")
            cipher = Cipher(TripleDES(key[:8] * 3), CBC(vector))
            data += bytes(-len(data) % 8)
        else:
            cipher = Cipher(AES(key), CFB(boots.to_bytes(4, "big") + time.to_bytes(4, "big") + salt))
        context = cipher.decryptor() if decrypt else cipher.encryptor()
        return context.update(data) + context.finalize()
