"""The values that devices are to have: a YAML file for `config diff` and `config apply`."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, StrictStr, field_validator

from agent.config.base import Model, Name


def _as_written(value: Any) -> Any:
    """YAML's numbers with a point lose zeros behind it, and its dates are no texts; both are better in quotes."""
    if isinstance(value, (bool, int, str)):
        return value
    raise ValueError(f"text, a whole number, true or false expected, not {value!r}; in quotes it is text")


Value = Annotated[StrictBool | StrictInt | StrictStr, BeforeValidator(_as_written)]


class Desired(Model):
    """Wanted values by device.

    Attributes:
        devices: device name to values by place: an object's name, alone for every row of it, with the row's index
            behind for one row; or the path below /api/configuration of the device. What says more counts more.
    """

    devices: Annotated[dict[Name, dict[str, Value]], Field(min_length=1)]

    @field_validator("devices", mode="after")
    @classmethod
    def _not_empty(cls, devices: dict[str, dict[str, Value]]) -> dict[str, dict[str, Value]]:
        for name, values in devices.items():
            if not values:
                raise ValueError(f"{name}: at least one value")
        return devices
