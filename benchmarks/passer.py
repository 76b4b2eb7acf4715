"""What snmpd's `pass_persist` starts: serves the table over standard input and output (snmpd.conf(5)).

Usage: passer.py ROWS
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import table


def main() -> None:
    """Answer until standard input ends."""
    values = {"." + ".".join(map(str, name)): text.decode() for name, text in table.cells(int(sys.argv[1]))}
    names = list(values)
    keys = [tuple(map(int, name[1:].split("."))) for name in names]
    ask, say = sys.stdin.readline, sys.stdout.write
    while command := ask().strip():
        if command == "PING":
            say("PONG\n")
        else:
            name: str | None = ask().strip()
            if command == "getnext" and name is not None:
                place = bisect_right(keys, tuple(map(int, name.strip(".").split("."))))
                name = names[place] if place < len(names) else None
            text = values.get(name) if name else None
            say(f"{name}\nstring\n{text}\n" if text is not None else "NONE\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
