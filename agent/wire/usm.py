"""The user-based security model (RFC 3414), for an engine that is always the authoritative one.

`open` follows 3.2 step by step; `seal` follows 3.1. Digests are compared in constant time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hmac import compare_digest
from typing import Final, NamedTuple

from agent.mib.encoding import Oid, integer, tlv
from agent.wire import ber, privacy, signing
from agent.wire.access import Level
from agent.wire.counters import Counters
from agent.wire.keys import AuthProtocol, PrivProtocol

BOOTS_MAX: Final = 2**31 - 1
TIME_WINDOW_S: Final = 150
_STATS: Final = (1, 3, 6, 1, 6, 3, 15, 1, 1)


@dataclass(frozen=True, slots=True)
class User:
    """A user with localized keys; what it has decides how far its messages can be protected."""

    name: bytes
    auth: AuthProtocol | None = None
    auth_key: bytes = b""
    priv: PrivProtocol | None = None
    priv_key: bytes = b""

    @property
    def level(self) -> Level:
        """The highest level it can be used at."""
        if self.auth is None:
            return Level.NO_AUTH_NO_PRIV
        return Level.AUTH_PRIV if self.priv else Level.AUTH_NO_PRIV

    def __repr__(self) -> str:
        return f"User({self.name!r}, {self.level.name})"


class Parameters(NamedTuple):
    """msgSecurityParameters (RFC 3414 2.4), and where the digest stands in the message."""

    engine_id: bytes
    boots: int
    time_s: int
    user: bytes
    digest: bytes
    digest_at: int
    salt: bytes


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a message is not let in: the counter to report, and to whom at which level."""

    oid: Oid
    value: int
    user: User
    level: Level = Level.NO_AUTH_NO_PRIV


def read_parameters(datagram: bytes, at: int) -> tuple[Parameters, int]:
    """The security parameters that begin at a position, and where they end.

    Raises:
        BerError: they are not what they must be.
    """
    start, end = ber.expect(datagram, at, 0x04)
    at, inner_end = ber.expect(datagram, start, ber.SEQUENCE)
    if inner_end != end:
        raise ber.BerError("octets behind the security parameters")
    engine_id, at = ber.string(datagram, at)
    boots, at = ber.integer(datagram, at)
    time_s, at = ber.integer(datagram, at)
    user, at = ber.string(datagram, at)
    digest, at = ber.string(datagram, at)
    digest_at = at - len(digest)
    salt, at = ber.string(datagram, at)
    if at != end or boots < 0 or time_s < 0 or len(user) > 32:
        raise ber.BerError("malformed security parameters")
    return Parameters(engine_id, boots, time_s, user, digest, digest_at, salt), end


class Usm:
    """Security of one engine.

    Args:
        time_s: the engine's time.
        salts: numbers of which none comes twice, in this process or another that shares boots and keys.
    """

    def __init__(
        self,
        engine_id: bytes,
        boots: int,
        time_s: Callable[[], int],
        users: Mapping[bytes, User],
        counters: Counters,
        salts: Iterator[int],
    ) -> None:
        self.engine_id = engine_id
        self.boots = boots
        self.time_s = time_s
        self.users = users
        self._counters = counters
        self._salts = salts
        self._engine = tlv(0x04, engine_id) + tlv(0x02, integer(boots))
        self._beginning = b""
        self._beginning_s = -1

    def open(self, datagram: bytes, said: Parameters, level: Level, data: bytes) -> tuple[User, bytes] | Trouble:
        """The user and the plain scopedPDU of an incoming message, or why it is not let in (RFC 3414 3.2).

        Args:
            datagram: the whole message.
            said: its security parameters.
            level: what its flags say.
            data: its msgData: the scopedPDU, or the content of encryptedPDU.
        """
        counters = self._counters
        if said.engine_id != self.engine_id:  # step 3
            counters.unknown_engine_ids += 1
            return Trouble((*_STATS, 4, 0), counters.unknown_engine_ids, User(said.user))
        user = self.users.get(said.user)
        if user is None or not said.user:  # step 4
            counters.unknown_user_names += 1
            return Trouble((*_STATS, 3, 0), counters.unknown_user_names, User(said.user))
        if level > user.level:  # step 5
            counters.unsupported_sec_levels += 1
            return Trouble((*_STATS, 1, 0), counters.unsupported_sec_levels, user)
        if level >= Level.AUTH_NO_PRIV:
            if not self._is_authentic(datagram, said, user):  # step 6
                counters.wrong_digests += 1
                return Trouble((*_STATS, 5, 0), counters.wrong_digests, user)
            if not self._is_timely(said):  # step 7
                counters.not_in_time_windows += 1
                return Trouble((*_STATS, 2, 0), counters.not_in_time_windows, user, Level.AUTH_NO_PRIV)
        if level is Level.AUTH_PRIV:  # step 8
            plain = self._decrypted(user, said, data)
            return self.undecryptable(user) if plain is None else (user, plain)
        return user, data

    def open_answer(self, datagram: bytes, said: Parameters, user: User, level: Level, data: bytes) -> bytes | None:
        """The plain scopedPDU of an authenticated answer from an engine that is the authoritative one.

        None when it is not authentic or cannot be decrypted; whether it is in time is for the caller to say.
        """
        if not self._is_authentic(datagram, said, user):
            return None
        return self._decrypted(user, said, data) if level is Level.AUTH_PRIV else data

    def _decrypted(self, user: User, said: Parameters, data: bytes) -> bytes | None:
        """The plain scopedPDU, for DES with its padding; None when it cannot be."""
        assert user.priv is not None  # noqa: S101 - the level was checked
        if len(said.salt) != privacy.SALT_OCTETS:
            return None
        moment = privacy.Moment(said.boots, said.time_s, said.salt)
        return privacy.decrypted(user.priv, user.priv_key, moment, data)

    def undecryptable(self, user: User) -> Trouble:
        """What was decrypted is no scopedPDU: counted and reported as a decryption error."""
        self._counters.decryption_errors += 1
        return Trouble((*_STATS, 6, 0), self._counters.decryption_errors, user)

    def _is_authentic(self, datagram: bytes, said: Parameters, user: User) -> bool:
        assert user.auth is not None  # noqa: S101 - the level was checked
        size = user.auth.digest_octets
        if len(said.digest) != size:
            return False
        zeroed = datagram[: said.digest_at] + bytes(size) + datagram[said.digest_at + size :]
        return compare_digest(signing.digest(user.auth, user.auth_key, zeroed), said.digest)

    def _is_timely(self, said: Parameters) -> bool:
        if self.boots == BOOTS_MAX or said.boots != self.boots:
            return False
        return abs(said.time_s - self.time_s()) <= TIME_WINDOW_S

    def frame_octets(self, user: User, level: Level) -> int:
        """Octets that `seal` puts around header and scopedPDU, at most."""
        is_private = level is Level.AUTH_PRIV
        fields = len(self._engine_and_time(self.time_s())) + len(_user_and_zeros(user, level)) + 2
        headers = 4 + 4 + 4  # message, parameters twice
        if is_private:
            fields += privacy.SALT_OCTETS
            headers += 4 + privacy.padding_octets(user.priv)  # ciphertext
        return fields + headers

    def seal(self, header: bytes, user: User, level: Level, scoped: bytes) -> bytes:
        """The whole message around a scopedPDU (RFC 3414 3.1).

        Args:
            header: version and msgGlobalData, finished.
            user: whose keys protect it.
            level: how far.
            scoped: the whole scopedPDU.
        """
        time_s, salt = self.time_s(), b""
        if level is Level.AUTH_PRIV:
            assert user.priv is not None  # noqa: S101 - nobody gets this level without
            salt = privacy.salt(user.priv, self.boots, next(self._salts))
            moment = privacy.Moment(self.boots, time_s, salt)
            scoped = tlv(0x04, privacy.encrypted(user.priv, user.priv_key, moment, scoped))
        after = tlv(0x04, salt)
        fields = self._engine_and_time(time_s) + _user_and_zeros(user, level) + after
        message = tlv(0x30, header + tlv(0x04, tlv(0x30, fields)) + scoped)
        if level is Level.NO_AUTH_NO_PRIV or user.auth is None:
            return message
        end = len(message) - len(scoped) - len(after)
        digest = signing.digest(user.auth, user.auth_key, message)
        return message[: end - len(digest)] + digest + message[end:]

    def _engine_and_time(self, time_s: int) -> bytes:
        if time_s != self._beginning_s:  # made once a second
            self._beginning, self._beginning_s = self._engine + tlv(0x02, integer(time_s)), time_s
        return self._beginning


def _user_and_zeros(user: User, level: Level) -> bytes:
    """User name, and zeros where the digest will be."""
    size = 0 if level is Level.NO_AUTH_NO_PRIV or user.auth is None else user.auth.digest_octets
    return _name_and_zeros(user.name, size)


@lru_cache(1024)
def _name_and_zeros(name: bytes, size: int) -> bytes:
    return tlv(0x04, name) + tlv(0x04, bytes(size))
