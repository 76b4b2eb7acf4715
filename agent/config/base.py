"""What all settings are made of: a strict frozen model, and texts checked by kind."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_OID = re.compile(r"[0-2](\.\d{1,10})+")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("1 to 32 letters, digits, '.', '_' or '-', beginning with a letter or digit")
    return value


def _oid(value: Any) -> str:
    text = str(value).lstrip(".")
    if not _OID.fullmatch(text) or any(int(part) >= 2**32 for part in text.split(".")):
        raise ValueError("an OID in dotted digits, like 1.3.6.1.2.1.1")
    return text


_HOST_PROBLEM = "a host name or IP address, without scheme, port, path or credentials"


def _host(value: str) -> str:
    if not value or len(value) > 253 or re.search(r"[\s/@?#]", value):
        raise ValueError(_HOST_PROBLEM)
    host = value.strip("[]")
    if ":" in host:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            raise ValueError(_HOST_PROBLEM) from None
    return host


def fingerprint_digits(value: str) -> str:
    """A SHA-256 fingerprint as 64 lower-case digits, however it was written."""
    digits = value.replace(":", "").lower()
    if not _FINGERPRINT.fullmatch(digits):
        raise ValueError("a SHA-256 fingerprint: 64 hexadecimal digits, colons allowed")
    return digits


def from_folder(value: Path, info: ValidationInfo) -> Path:
    """The path, counted from the configuration file's folder when there is a file."""
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / value


Name = Annotated[str, AfterValidator(_name)]
Oid = Annotated[str, BeforeValidator(_oid)]
Host = Annotated[str, AfterValidator(_host)]


class Model(BaseModel):
    """Base of all settings: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
