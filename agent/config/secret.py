"""Secrets: read from where they are kept, usable, never printable."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Final

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

HIDDEN: Final = "********"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SOURCES: Final = "${VARIABLE}, file:/path or credential:NAME (a systemd credential)"


class Secret:
    """A secret text. Its value is had from `reveal()` alone; every other way to print it shows stars."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({HIDDEN!r})"

    def __str__(self) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise TypeError("a secret is not to be pickled")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._validated, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def _validated(cls, written: Any) -> Secret:
        if isinstance(written, Secret):
            return written
        if not isinstance(written, str):
            raise ValueError(f"must be text: {SOURCES}")
        return cls(fetch(written))


class OpenSecret(Secret):
    """A secret that may also be written out in the file (an SNMP community)."""

    __slots__ = ()

    @classmethod
    def _validated(cls, written: Any) -> Secret:
        if isinstance(written, str) and not _refers(written):
            if not written:
                raise ValueError("must not be empty")
            return cls(written)
        return super()._validated(written)


def _refers(written: str) -> bool:
    return bool(_VARIABLE.fullmatch(written)) or written.startswith(("file:", "credential:"))


def fetch(written: str) -> str:
    """The secret that a reference names.

    Raises:
        ValueError: naming the variable, file or credential that is missing; never the secret.
    """
    variable = _VARIABLE.fullmatch(written)
    if variable:
        value = os.environ.get(variable[1])
        if not value:
            raise ValueError(f"environment variable {variable[1]} is not set")
        return value
    if written.startswith("file:"):
        path = Path(written[len("file:") :])
        if not path.is_absolute():
            raise ValueError("file: takes an absolute path, like file:/etc/lantime-agent/password")
        return _read(path)
    if written.startswith("credential:"):
        directory = os.environ.get("CREDENTIALS_DIRECTORY")
        if not directory:
            raise ValueError("CREDENTIALS_DIRECTORY is not set; systemd sets it for units with LoadCredential=")
        name = written[len("credential:") :]
        if "/" in name or name in {"", ".", ".."}:
            raise ValueError("credential:NAME takes a plain name")
        return _read(Path(directory) / name)
    raise ValueError(f"a secret is not written into this file; write {SOURCES}")


def _read(path: Path) -> str:
    try:
        value = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as problem:
        raise ValueError(f"cannot read {path}: {getattr(problem, 'strerror', None) or problem}") from problem
    if not value:
        raise ValueError(f"{path} is empty")
    return value


def expand(written: str) -> str:
    """A text in which ${VARIABLE} is replaced (user names, which are no secrets)."""

    def value_of(found: re.Match[str]) -> str:
        value = os.environ.get(found[1])
        if value is None:
            raise ValueError(f"environment variable {found[1]} is not set")
        return value

    return _VARIABLE.sub(value_of, written)
