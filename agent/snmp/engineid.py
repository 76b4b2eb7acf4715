"""Engine ID and boots, kept in the state directory (RFC 3414 2.2): boots rise at every start, before any answer."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agent.errors import HostError
from agent.wire.privacy import salts

log = logging.getLogger(__name__)

BOOTS_MAX = 2**31 - 1
"""Reached, boots stay there, and the engine is not in time for anybody until its ID changes (RFC 3414 2.2.2)."""

_PREFIX = bytes.fromhex("80001f8805")
"""Enterprise 8072 (net-snmp's, whose arc for experiments this agent uses), format 5: octets (RFC 3411 5)."""


@dataclass(frozen=True, slots=True)
class EngineIdentity:
    """Identity of an SNMP engine for one run.

    Attributes:
        started_s: when the run began, on the machine's monotonic clock, which all its processes share.
        first_salt: where the salts of privacy begin, the same for all its processes.
    """

    engine_id: bytes
    boots: int
    started_s: float = field(default_factory=time.monotonic, compare=False)
    first_salt: int = field(default_factory=lambda: secrets.randbits(64), compare=False, repr=False)

    def salts(self, front: int | None = None, fronts: int = 1, life: int = 0) -> Iterator[int]:
        """Numbers for salts that nobody else who seals messages of this engine gets in this run.

        Args:
            front: from 0; None for who sends notifications.
            fronts: how many there are.
            life: how often the process died before.
        """
        return salts(self.first_salt, fronts if front is None else front, fronts + 1, life)

    def time_s(self) -> int:
        """snmpEngineTime: seconds since boots rose (RFC 3414 2.2.2)."""
        return int(time.monotonic() - self.started_s)

    def uptime_ticks(self) -> int:
        """sysUpTime: hundredths of a second, in the 32 bits of TimeTicks."""
        return int((time.monotonic() - self.started_s) * 100) & 0xFFFFFFFF


def start_engine(state_dir: Path, configured: str | None) -> EngineIdentity:
    """The identity for this start, written down with its raised boots before it is returned.

    Args:
        state_dir: where `engine.json` is kept.
        configured: an engine ID in hexadecimal that replaces a generated one.

    Raises:
        HostError: the state directory cannot be written.
    """
    path = state_dir / "engine.json"
    known, is_corrupt = _read(path)
    wanted = bytes.fromhex(configured.removeprefix("0x")) if configured else known.last if known else b""
    engine_id = wanted or _PREFIX + secrets.token_bytes(8)
    boots = dict(known.boots) if known else {}
    # A configured ID cannot be replaced; with its boots unknown it is at the maximum (RFC 3414 2.2.2).
    former = BOOTS_MAX if configured and is_corrupt else boots.get(engine_id, 0)
    boots[engine_id] = min(former + 1, BOOTS_MAX)
    if known is not None:
        _note_copy(known, state_dir)
    _write(path, _Known(engine_id, boots, _place(state_dir)))
    if boots[engine_id] == BOOTS_MAX:
        log.error(
            "engine-boots-exhausted engine_id=%s: v3 with authentication is refused from now on (RFC 3414 2.2.2); "
            "the engine needs another ID: change snmp.engine_id, or delete %s if none is configured",
            engine_id.hex(), path,
        )  # fmt: skip
    return EngineIdentity(engine_id, boots[engine_id])


@dataclass(frozen=True, slots=True)
class _Known:
    """What the file says.

    Attributes:
        last: the engine ID that was used last.
        boots: of every engine ID that was ever used here: one that comes back must not begin anew.
        place: where the directory was.
    """

    last: bytes
    boots: Mapping[bytes, int]
    place: str = ""


def _place(state_dir: Path) -> str:
    """Where the state directory is: this machine and the path, as a digest."""
    try:
        machine = Path("/etc/machine-id").read_bytes().strip()
    except OSError:
        machine = b""
    return hashlib.sha256(machine + b"\0" + os.fsencode(state_dir.resolve())).hexdigest()[:32]


def _note_copy(known: _Known, state_dir: Path) -> None:
    """Say so when the directory was last used in another place: two engines of one ID confuse every manager."""
    if known.place and known.place != _place(state_dir):
        log.warning(
            "state-dir-moved directory=%s: it was last used on another machine or under another path; if it is a copy "
            "and the other agent runs on, stop this one and delete engine.json, for an engine ID of its own",
            state_dir,
        )


def _read(path: Path) -> tuple[_Known | None, bool]:
    """What the file says, if it says anything; and whether there was one that could not be read."""
    try:
        octets = path.read_bytes()
    except FileNotFoundError:
        return None, False
    except OSError as problem:
        raise HostError(f"cannot read {path}: {problem.strerror}") from problem
    try:
        data = json.loads(octets)
        former = {bytes.fromhex(engine_id): int(boots) for engine_id, boots in data.get("former", {}).items()}
        last = bytes.fromhex(data["engine_id"])
        known = _Known(last, {**former, last: int(data["boots"])}, str(data.get("place", "")))
        if not all(5 <= len(each) <= 32 and 0 < boots <= BOOTS_MAX for each, boots in known.boots.items()):
            raise ValueError("out of bounds")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        # With its boots unknown the old ID must not be used again: managers would refuse it as a replay, and believe
        # replays of what it once said.
        aside = path.with_suffix(".corrupt")
        try:
            os.replace(path, aside)
        except OSError as problem:
            raise HostError(f"cannot write {aside}: {problem.strerror}; state_dir must be writable") from problem
        log.error("engine-state-corrupt file=%s kept_as=%s: the engine needs a new ID", path, aside)
        return None, True
    return known, False


def _write(path: Path, known: _Known) -> None:
    former = {each.hex(): boots for each, boots in known.boots.items() if each != known.last}
    content = {"engine_id": known.last.hex(), "boots": known.boots[known.last], "place": known.place}
    text = json.dumps({**content, "former": former} if former else content) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".engine-")
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as problem:
        raise HostError(f"cannot write {path}: {problem.strerror}; state_dir must be writable") from problem
