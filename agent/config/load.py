"""Reading configuration files: strict YAML, problems named by file and key."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from agent.config.base import Model
from agent.config.desired import Desired
from agent.config.settings import Overlay, Settings
from agent.errors import ConfigError

M = TypeVar("M", bound=Model)


class _StrictLoader(yaml.SafeLoader):
    """YAML that refuses a key written twice, which plain YAML takes silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001,FBT002
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(None, None, "a key must be plain text", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} is given twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def load_settings(path: Path) -> Settings:
    """Read the configuration; relative paths in it count from the file's own folder.

    Raises:
        ConfigError: naming file and key, and what is allowed there.
    """
    data = _read_yaml(path)
    settings = _validated(Settings, data, path)
    return _anchored(settings, path.parent)


def load_overlay(path: Path) -> Overlay:
    """Read one overlay file.

    Raises:
        ConfigError: naming file and key, and what is allowed there.
    """
    return _validated(Overlay, _read_yaml(path), path)


def load_desired(path: Path) -> Desired:
    """Read a file of values that devices are to have.

    Raises:
        ConfigError: naming file and key, and what is allowed there.
    """
    return _validated(Desired, _read_yaml(path), path)


def _read_yaml(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(str(path), f"cannot be read: {getattr(problem, 'strerror', None) or problem}") from problem
    try:
        data = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader made stricter
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = f"{path}, line {mark.line + 1}, column {mark.column + 1}" if mark else str(path)
        raise ConfigError(place, f"not valid YAML: {_without_text(problem)}") from None
    except RecursionError as problem:
        raise ConfigError(str(path), "not valid YAML: nested too deeply") from problem
    if not isinstance(data, dict):
        raise ConfigError(str(path), "must be a mapping of keys to values")
    return data


def _without_text(problem: yaml.YAMLError) -> str:
    """What is wrong with the YAML, without the text that is: a password that begins with * or ! is read as such."""
    text = str(getattr(problem, "problem", None) or problem)
    for sign, mark, word in (("*", "alias", "an alias"), ("!", "tag", "a tag")):
        if mark in text:
            return f"{word} that is not known; text that begins with {sign} must be quoted"
    return text


def _validated(kind: type[M], data: Any, path: Path) -> M:
    try:
        return kind.model_validate(data, context={"folder": path.parent})
    except ValidationError as problems:
        errors = problems.errors(include_url=False, include_input=False)
        lines = [_explained(error, path, kind) for error in errors if not _is_echo(error, errors)]
        first, *rest = lines
        place, text = first
        raise ConfigError(place, "\n".join([text, *(f"{place}: {text}" for place, text in rest)])) from None


def first_problem(problems: ValidationError) -> str:
    """The first problem of a value that was given outside a file, for a person."""
    return str(problems.errors(include_url=False, include_input=False)[0]["msg"]).removeprefix("Value error, ")


def _explained(error: Any, path: Path, kind: type[Model]) -> tuple[str, str]:
    keys = ""
    for step in error["loc"]:
        keys += f"[{step}]" if isinstance(step, int) else f".{step}" if keys else str(step)
    text = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        known = _fields_at(kind, error["loc"][:-1])
        text = f"unknown key; known here: {', '.join(known)}" if known else "unknown key"
    elif error["type"] == "missing":
        text = "is missing"
    elif error["type"] == "tuple_type":
        text = "must be a list"
    return (f"{path}: {keys}" if keys else str(path)), text


def _is_echo(error: Any, errors: Any) -> bool:
    """Whether a device's `poll` or `alarms` is only wrong because the defaults at the top are."""
    place = error["loc"]
    if len(place) < 4 or place[0] != "devices":
        return False
    above = {"poll": ("poll",), "alarms": ("alarms", "rules")}.get(place[2])
    return above is not None and any(other["loc"] == (*above, *place[3:]) for other in errors)


def _fields_at(kind: type[Model], steps: tuple[Any, ...]) -> list[str]:
    """The keys known at a place in the settings."""
    here: Any = kind
    for step in steps:
        if isinstance(step, int):
            continue
        field = getattr(here, "model_fields", {}).get(step)
        if field is None:
            continue
        here = next((model for model in _models_in(field.annotation)), None)
    return sorted(getattr(here, "model_fields", {}))


def _models_in(annotation: Any) -> list[type[Model]]:
    # Python 3.10 counts tuple[X, ...] as a class, so what it holds is looked at first.
    inner = getattr(annotation, "__args__", ())
    if not inner and isinstance(annotation, type):
        return [annotation] if issubclass(annotation, Model) else []
    return [model for one in inner for model in _models_in(one)]


def _anchored(settings: Settings, folder: Path) -> Settings:
    def anchor(paths: tuple[Path, ...]) -> tuple[Path, ...]:
        return tuple(folder / path for path in paths)

    devices = tuple(device.model_copy(update={"overlays": anchor(device.overlays)}) for device in settings.devices)
    return settings.model_copy(
        update={
            "devices": devices,
            "overlays": anchor(settings.overlays),
            "state_dir": folder / settings.state_dir,
        }
    )
