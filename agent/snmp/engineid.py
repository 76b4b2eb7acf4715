"""Engine ID and boots, kept in the state directory (RFC 3414 2.2): boots rise at every start, before any answer."""

from __future__ import annotations

import json
import logging
import os
import secrets
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from agent.errors import HostError

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
    """

    engine_id: bytes
    boots: int
    started_s: float = field(default_factory=time.monotonic, compare=False)

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
    known = _read(path)
    wanted = bytes.fromhex(configured.removeprefix("0x")) if configured else None
    if known is None or (wanted is not None and wanted != known.engine_id):
        fresh = EngineIdentity(wanted or _PREFIX + secrets.token_bytes(8), 1)
    else:
        fresh = EngineIdentity(known.engine_id, min(known.boots + 1, BOOTS_MAX))
    _write(path, fresh)
    return fresh


def _read(path: Path) -> EngineIdentity | None:
    try:
        octets = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise HostError(f"cannot read {path}: {problem.strerror}") from problem
    try:
        data = json.loads(octets)
        identity = EngineIdentity(bytes.fromhex(data["engine_id"]), int(data["boots"]))
        if not 5 <= len(identity.engine_id) <= 32 or not 0 < identity.boots <= BOOTS_MAX:
            raise ValueError("out of bounds")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        # With its boots unknown the old ID must not be used again: managers would refuse it as a replay.
        aside = path.with_suffix(".corrupt")
        try:
            os.replace(path, aside)
        except OSError as problem:
            raise HostError(f"cannot write {aside}: {problem.strerror}; state_dir must be writable") from problem
        log.error("engine-state-corrupt file=%s kept_as=%s: the engine gets a new ID", path, aside)
        return None
    return identity


def _write(path: Path, identity: EngineIdentity) -> None:
    text = json.dumps({"engine_id": identity.engine_id.hex(), "boots": identity.boots}) + "\n"
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
