"""The cells of one column: what building ends with and encoding begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.mib.encoding import Oid


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one column for one device: sorted packed index suffixes and content octets beside them."""

    oid: Oid
    tag: int
    keys: tuple[bytes, ...]
    contents: tuple[bytes, ...]


Gaps = dict[tuple[bytes, ...], tuple[bytes, ...]]
"""Keys of columns with absent cells, so that columns with the same gaps have the same object for keys."""


def cells_of(oid: Oid, tag: int, keys: tuple[bytes, ...], contents: Sequence[bytes | None], gaps: Gaps) -> Cells | None:
    """The cells of a column that are not absent; None for none."""
    if None not in contents:
        return Cells(oid, tag, keys, tuple(contents)) if contents else None  # type: ignore[arg-type]
    pairs = [(key, content) for key, content in zip(keys, contents, strict=True) if content is not None]
    if not pairs:
        return None
    there, present = zip(*pairs, strict=True)
    return Cells(oid, tag, gaps.setdefault(there, there), present)
