"""What receivers of notifications have and what they are owed, in the state directory's database."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from agent.mib.module import parse_oid
from agent.mib.render import dotted
from agent.model.severity import Severity
from agent.service.state import StateStore
from agent.wire.notice import Notice, Wording

log = logging.getLogger(__name__)

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS delivered (receiver TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS owed (sequence INTEGER PRIMARY KEY, notice TEXT NOT NULL)",
)


class KeptDeliveries:
    """Deliveries on disk, in tables of their own. May be used from several threads."""

    def __init__(self, state: StateStore) -> None:
        """Use a database.

        Raises:
            HostError: it cannot be written.
        """
        self._state = state
        with state.transaction() as connection:
            for statement in _SCHEMA:
                connection.execute(statement)

    def keep(self, settled: Mapping[str, int], owed: Iterable[Notice], done: Iterable[int]) -> None:
        """Write down what changed, all of it or nothing.

        Args:
            settled: per receiver the sequence number up to which nothing is owed; it never goes back.
            owed: notifications that some receiver is owed from now on.
            done: sequence numbers of those that nobody is owed any more.

        Raises:
            HostError: it could not be written down.
        """
        with self._state.transaction() as connection:
            connection.executemany(
                "INSERT INTO delivered VALUES (?, ?)"
                " ON CONFLICT (receiver) DO UPDATE SET sequence = max(sequence, excluded.sequence)",
                settled.items(),
            )
            rows = ((notice.sequence, _written(notice)) for notice in owed)
            connection.executemany("INSERT OR REPLACE INTO owed VALUES (?, ?)", rows)
            connection.executemany("DELETE FROM owed WHERE sequence = ?", ((sequence,) for sequence in done))

    def last(self, receiver: str) -> int | None:
        """The sequence number up to which nothing is owed to a receiver, None for a new one.

        Raises:
            HostError: the database cannot be read.
        """
        with self._state.transaction() as connection:
            row = connection.execute("SELECT sequence FROM delivered WHERE receiver = ?", (receiver,)).fetchone()
        return None if row is None else int(row[0])

    def owed(self) -> tuple[Notice, ...]:
        """What receivers were owed when it was last kept, in order; one that cannot be read costs itself alone.

        Raises:
            HostError: the database cannot be read.
        """
        with self._state.transaction() as connection:
            rows = connection.execute("SELECT sequence, notice FROM owed ORDER BY sequence").fetchall()
        notices = []
        for sequence, text in rows:
            try:
                notices.append(_read(json.loads(text)))
            except (ValueError, TypeError, KeyError) as problem:
                log.error("owed-notification-unreadable sequence=%s: %s", sequence, problem)
        return tuple(notices)


def _written(notice: Notice) -> str:
    return json.dumps(
        {
            "oid": dotted(notice.oid),
            "varbinds": [octets.hex() for octets in notice.varbinds],
            "uptime_ticks": notice.uptime_ticks,
            "sequence": notice.sequence,
            "device": notice.device,
            "alarm_type": notice.alarm_type,
            "identity": notice.identity,
            "severity": int(notice.severity),
            "cleared": notice.cleared,
            "other": None if notice.other is None else _wording(notice.other),
        }
    )


def _wording(wording: Wording) -> dict[str, Any]:
    return {"oid": dotted(wording.oid), "varbinds": [octets.hex() for octets in wording.varbinds]}


def _read_wording(written: dict[str, Any] | None) -> Wording | None:
    if written is None:
        return None
    return Wording(parse_oid(written["oid"]), tuple(bytes.fromhex(octets) for octets in written["varbinds"]))


def _read(written: dict[str, Any]) -> Notice:
    return Notice(
        oid=parse_oid(written["oid"]),
        varbinds=tuple(bytes.fromhex(octets) for octets in written["varbinds"]),
        uptime_ticks=int(written["uptime_ticks"]),
        sequence=int(written["sequence"]),
        device=str(written["device"]),
        alarm_type=str(written["alarm_type"]),
        identity=str(written["identity"]),
        severity=Severity(written["severity"]),
        cleared=bool(written["cleared"]),
        other=_read_wording(written.get("other")),
    )
