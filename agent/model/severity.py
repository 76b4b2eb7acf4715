"""Perceived severity of alarms (ITU-T X.733, numbered as in ITU-ALARM-TC-MIB, RFC 3877)."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """How bad it is; the worse the smaller, cleared and indeterminate aside."""

    CLEARED = 1
    INDETERMINATE = 2
    CRITICAL = 3
    MAJOR = 4
    MINOR = 5
    WARNING = 6
