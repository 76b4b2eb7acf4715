"""Who is measured: each started on a free port of the loopback network with a configuration of its own."""

from __future__ import annotations

import grp
import json
import os
import pwd
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from agent.mib.encoding import Oid
from benchmarks import table
from benchmarks.load import probe
from scripts.processes import Child, tree
from tests.snmp import messages
from tests.snmp.agents import SEALED
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
SNMPSIM = ROOT / ".venv" / "snmpsim" / "bin" / "snmpsim-command-responder"
"""Where `make bench` puts snmpsim: it is nothing that the agent needs, so it has a place of its own."""
COMMUNITY = b"public"
_EXTEND: Oid = (1, 3, 6, 1, 4, 1, 8072, 1, 3, 2, 4, 1, 2, 4, *b"cell")
"""nsExtendOutLine of the extension named "cell": a line of its output per row."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One who answers.

    Attributes:
        name: as tables print it.
        pids: its processes, of which CPU time is told.
        name_of: the name of the cell in a column and row, both counted from 1.
        what: how it has the table.
    """

    name: str
    port: int
    pids: tuple[int, ...]
    name_of: Callable[[int, int], Oid]
    what: str


def in_table(column: int, row: int) -> Oid:
    """A cell of the table."""
    return (*table.ENTRY, column, row)


def in_lines(column: int, row: int) -> Oid:
    """The same cell where the table is the lines of an output, one column behind the other."""
    return (*_EXTEND, (column - 1) * table.ROWS + row)


@contextmanager
def agent(engine: str, rows: int = table.ROWS) -> Iterator[tuple[Peer, int]]:
    """This agent on one of its paths, and the process that makes the blocks."""
    with tempfile.TemporaryDirectory(prefix="lantime-bench-") as folder:
        arguments = [sys.executable, "-m", "benchmarks.serve", "--engine", engine, "--rows", str(rows)]
        with Child(arguments, Path(folder) / "log") as child:
            child.wait_until(lambda: child.output.endswith("}\n"), f"{engine} does not start")
            said = json.loads(child.output.splitlines()[-1])
            what = {"wire": "front and back in two processes, blocks sent over the channel", "pysnmp": "one process"}
            name = {"wire": "this agent", "pysnmp": "its pysnmp path"}[engine]
            peer = Peer(name, said["port"], (said["front"],), in_table, what[engine])
            await_answer(peer, rows=rows)
            yield peer, said["back"]


@contextmanager
def snmpd(kind: str) -> Iterator[Peer]:
    """Debian's snmpd: with the table in "memory", or "passed" by a script."""
    program = shutil.which("snmpd") or shutil.which("snmpd", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        raise FileNotFoundError("snmpd is not installed (`make tools`)")
    with tempfile.TemporaryDirectory(prefix="lantime-bench-") as name:
        folder, port = Path(name), free_port()
        passer = f"{sys.executable} {Path(__file__).with_name('passer.py')} {table.ROWS}"
        lines = folder / "lines"
        lines.write_bytes(b"".join(text + b"\n" for _, text in table.cells()))
        given = {
            "memory": f"extend -cacheTime 86400 cell /bin/cat {lines}",
            "passed": f"pass_persist .{'.'.join(map(str, table.ENTRY))} {passer}",
        }
        (folder / "snmpd.conf").write_text(_configuration(given[kind]), encoding="ascii")
        places = {"SNMP_PERSISTENT_DIR": str(folder / "kept"), "SNMPCONFPATH": name, "MIBS": ""}
        (folder / "kept").mkdir()
        arguments = [program, "-f", "-Le", "-C", "-c", str(folder / "snmpd.conf"), "-x", "", f"udp:127.0.0.1:{port}"]
        with Child(arguments, folder / "log", places) as child:
            if kind == "memory":
                started = Peer("snmpd", port, (child.pid,), in_lines, "lines of an extension's output, cached")
            else:
                started = Peer("snmpd, pass_persist", port, (child.pid,), in_table, "a Python script asked for each")
            await_answer(started, child)
            pids = tuple(tree(child.pid))
            yield Peer(started.name, port, pids, started.name_of, started.what)


def _configuration(given: str) -> str:
    auth, priv = SEALED.auth_secret.decode(), SEALED.priv_secret.decode()
    lines = [
        "rocommunity public 127.0.0.1",
        f"createUser {SEALED.name.decode()} {SEALED.auth} {auth} AES {priv}",
        f"rouser {SEALED.name.decode()} priv",
        "maxGetbulkRepeats -1", "maxGetbulkResponses -1",  # as many as were asked for; the default is 100
        given,
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


@contextmanager
def snmpsim() -> Iterator[Peer]:
    """The simulator of that name, with a file of the same cells."""
    if not SNMPSIM.exists():
        raise FileNotFoundError("snmpsim is not installed (`make bench` does it)")
    with tempfile.TemporaryDirectory(prefix="lantime-bench-") as name:
        folder, port = Path(name), free_port()
        (folder / "data").mkdir()
        records = "".join(f"{'.'.join(map(str, oid))}|4|{text.decode()}\n" for oid, text in table.cells())
        (folder / "data" / "public.snmprec").write_text(records, encoding="ascii")
        user, group = pwd.getpwuid(os.getuid()), grp.getgrgid(os.getgid())
        arguments = [
            str(SNMPSIM), f"--data-dir={folder / 'data'}", f"--cache-dir={folder / 'cache'}",
            f"--agent-udpv4-endpoint=127.0.0.1:{port}",
            f"--process-user={user.pw_name}", f"--process-group={group.gr_name}",
        ]  # fmt: skip
        with Child(arguments, folder / "log") as child:
            peer = Peer("snmpsim", port, (child.pid,), in_table, "a file of records")
            await_answer(peer, child)
            yield peer


def await_answer(peer: Peer, child: Child | None = None, rows: int = table.ROWS) -> None:
    """Wait until it serves the last cell.

    Raises:
        RuntimeError: it does not within a minute.
    """
    name, ends_s = peer.name_of(table.COLUMNS, rows), time.monotonic() + 60
    said = "no answer"
    while time.monotonic() < ends_s:
        with suppress(RuntimeError, ConnectionError):
            answer = messages.read(probe(peer.port, messages.get(name, community=COMMUNITY)))
            said = str(answer)
            if answer.status == 0 and answer.values[0][0] == messages.STRING:
                return
        if child is not None and child.process.poll() is not None:
            break
        time.sleep(0.1)
    printed = child.output[-2000:] if child is not None else ""
    raise RuntimeError(f"{peer.name} does not serve the table: {said}\n{printed}")
