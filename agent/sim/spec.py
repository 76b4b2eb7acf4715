"""What kind of time server is simulated: its API generation, its size and its identity."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timezone

GENERATIONS = (8, 10, 16, 20)
MAX_HPS_CARDS = 10
MAX_INSTANCES = 4
MAX_CLIENTS = 2048


@dataclass(frozen=True)
class Release:
    """One firmware release together with the REST API version it brings."""

    api_version: str
    firmware: str
    version: str
    image: str
    model: str


# Pairs of firmware and API version as the device reports them; 16 is the first with tokens.
RELEASES = {
    8: Release("", "fw_7.05.022", "7.05.022", "firmware-7.05.022-x32", "M1000S"),
    10: Release("10.21.016", "fw_7.06.014", "7.06.014", "firmware-7.06.014-x32", "M3000"),
    16: Release("16.04.002", "fw_7.08.007", "7.08.007", "firmware-7.08.007-x32", "M3000"),
    20: Release("20.05.013", "fw_7.10.008", "7.10.008", "firmware-7.10.008-x32", "M3000"),
}


@dataclass(frozen=True)
class SimSpec:
    """The fixed properties of one simulated device.

    Attributes:
        generation: major version of the REST API: 8, 10, 16 or 20.
        hps_cards: number of HPS100 cards, at slots io1, io2 and so on.
        instances: PTPv2 instances per HPS100 card.
        clients: unicast clients of each PTP master.
        seed: everything that looks random follows from it.
        syncmon_nodes: nodes watched by SyncMon.
        rubidium: whether the document has a `chassis-xhe` member.
        hostname: host name in the envelope.
        booted: start of the device; uptime and all counters run from here.
    """

    generation: int = 10
    hps_cards: int = 2
    instances: int = 2
    clients: int = 3
    seed: int = 1
    syncmon_nodes: int = 4
    rubidium: bool = False
    hostname: str = "lantime-1.example.net"
    booted: datetime = datetime(2026, 1, 5, 6, 30, tzinfo=timezone.utc)

    def __post_init__(self) -> None:
        """Refuse sizes that the real cards do not have."""
        if self.generation not in GENERATIONS:
            raise ValueError(f"generation must be one of {GENERATIONS}, not {self.generation}")
        limits = {"hps_cards": MAX_HPS_CARDS, "instances": MAX_INSTANCES, "clients": MAX_CLIENTS}
        for name, limit in limits.items():
            if not 0 <= getattr(self, name) <= limit:
                raise ValueError(f"{name} must be 0..{limit}, not {getattr(self, name)}")

    @property
    def release(self) -> Release:
        """The firmware release that goes with the generation."""
        return RELEASES[self.generation]

    @property
    def is_v20(self) -> bool:
        """Whether the drift of API version 20 applies."""
        return self.generation >= 20

    @property
    def has_tokens(self) -> bool:
        """Bearer tokens came with LTOS 7.08, that is API version 16."""
        return self.generation >= 16

    def number(self, name: str) -> int:
        """A 32-bit number that depends on the seed and the name only."""
        return zlib.crc32(f"{self.seed}/{name}".encode())

    def serial(self, name: str) -> str:
        """A made-up serial number of twelve digits for the named part."""
        return f"0990{self.number(name) % 10**8:08d}"
