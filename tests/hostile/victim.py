"""An entity that hostile input is tried on in process, and what must hold of everything it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from agent.config import SnmpSettings
from agent.mib.standard import STANDARD
from agent.wire.policy import make_access
from agent.wire.strangers import AuthenticationFailure
from agent.wire.writing import Assignment, Result, Writer, writables
from tests.snmp import messages
from tests.snmp.agents import NUMBERS, PLAIN, SEALED, SIGNED, USERS, user_settings
from tests.snmp.messages import REPORT, RESPONSE, Oid, User
from tests.wire.entities import Bench

ROW: Oid = (*NUMBERS, 1, 3)
PUBLIC = ({"name": "public", "write_view": "default"},)
_ROW_SAYS = [(messages.INTEGER, b"\3")]


class Victim:
    """A bench that everybody who is known may also write to.

    Attributes:
        failures: the failed proofs it told of.
        written: how many SETs were assigned.
        answered: how much of what it was asked it answered.
    """

    def __init__(self, users: Sequence[User] = USERS, communities: Sequence[Mapping[str, Any]] = PUBLIC) -> None:
        self.failures: list[AuthenticationFailure] = []
        self.written = self.answered = 0
        writers = [user_settings(user, write_view="default") for user in users]
        self.bench = Bench(
            users,
            access=make_access(SnmpSettings.model_validate({"users": writers, "communities": communities})),
            writer=Writer(writables([STANDARD]), self._assign),
            authentication_failures=self.failures.append,
            communities=communities,
        )

    def _assign(self, wanted: Sequence[Assignment], who: str) -> Result:
        self.written += 1
        return Result(0, 0)

    def takes(self, datagrams: Iterable[bytes], address: str = "127.0.0.1") -> int:
        """Ask all of these, and say how many; every answer must be sound, and others must be answered in between."""
        bench = self.bench
        limit = bench.settings.max_message_size
        count = 0
        for count, datagram in enumerate(datagrams, 1):
            answer = bench.answer(datagram, address)
            if answer is not None:
                assert len(answer) <= limit
                assert_sound(answer)
                self.answered += 1
            if count % 500 == 0:
                bench.time_s += 1  # time goes by, and with it the limits are refilled
                bench.peer.time = bench.time_s
                self.is_as_before()
        self.is_as_before()
        return count

    def is_as_before(self) -> None:
        """Others are answered as if nothing had been."""
        assert self.bench.problems == []
        assert messages.read(self.bench.answer(messages.get(ROW)) or b"").values == _ROW_SAYS
        for user in (PLAIN, SIGNED, SEALED):
            if user.name in self.bench.usm.users:
                assert self.bench.ask_as(user, messages.pdu(messages.GET, [ROW])).pdu.values == _ROW_SAYS


def assert_sound(answer: bytes) -> None:
    """An answer is one message of definite, minimal lengths, a response or a Report, read to its last octet."""
    parts = list(messages.elements(messages.one(answer, 0x30)))
    version = parts[0][1]
    if messages.number(version) != messages.V3:
        _assert_response(*parts[2])
        return
    assert len(parts) == 4
    data_tag, data = parts[3]
    assert data_tag in (0x30, 0x04)
    if data_tag == 0x30:
        _, _, body = messages.elements(data)
        _assert_response(*body)


def _assert_response(tag: int, content: bytes) -> None:
    """Numbers are of the shortest form and in the RFC's ranges; an error's varbinds are as they came."""
    assert tag in (RESPONSE, REPORT)
    numbers, at = [], 0
    for _ in range(3):
        size = 2 + content[at + 1]
        numbers.append(messages.number(messages.one(content[at : at + size], messages.INTEGER)))
        assert messages.integer(numbers[-1]) == content[at : at + size], "a number that is not of the shortest form"
        at += size
    _, status, index = numbers
    assert 0 <= status <= 18
    assert 0 <= index <= 65_535
    ((list_tag, listed),) = messages.elements(content[at:])
    assert list_tag == 0x30
    for varbind_tag, pair in messages.elements(listed, minimal=False) if status == 0 else ():
        (name_tag, name), _ = messages.elements(pair, minimal=False)
        assert (varbind_tag, name_tag) == (0x30, 0x06)
        assert messages.read_oid(name)


def is_report(answer: bytes) -> bool:
    """Whether an answer is a Report in the clear."""
    parts = list(messages.elements(messages.one(answer, 0x30)))
    return len(parts) == 4 and parts[3][0] == 0x30 and [tag for tag, _ in messages.elements(parts[3][1])][2] == REPORT
