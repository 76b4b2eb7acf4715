"""What receivers of notifications have, in the state directory's database."""

from __future__ import annotations

from agent.service.state import StateStore

_TABLE = "CREATE TABLE IF NOT EXISTS delivered (receiver TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID"


class KeptAcknowledgements:
    """The sequence number up to which nothing is owed, per receiver. May be used from several threads."""

    def __init__(self, state: StateStore) -> None:
        """Use a database, with a table of its own.

        Raises:
            HostError: it cannot be written.
        """
        self._state = state
        state.execute(_TABLE)

    def keep(self, receiver: str, sequence: int) -> None:
        """Nothing up to this sequence number is owed to the receiver any more; it never goes back.

        Raises:
            HostError: it could not be written down.
        """
        self._state.execute(
            "INSERT INTO delivered VALUES (?, ?)"
            " ON CONFLICT (receiver) DO UPDATE SET sequence = max(sequence, excluded.sequence)",
            (receiver, sequence),
        )

    def last(self, receiver: str) -> int | None:
        """What was kept last, None for a receiver that is new.

        Raises:
            HostError: the database cannot be read.
        """
        rows = self._state.execute("SELECT sequence FROM delivered WHERE receiver = ?", (receiver,))
        return int(rows[0][0]) if rows else None
