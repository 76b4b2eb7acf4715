"""One agent per state directory: a lock that the running agent holds, with its process ID in it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from agent.errors import HostError, UsageError

NAME = "agent.lock"
TAKEN = "taken"


class StateLock:
    """Held from its making until `release`, or until the process ends, however it ends."""

    def __init__(self, state_dir: Path) -> None:
        """Take the lock.

        Raises:
            HostError: another agent holds it, or the directory cannot be written.
        """
        path = state_dir / NAME
        try:
            state_dir.mkdir(parents=True, exist_ok=True)
            self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+", encoding="utf-8")
        except OSError as problem:
            raise HostError(f"cannot use {path}: {problem.strerror}; state_dir must be writable") from problem
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _process_id(path)
            self._file.close()
            raise HostError(
                f"{state_dir} is in use by another agent (process {holder}); give each agent a state_dir of its own"
            ) from None
        self._reloads = 0
        self._write("")

    def note_reload(self, outcome: str) -> None:
        """Leave word of what became of a reload, for who asked for it."""
        self._reloads += 1
        self._write(f"{self._reloads} {' '.join(outcome.split())}\n")

    def _write(self, word: str) -> None:
        # Who reads at any moment finds the word of before or this one: it is not emptied first.
        self._file.seek(0)
        self._file.write(f"{os.getpid()}\n{word}")
        self._file.flush()
        self._file.truncate()

    def release(self) -> None:
        """Let the next agent have the directory."""
        self._file.close()


def running_agent(state_dir: Path) -> int:
    """Process ID of the agent that uses a state directory.

    Raises:
        UsageError: none does, or it has just begun.
    """
    path = state_dir / NAME
    try:
        with path.open("r", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        process = _process_id(path)
        if process:  # 0 would be whoever asks, and all its process group
            return process
    except OSError:
        pass
    raise UsageError(f"no agent is running with state_dir {state_dir}")


def last_reload(state_dir: Path) -> str:
    """What became of the latest reload, with its number before it; empty when there was none."""
    try:
        lines = (state_dir / NAME).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return lines[1] if len(lines) > 1 else ""


def _process_id(path: Path) -> int:
    try:
        return int(path.read_text(encoding="utf-8").partition("\n")[0] or 0)
    except (OSError, ValueError):
        return 0
