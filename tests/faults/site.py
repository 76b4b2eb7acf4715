"""A whole site on the loopback interface: simulated devices, and the agent as an operator runs it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from agent.mib.render import ReadCell, dotted
from agent.web.sender import Sender
from tests.faults.noc import COMMUNITY, USER
from tests.notify.receivers import AUTH_PASSPHRASE, PRIV_PASSPHRASE
from tests.snmp import messages
from tests.snmp.messages import Oid
from tests.support.cells import MODULE, Cells, by_name, row
from tests.support.process import COMMUNITY as READER
from tests.support.process import EARLY, WRITER, AgentProcess
from tests.support.running import wait_for
from tests.support.tools import tool

DEVICE = EARLY[0]
END_OF_VIEW = 0x82
AT_ONCE = 16
"""Messages of a burst that are posted at the same time."""


def receiver(port: int, name: str = "nms", **changes: Any) -> dict[str, Any]:
    """A receiver on the loopback interface that gets v2c informs, and is given up soon."""
    known = {
        "name": name, "address": f"127.0.0.1:{port}", "kind": "inform", "timeout_s": 0.5, "retries": 1,
        "ping_interval_s": 0.3, **changes,
    }  # fmt: skip
    if known.get("version") == "v3":
        return {**known, "user": USER}
    return {**known, "community": COMMUNITY}


def every_kind(port: int) -> list[dict[str, Any]]:
    """A receiver that is told everything three times: as v2c inform, as v3 inform with authPriv, as v1 trap."""
    return [
        receiver(port, "plain"),
        receiver(port, "sealed", version="v3"),
        receiver(port, "old", version="v1", kind="trap"),
    ]


class Site(AgentProcess):
    """The agent with receivers and simulated devices, which are asked when a test wants it, and every minute.

    Args:
        receivers: entries of notifications.receivers.
        poll: keys of the devices' `poll`.
        changes: further sections of the configuration.
    """

    def __init__(
        self,
        folder: Path,
        devices: Iterable[int] = (),
        receivers: Iterable[dict[str, Any]] = (),
        poll: dict[str, Any] | None = None,
        **changes: Any,
    ) -> None:
        folder.mkdir(exist_ok=True)
        keys = {"auth": ("SHA-256", AUTH_PASSPHRASE), "priv": ("AES-128", PRIV_PASSPHRASE)}
        user: dict[str, Any] = {"name": USER}
        for name, (protocol, passphrase) in keys.items():
            (folder / name).write_text(passphrase, encoding="ascii")
            user[name] = {"protocol": protocol, "passphrase": f"file:{folder / name}"}
        changes.setdefault("notifications", {"receivers": list(receivers)})
        super().__init__(folder, *devices, snmp={"users": [user]}, **changes)
        for device in self.content["devices"]:
            device["poll"] = {"interval_s": 60, "read_timeout_s": 1, "deadline_s": 3, **(poll or {})}
        self.write()

    def __enter__(self) -> Site:
        """Start it, and wait until it answers and takes messages."""
        super().__enter__()
        assert self.process.poll() is None, f"it ended: {self.logged()[-3:]}"
        wait_for((Path(self.content["state_dir"]) / "interapp.sock").exists, "the endpoint")
        return self

    def kill_all(self) -> None:
        """Kill -9 all its processes, the parent first; alone, that one's end lets its children end in good order."""
        children = self.children().values()
        for pid in (self.process.pid, *children):
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), "the children's end", 20)

    def start_again(self) -> None:
        """Start it after its end."""
        self.__enter__()

    def reload(self) -> None:
        """Have it read its configuration anew, and wait for that."""
        before = len(self.logged("reloaded devices"))
        self.write()
        self.process.send_signal(signal.SIGHUP)
        self.wait_logged("reloaded devices", lambda count: count > before)

    # Messages

    def post(self, kind: str, content: dict[str, Any] | None = None, *, wait_s: float = 15) -> dict[str, Any]:
        """Post a message on the local endpoint; its row once it has ended, or as it is after the wait."""

        async def send() -> dict[str, Any]:
            async with Sender(Path(self.content["state_dir"]) / "interapp.sock") as sender:
                _, answer = await sender.post({"type": kind, "content": content or {}})
                return await sender.ended(answer["guid"], wait_s) if answer.get("index") else answer

        return asyncio.run(send())

    def poll(self, device: str = DEVICE) -> dict[str, Any]:
        """Have a device polled now."""
        return self.post("pollNow", {"device": device})

    def burst(self, count: int, seconds: float, name: str = "burst") -> float:
        """Post messages of so many unknown types, each an alarm, evenly over so many seconds; how long it took."""
        numbers = iter(range(count))
        began = time.monotonic()

        async def some(sender: Sender) -> None:
            for number in numbers:
                due_s = began + seconds * number / count - time.monotonic()
                if due_s > 0:
                    await asyncio.sleep(due_s)
                await sender.post({"type": f"{name}{number}", "content": {}})

        async def all_of_them() -> None:
            async with Sender(Path(self.content["state_dir"]) / "interapp.sock") as sender:
                await asyncio.gather(*(some(sender) for _ in range(AT_ONCE)))

        asyncio.run(all_of_them())
        return time.monotonic() - began

    # What a manager reads and writes

    def walk(self, name: str) -> Cells:
        """All cells of a table, group or column."""
        base = MODULE.objects[name].oid if name in MODULE.objects else MODULE.parts[name][0]
        return by_name(self._below(base))

    def _below(self, base: Oid) -> Iterator[ReadCell]:
        last = base
        while True:
            answer = self.ask(messages.get_bulk(0, 40, last, community=READER))
            assert answer is not None, "no answer"
            for last, (tag, content) in messages.read(answer).varbinds:
                if last[: len(base)] != base or tag == END_OF_VIEW:
                    return
                yield ReadCell(last, tag, content)

    def scalar(self, name: str) -> int:
        """A number that is no column."""
        return self.number((*MODULE.objects[name].oid, 0))

    def receiver_row(self, name: str = "nms") -> dict[str, Any]:
        """The row of a receiver; it is at most a second old."""
        cells = self.walk("lnbReceiverTable")
        index = next(index for index, value in cells["lnbReceiverName"].items() if value == name)
        return row(cells, "lnbReceiverTable", *index)

    def wait_receiver(self, name: str = "nms", seconds: float = 20, **wanted: Any) -> dict[str, Any]:
        """The row of a receiver once it holds what is wanted."""

        def found() -> dict[str, Any] | None:
            shown = self.receiver_row(name)
            return shown if wanted.items() <= shown.items() else None

        return wait_for(found, f"{wanted} of {name}", seconds)

    def active(self) -> dict[int, str]:
        """The active alarms: number to type."""
        cells = self.walk("lnbAlarmType").get("lnbAlarmType", {})
        return {number: kind for (_, number), kind in cells.items()}

    @property
    def last_sequence(self) -> int:
        """Number of the notification decided on last."""
        return self.scalar("lnbAlarmLastSequence")

    def logged_numbers(self) -> set[int]:
        """The numbers in the notification log."""
        return {number for (number,) in self.walk("lnbNotifyLogName").get("lnbNotifyLogName", {})}

    def snmpset(self, name: str, instance: Iterable[int], kind: str, value: str) -> subprocess.CompletedProcess[str]:
        """What net-snmp's snmpset makes of setting an object."""
        oid = dotted((*MODULE.objects[name].oid, *instance))
        command = [
            tool("snmpset"), "-v2c", "-c", WRITER.decode(), "-On", "-m", "", f"127.0.0.1:{self.port}", oid, kind, value,
        ]  # fmt: skip
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
