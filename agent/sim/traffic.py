"""Packet counters of a PTP instance: rates that add up, and totals that grow with the uptime."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.sim.shape import JsonObject

KINDS = (
    "announce",
    "sync",
    "follow-up",
    "delay-req",
    "delay-resp",
    "pdelay-req",
    "pdelay-resp",
    "pdelay-follow-up",
    "signalling",
    "management",
)


@dataclass(frozen=True)
class Traffic:
    """Packets per second by message kind, in both directions."""

    rx: dict[str, float] = field(default_factory=dict)
    tx: dict[str, float] = field(default_factory=dict)


SILENT = Traffic()
SLAVE = Traffic(
    rx={"announce": 0.5, "sync": 16.0, "follow-up": 16.0, "delay-resp": 16.0, "signalling": 0.0625},
    tx={"delay-req": 16.0, "signalling": 0.0625},
)


def master_traffic(clients: int) -> Traffic:
    """A one-step master: it serves its unicast clients and, for most of the load, a multicast group."""
    requests = 1024.0 + 16.0 * clients
    return Traffic(
        rx={"delay-req": requests, "signalling": 0.0625 * clients, "management": 0.125},
        tx={
            "announce": 0.5 + 0.5 * clients,
            "sync": 8.0 + 16.0 * clients,
            "delay-resp": requests,
            "signalling": 0.0625 * clients,
            "management": 0.125,
        },
    )


def packet_counters(traffic: Traffic, seconds: float) -> JsonObject:
    """The `packet-counters` of an instance that has run for so many seconds."""
    return {
        "rx": _totals(traffic.rx, seconds),
        "tx": _totals(traffic.tx, seconds),
        "rx-per-sec": _rates(traffic.rx),
        "tx-per-sec": _rates(traffic.tx),
        "rx-management-err": 0,
        "ann-receipt-timeout": int(seconds) // 86_400 if "sync" in traffic.rx else 0,
    }


def _totals(rates: dict[str, float], seconds: float) -> JsonObject:
    counts = {kind: int(rates.get(kind, 0.0) * seconds) for kind in KINDS}
    return {"all": sum(counts.values()), **counts}


def _rates(rates: dict[str, float]) -> JsonObject:
    return {"all": sum(rates.values()), **{kind: rates.get(kind, 0.0) for kind in KINDS}}
