"""A receiver as a network operations centre runs it: Debian's snmptrapd, and what it printed."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.notify.receivers import AUTH_PASSPHRASE, PRIV_PASSPHRASE, Trapd
from tests.support.cells import MODULE, NAMES
from tests.support.ports import free_port
from tests.support.running import wait_for
from tests.support.tools import PROJECT, shared

COMMUNITY, USER = "public", "noc"
ENGINE, OTHER_ENGINE = "80001f880411223344", "80001f880455667788"
MODULES = "SNMPv2-MIB:LANTIME-NORTHBOUND-MIB"

_TRAP_OID = "snmpTrapOID"
_ARCS = {one.arc: one.name for one in MODULE.notifications}
_GENERIC = "1.3.6.1.6.3.1.1.5"


@dataclass(frozen=True, slots=True)
class Heard:
    """One notification as snmptrapd printed it.

    Attributes:
        who: kind of PDU, SNMP version, community or user.
        notification: name of its type.
        values: object name to the value, without the word for its type; of an enumeration the number.
    """

    line: str
    who: str
    notification: str
    values: dict[str, str]

    @property
    def sequence(self) -> int:
        """Its number; 0 for one that is not numbered, as a heartbeat."""
        return int(self.values.get("lnbAlarmSequence") or self._number_of_agent())

    def _number_of_agent(self) -> str:
        return "0" if self.notification == "lnbHeartbeat" else self.values.get("lnbAlarmLastSequence", "0")

    @property
    def alarm(self) -> int:
        """The number of the alarm it is about, 0 for none."""
        return int(self.values.get("lnbAlarmNumber", "0"))

    @property
    def is_cleared(self) -> bool:
        """Whether it says that the alarm is over."""
        return self.values.get("lnbAlarmCleared") == "1"

    @property
    def is_repeat(self) -> bool:
        """Whether it says again what was said before."""
        return self.values.get("lnbAlarmRepeat") == "1"


def mib_folders() -> str:
    """Where snmptrapd and snmptt find the MIB and those it imports from."""
    return f"{shared('mibs')}:{PROJECT / 'mibs'}"


class Noc:
    """An snmptrapd that takes v1, v2c and v3, traps and informs.

    Args:
        folder: its own.
        names: whether it loads the MIB and prints names.
        more: further lines of its configuration.
    """

    def __init__(self, folder: Path, *, names: bool = False, port: int = 0, more: Iterable[str] = ()) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._more = tuple(more)
        mibs = (mib_folders(), MODULES) if names else ("", "")
        self.port = port or free_port()
        self._trapd = Trapd(folder, mibs=mibs, port=self.port, configuration=self._configuration(ENGINE))
        self._heard: list[Heard] = []
        self._read = 0

    def _configuration(self, engine_id: str) -> str:
        lines = [
            f"authCommunity log,execute {COMMUNITY}", "doNotRetainNotificationLogs yes", f"exactEngineID 0x{engine_id}",
            r"format1 H|%P|%w|%q|%v\n", r"format2 H|%P|||%v\n",
            f"createUser {USER} SHA-256 {AUTH_PASSPHRASE} AES {PRIV_PASSPHRASE}", f"authUser log {USER}",
            *self._more,
        ]  # fmt: skip
        return "\n".join(lines) + "\n"

    def __enter__(self) -> Noc:
        self._trapd.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, as it was before."""
        self._trapd.start()

    def stop(self) -> None:
        """End it."""
        self._trapd.stop(signal.SIGKILL)

    def reinstall(self) -> None:
        """Start it anew with another engine ID, as a receiver on another machine would be."""
        self.stop()
        self._trapd.forget()
        (self._folder / "trapd.conf").write_text(self._configuration(OTHER_ENGINE), encoding="ascii")
        self.start()

    @property
    def heard(self) -> list[Heard]:
        """All it printed, in order."""
        with (self._folder / "output.txt").open("rb") as output:
            output.seek(self._read)
            whole, line_break, _ = output.read().rpartition(b"\n")
        self._read += len(whole + line_break)
        lines = whole.decode("utf-8", "replace").splitlines()
        self._heard += [_parsed(line) for line in lines if line.startswith("H|")]
        return list(self._heard)

    def of(self, notification: str, who: str = "", **values: object) -> list[Heard]:
        """What it heard of a type, from a sender, with these values."""
        wanted = {name: str(value) for name, value in values.items()}
        return [
            one
            for one in self.heard
            if one.notification == notification and who in one.who and wanted.items() <= one.values.items()
        ]

    def wait(self, notification: str, who: str = "", seconds: float = 20, **values: object) -> Heard:
        """The newest of them, once there is one."""
        what = f"{notification} {who} {values} in {self._folder}"
        return wait_for(lambda: self.of(notification, who, **values), what, seconds)[-1]

    def numbers(self, who: str = "") -> list[int]:
        """Numbers of the numbered notifications that are no repeats, as they arrived."""
        return [one.sequence for one in self.heard if who in one.who and one.sequence and not one.is_repeat]

    def told_active(self, who: str = "") -> set[int]:
        """The alarms that are active as far as it was told: what a resync does not name is over."""
        active: set[int] = set()
        named: set[int] = set()
        for one in self.heard:
            if who not in one.who:
                continue
            if one.notification == "lnbResyncStarted":
                named = set()
            elif one.notification == "lnbResyncEnded":
                active &= named
            elif one.alarm and one.is_cleared:
                active.discard(one.alarm)
            elif one.alarm:
                active.add(one.alarm)
                named.add(one.alarm)
        return active


def _parsed(line: str) -> Heard:
    _, who, generic, specific, varbinds = line.split("|", 4)
    values = dict(_values(varbinds))
    said = values.get(_TRAP_OID)
    if said is None:  # SNMPv1 has no such object: generic and specific type stand for it
        said = specific if generic == "6" else f"{_GENERIC}.{int(generic) + 1}"
    return Heard(line, who, _notification(said), values)


def _notification(said: str) -> str:
    """Name of a type, from its name or its OID."""
    if "::" in said:
        return said.rpartition("::")[2]
    above, _, arc = said.lstrip(".").rpartition(".")
    return "coldStart" if (above, arc) == (_GENERIC, "1") else _ARCS[int(arc)]


def _values(varbinds: str) -> Iterator[tuple[str, str]]:
    for varbind in varbinds.split("\t"):
        name, _, value = varbind.partition(" = ")
        kind, colon, rest = value.partition(": ")
        shown = rest.strip('"') if colon else kind.strip('"')
        number = re.fullmatch(r"\w+\((-?\d+)\)", shown)
        yield _object(name), number[1] if number else shown


def _object(name: str) -> str:
    """Name of an object, whether it was printed with names or without."""
    if "::" in name:
        return name.partition("::")[2].partition(".")[0]
    located = NAMES.object_at(tuple(int(arc) for arc in name.strip(".").split(".")))
    if located is not None:
        return str(located[0].column.name)
    return _TRAP_OID if name.startswith(".1.3.6.1.6.3.1.1.4.1") else name
