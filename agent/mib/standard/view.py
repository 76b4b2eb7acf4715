"""What the standard groups are printed from: the agent as an SNMP entity at one moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from agent.config import NotificationSettings, SnmpSettings
from agent.mib.encoding import Oid


class Counts(Protocol):
    """The counters that the groups serve."""

    in_pkts: int
    in_bad_versions: int
    in_bad_community_names: int
    in_bad_community_uses: int
    in_asn_parse_errs: int
    silent_drops: int
    proxy_drops: int
    unknown_security_models: int
    invalid_msgs: int
    unknown_pdu_handlers: int
    unsupported_sec_levels: int
    not_in_time_windows: int
    unknown_user_names: int
    unknown_engine_ids: int
    wrong_digests: int
    decryption_errors: int
    unavailable_contexts: int
    unknown_contexts: int


@dataclass(frozen=True, slots=True)
class SelfView:
    """What the agent says of itself as an SNMP entity.

    Attributes:
        engine_boots: of this run.
        contexts: names of all contexts, the default one among them.
        serial_number: snmpSetSerialNo, which every SET that names it must know.
    """

    settings: SnmpSettings
    description: str
    host_name: str
    object_id: Oid
    engine_id: bytes
    engine_boots: int
    contexts: tuple[str, ...] = ("",)
    notifications: NotificationSettings = field(default_factory=NotificationSettings)
    serial_number: int = 0


@dataclass(frozen=True, slots=True)
class LiveView:
    """What the cells are read from that change by themselves; they are the answering side's own.

    Attributes:
        uptime_ticks: hundredths of a second since the agent started.
        engine_time_s: seconds since the engine's boots last rose.
        counted: what became of datagrams, all fronts together.
    """

    uptime_ticks: Callable[[], int]
    engine_time_s: Callable[[], int]
    counted: Callable[[], Counts]

    @property
    def counts(self) -> Counts:
        """What was counted up to now."""
        return self.counted()
