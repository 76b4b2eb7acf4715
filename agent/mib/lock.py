"""The OID lock: what was published once is not renumbered and keeps its type (RFC 2578 10).

The lock file has a line per object: its OID below the module's root, its name, its syntax; and one per notification,
with the objects it carries in the place of a syntax. New ones are added to it; a changed or missing line is refused.

    python -m agent.mib.lock mibs/oid-lock.txt
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from agent.mib.declaration import Module
from agent.mib.module import northbound


def lock_lines(module: Module) -> Iterator[str]:
    """The lines of a module: objects in OID order, then notifications."""
    depth = len(module.root)
    for name, located in sorted(module.objects.items(), key=lambda item: item[1].oid):
        yield f"{'.'.join(map(str, located.oid[depth:]))} {name} {located.column.syntax.smi}"
    for notification in sorted(module.notifications, key=lambda one: one.arc):
        yield f"0.{notification.arc} {notification.name} NOTIFICATION {{ {', '.join(notification.objects)} }}"


def violations(locked: Iterable[str], current: Iterable[str]) -> list[str]:
    """What of the locked lines no longer holds; an enumeration may only gain labels."""
    now = {line.split(" ", 2)[1]: line.split(" ", 2) for line in current}
    found = []
    for line in locked:
        oid, name, smi = line.split(" ", 2)
        if name not in now:
            found.append(f"{name} is gone; published objects stay (STATUS deprecated at most)")
        elif now[name][0] != oid:
            found.append(f"{name} moved from {oid} to {now[name][0]}")
        elif not _compatible(smi, now[name][2]):
            found.append(f"{name} changed its {_part(smi)} from {smi} to {now[name][2]}")
    return found


def _part(smi: str) -> str:
    return "objects" if smi.startswith("NOTIFICATION") else "syntax"


def _compatible(before: str, after: str) -> bool:
    if before == after:
        return True
    if not before.startswith("INTEGER {") or not after.startswith("INTEGER {"):
        return False
    labels = _labels(after)
    return all(labels.get(word) == number for word, number in _labels(before).items())


def _labels(smi: str) -> Mapping[str, str]:
    listed = smi.partition("{")[2].rstrip(" }")
    return {word.strip(): number.rstrip(")") for word, _, number in (one.partition("(") for one in listed.split(","))}


def main(path: Path) -> int:
    """Add new objects to a lock file; 1 when something locked has changed."""
    current = list(lock_lines(northbound()))
    locked = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    broken = violations(locked, current)
    for line in broken:
        print(line, file=sys.stderr)
    if broken:
        return 1
    path.write_text("\n".join(current) + "\n", encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
