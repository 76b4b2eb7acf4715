"""B.0.7: links of the LAN ports that are there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from agent.mib.declaration import Column, Index, Table
from agent.mib.host.common import like
from agent.mib.host.vendor.common import STATUS, ending, states, understood, words
from agent.mib.syntax import UNSIGNED32
from agent.mib.view import Row
from agent.model import reading
from agent.model.reading import Absent

LINK_STATE: Final = words(down=0, up=1)
"""The MIB has notAvailable twice besides; a port that is not there has no row."""
_OTHERS: Final = 1000
"""Ports that are not named lan0, lan1, … are numbered above this."""


def is_there(row: Row) -> bool:
    """Whether the unit has the port; some list ports that it does not have."""
    return understood(reading.truth, row.find("port-available")) is not False


def number(row: Row) -> int:
    """1 for lan0."""
    lan = ending(row, r"lan(\d{1,3})")
    return _OTHERS + row.view.identities.index("netport", row.keys[0]) if lan is None else lan + 1


def _index(row: Row) -> Iterable[int]:
    return (number(row),)


def _link(raw: Any) -> str | Absent:
    value = reading.truth(raw)
    return value if isinstance(value, Absent) else "up" if value else "down"


GROUP = states(
    "mbgLtNgEthPortLink",
    (*STATUS, 7),
    Table(
        1,
        "mbgLtNgEthPortLinkTable",
        "Links of the LAN ports.",
        "One port.",
        (Index("mbgLtNgEthPortLinkIndex", _index),),
        (
            Column(1, "mbgLtNgEthPortLinkIndex", UNSIGNED32, "1 for lan0, 2 for lan1.", value=number),
            like(2, "mbgLtNgEthPortLinkState", LINK_STATE, "lnbNetPortLink", _link),
        ),
        rows=("status.network.ports[]",),
        when=is_there,
        row_name="mbgLtNgEthPortLinkTableEntry",
    ),
)
