"""The SNMP entity: a datagram in, a datagram or nothing out. No socket, no clock, no pysnmp.

Work before authentication is bounded: of a stranger's datagram only the outer part is read, whatever its size.
"""

from __future__ import annotations

from collections.abc import Mapping

from agent.wire import ber
from agent.wire.command import Commands
from agent.wire.community import V1, V2C, Community, CommunityMessages
from agent.wire.counters import Counters
from agent.wire.later import Answer
from agent.wire.strangers import FailureObserver, Strangers
from agent.wire.user import UserMessages
from agent.wire.usm import Usm

V3 = 3


class Entity:
    """Answers datagrams.

    Args:
        max_message_size: the largest message that is sent.
        authentication_failures: is told, within limits, of bad communities, unknown users and wrong digests.
    """

    def __init__(
        self,
        communities: Mapping[bytes, Community],
        usm: Usm,
        commands: Commands,
        counters: Counters,
        max_message_size: int,
        authentication_failures: FailureObserver | None = None,
    ) -> None:
        strangers = Strangers(usm.time_s, authentication_failures)
        self._communities = CommunityMessages(communities, commands, counters, max_message_size, strangers)
        self._users = UserMessages(usm, commands, counters, max_message_size, strangers)
        self._counters = counters

    def answer(self, datagram: bytes, address: str, here: str = "") -> Answer:
        """The answer to a datagram from an IP address, None when there is none.

        A message that names no context is answered in the one `here`.
        """
        self._counters.in_pkts += 1
        try:
            at, end = ber.expect(datagram, 0, ber.SEQUENCE)
            if end != len(datagram):
                raise ber.BerError("octets behind the message")
            version, at = ber.integer(datagram, at)
            if version in (V1, V2C):
                return self._communities.answer(datagram, version, at, address, here)
            if version == V3:
                return self._users.answer(datagram, at, address, here)
        except ber.BerError:  # RFC 3412 7.2 step 2
            self._counters.in_asn_parse_errs += 1
            return None
        self._counters.in_bad_versions += 1
        return None
