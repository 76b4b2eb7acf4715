"""What a statement is shown on: an agent at an address, with communities, users and objects that every subject has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.snmp import messages
from tests.snmp.asking import Asking
from tests.snmp.messages import Oid, User, Value

PLAIN = User(b"plain")
SIGNED = User(b"signed", "SHA-256", b"authpass-1")
SEALED = User(b"sealed", "SHA-256", b"authpass-2", "AES-128", b"privpass-2")
USERS = (PLAIN, SIGNED, SEALED)
"""noAuthNoPriv, authNoPriv and authPriv; each may read at its own level."""

READ_ONLY, READ_WRITE, PART, CLOSED, IN_CONTEXT = b"public", b"private", b"view", b"closed", b"inside"
"""Communities: may read all; may write too; sees all but sysContact; has access to nothing; belongs to CONTEXT."""
CONTEXT = b"elsewhere"
"""A context beside the default one, where there is one."""

ANSWERS, CRASHED, HANGS = "answers", "crash", "hang"
"""Conditions of a subject."""

SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
SYS_DESCR, SYS_UP_TIME, SYS_CONTACT, SYS_NAME, SYS_LOCATION = ((*SYSTEM, arc, 0) for arc in (1, 3, 4, 5, 6))
SNMP: Oid = (1, 3, 6, 1, 2, 1, 11)
IN_PKTS, IN_BAD_VERSIONS, IN_BAD_COMMUNITY_NAMES, IN_PARSE_ERRS = ((*SNMP, arc, 0) for arc in (1, 3, 4, 6))
UNKNOWN_MODELS, INVALID_MSGS, UNKNOWN_PDU_HANDLERS = ((1, 3, 6, 1, 6, 3, 11, 2, 1, arc, 0) for arc in (1, 2, 3))
UNKNOWN_CONTEXTS: Oid = (1, 3, 6, 1, 6, 3, 12, 1, 5, 0)
UNSUPPORTED_LEVELS, NOT_IN_TIME, UNKNOWN_USERS, UNKNOWN_ENGINES, WRONG_DIGESTS, DECRYPTION_ERRORS = (
    (1, 3, 6, 1, 6, 3, 15, 1, 1, arc, 0) for arc in range(1, 7)
)
NOT_AN_OBJECT: Oid = (1, 3, 6, 1, 2, 1, 999, 1, 0)
NOT_AN_INSTANCE: Oid = (*SYSTEM, 1, 7)
PAST_THE_END: Oid = (1, 3, 6, 1, 7, 999)


@dataclass(frozen=True)
class Objects:
    """Where a subject has what the statements need.

    Attributes:
        numbers, texts: two columns of one table, with a cell at each of the indexes.
        long: a column of the same rows, of 200 octets or more each.
        wide: a column of type Counter64.
        indexes: of the first rows of that table, in order; 20 at least.
        steady: a subtree around them in which nothing changes by itself.
        writable: a text that READ_WRITE may set, of fewer than 300 octets.
    """

    numbers: Oid
    texts: Oid
    long: Oid
    wide: Oid
    indexes: Sequence[Oid]
    steady: Oid
    writable: Oid

    def rows(self, column: Oid, count: int) -> list[Oid]:
        """Names of a column's first cells."""
        return [(*column, *index) for index in self.indexes[:count]]


@dataclass
class Subject(Asking):
    """An agent under test.

    Attributes:
        name: wire, pysnmp or snmpd.
        addresses: all it listens on.
        max_message_size: octets of the largest answer it may send; of a UDP datagram where it has no limit of its own.
    """

    name: str
    objects: Objects
    addresses: list[tuple[str, int]] = field(default_factory=list)
    max_message_size: int = 1472

    @property
    def address(self) -> tuple[str, int]:
        return self.addresses[0]

    def condition(self) -> str:
        """ANSWERS, or what became of it."""
        return ANSWERS

    def revive(self) -> None:
        """Start it again if it does not answer any more."""

    def start(self) -> None:
        """Begin to serve, with what it remembers of the time before."""
        raise NotImplementedError

    def stop(self) -> None:
        """End."""
        raise NotImplementedError

    # Questions that many statements ask

    def value(self, name: Oid, community: bytes = READ_ONLY) -> Value:
        """Tag and content of an instance."""
        return self.ask(messages.get(name, community=community)).values[0]

    def number(self, name: Oid) -> int:
        """An instance that is a number."""
        return messages.number(self.value(name)[1])

    def walk(self, base: Oid, community: bytes = READ_ONLY, repetitions: int = 0) -> list[tuple[Oid, Value]]:
        """All below a name, by GETNEXT, or by GETBULK with so many repetitions."""
        seen: list[tuple[Oid, Value]] = []
        name = base
        while True:
            body = messages.pdu(messages.GET_BULK if repetitions else messages.GET_NEXT, [name], b=repetitions)
            answer = self.ask(messages.message(body, community=community))
            assert answer.outcome == (0, 0)
            assert answer.varbinds, "an answer without a step forward"
            for found, value in answer.varbinds:
                if value == messages.END_OF_MIB_VIEW:
                    assert found == name, "endOfMibView goes with the name that was asked (RFC 3416 4.2.2)"
                    return seen
                if found[: len(base)] != base:
                    return seen
                assert found > name, "the walk does not rise"
                name = found
                seen.append((found, value))
