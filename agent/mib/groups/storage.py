"""Storage: the file systems of the device."""

from __future__ import annotations

from agent.mib.declaration import Access, Column, Group, Table, with_text
from agent.mib.groups.common import DEVICE, named
from agent.mib.syntax import GAUGE, INDEX, PERCENT, TEXT
from agent.model import reading
from agent.model.document import Json
from agent.model.reading import Absent

STORAGE = named("lnbStorageIndex", "storage")


def size_text(raw: Json) -> str | Absent:
    """KiB as text in the unit that suits their size."""
    kib = reading.integer(raw)
    return kib if isinstance(kib, Absent) else reading.size_text(kib)


def name(raw: Json) -> str:
    """A name, none included: the device calls its shared memory none."""
    return reading.written(raw).strip()


def _size(arc: int, label: str, path: str, what: str, *, measured: bool) -> tuple[Column, ...]:
    what = f"{what} The unit is inferred."
    return with_text(Column(arc, label, GAUGE, what, (path,), units="kibibytes", measured=measured), size_text)


FILE_SYSTEMS = Table(
    1,
    "lnbStorageTable",
    "The file systems of each device.",
    "One file system.",
    (DEVICE, STORAGE),
    (
        Column(
            1,
            "lnbStorageIndex",
            INDEX,
            "Number of the file system, given when its name is first seen and kept for ever.",
            access=Access.NOT_ACCESSIBLE,
        ),
        Column(
            2,
            "lnbStorageName",
            TEXT,
            "Name of the file system, such as rootfs. The device calls its shared memory none.",
            ("object-id",),
            read=name,
        ),
        Column(3, "lnbStorageMountPoint", TEXT, "Where the file system is mounted.", ("mountpoint",)),
        *_size(4, "lnbStorageSize", "size", "Size of the file system.", measured=False),
        *_size(6, "lnbStorageUsed", "used", "Space used.", measured=True),
        *_size(8, "lnbStorageAvailable", "available", "Space available.", measured=True),
        Column(
            10,
            "lnbStorageUsedPercent",
            PERCENT,
            "Share of the file system that is used.",
            ("used-percent",),
            units="percent",
            measured=True,
        ),
    ),
    rows=("status.system.storage[]",),
)

GROUP = Group(13, "lnbStorage", "File systems and how full they are.", (FILE_SYSTEMS,))
