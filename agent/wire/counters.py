"""Counters of the SNMP entity; the only values on the wire, with the times, that change by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Counters:
    """What became of datagrams: the snmp group (RFC 3418), SNMP-MPD (RFC 3412), usmStats (RFC 3414), contexts."""

    in_pkts: int = 0
    in_bad_versions: int = 0
    in_bad_community_names: int = 0
    in_bad_community_uses: int = 0
    in_asn_parse_errs: int = 0
    silent_drops: int = 0
    proxy_drops: int = 0
    refused_users: int = 0
    oversized: int = 0
    reports_held_back: int = 0
    unknown_security_models: int = 0
    invalid_msgs: int = 0
    unknown_pdu_handlers: int = 0
    unsupported_sec_levels: int = 0
    not_in_time_windows: int = 0
    unknown_user_names: int = 0
    unknown_engine_ids: int = 0
    wrong_digests: int = 0
    decryption_errors: int = 0
    unavailable_contexts: int = 0
    unknown_contexts: int = 0

    def values(self) -> dict[str, int]:
        """All of them by name."""
        return asdict(self)

    def add(self, values: Mapping[str, int]) -> None:
        """Go on from what was counted before."""
        for name, value in values.items():
            setattr(self, name, getattr(self, name) + value)
