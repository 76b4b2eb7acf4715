"""Notifications that wait for one receiver: in order, with the newest of each alarm known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agent.mib.encoding import Oid
from agent.wire.notice import Notice

Subject = str | Oid


def subject_of(notice: Notice) -> Subject:
    """What a notification is about: its alarm, or its type where it is no alarm."""
    return notice.identity or notice.oid


class Backlog:
    """A queue of notifications by request-id."""

    def __init__(self) -> None:
        self._notices: dict[int, Notice] = {}
        self._newest: dict[Subject, int] = {}

    def __len__(self) -> int:
        return len(self._notices)

    def __iter__(self) -> Iterator[Notice]:
        return iter(self._notices.values())

    def __contains__(self, request_id: int) -> bool:
        return request_id in self._notices

    @property
    def first(self) -> tuple[int, Notice]:
        """The one whose turn it is, with its request-id; there must be one."""
        return next(iter(self._notices.items()))

    def newest(self, notice: Notice) -> Notice | None:
        """The newest that waits about the same."""
        request_id = self._newest.get(subject_of(notice))
        return None if request_id is None else self._notices[request_id]

    def append(self, request_id: int, notice: Notice) -> None:
        """Put one behind the others."""
        self._notices[request_id] = notice
        self._newest[subject_of(notice)] = request_id

    def remove(self, request_id: int) -> Notice:
        """Take one out, wherever it stands."""
        notice = self._notices.pop(request_id)
        if self._newest.get(subject_of(notice)) == request_id:
            del self._newest[subject_of(notice)]
        return notice

    def remove_newest(self, notice: Notice) -> bool:
        """Take out the newest about the same; whether there was one."""
        request_id = self._newest.get(subject_of(notice))
        if request_id is None:
            return False
        self.remove(request_id)
        return True

    def remove_least(self) -> Notice:
        """Take out the oldest raise: a resynchronisation makes up for it, as it could not for a clear."""
        raises = (request_id for request_id, notice in self._notices.items() if not notice.cleared)
        return self.remove(next(raises, self.first[0]))

    def put_back(self, taken: Mapping[int, Notice]) -> None:
        """Put some before the others again, with the request-ids they have."""
        self._notices = {**taken, **self._notices}
        self._newest = {subject_of(notice): request_id for request_id, notice in self._notices.items()}

    def coalesce(self) -> int:
        """Keep the newest of each alarm; how many went."""
        before = len(self._notices)
        newest = set(self._newest.values())
        self._notices = {key: notice for key, notice in self._notices.items() if key in newest}
        return before - len(self._notices)

    def sort(self) -> None:
        """Order by sequence number; what has none comes first."""
        self._notices = dict(sorted(self._notices.items(), key=lambda item: item[1].sequence))
