"""A policy as octets, for the way from the back to the front.

What is neither a number nor text stands in an object of one key that says what it is; of classes only the ones named
here are made again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import IntEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final

from agent.model.place import Place
from agent.wire.access import Access, AccessRow, Level, Match, Model
from agent.wire.community import Community
from agent.wire.context import Contexts
from agent.wire.family import Pattern
from agent.wire.frames import FrameError
from agent.wire.keys import AuthProtocol, PrivProtocol
from agent.wire.policy import Policy
from agent.wire.usm import User
from agent.wire.view import MaskedView, View

_DATA: Final[tuple[Callable[..., Any], ...]] = (
    Policy, Community, User, AuthProtocol, PrivProtocol, Access, AccessRow, Contexts, Place, View, MaskedView, Pattern,
    Model, Level, Match,
)  # fmt: skip
_CLASSES: Final = {each.__name__: each for each in _DATA}


def policy_text(policy: Policy) -> bytes:
    """A policy as it is sent; keys stand in it, so it is for the agent's own channel and for nothing else."""
    return json.dumps(_plain(policy), separators=(",", ":")).encode()


def read_policy(octets: bytes) -> Policy:
    """The policy that octets stand for.

    Raises:
        FrameError: they stand for none.
    """
    try:
        policy = json.loads(octets, object_hook=_object)
    except (ValueError, TypeError, KeyError) as problem:
        raise FrameError(f"a policy that cannot be read: {type(problem).__name__}") from None
    if not isinstance(policy, Policy):
        raise FrameError("no policy")
    return policy


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, IntEnum):
        return {type(value).__name__: [int(value)]}
    if isinstance(value, int):
        return value
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, (IPv4Network, IPv6Network)):
        return {"network": str(value)}
    if isinstance(value, frozenset):
        return {"set": [_plain(each) for each in value]}
    if isinstance(value, tuple):
        return {"tuple": [_plain(each) for each in value]}
    if is_dataclass(value) and type(value).__name__ in _CLASSES:
        return {type(value).__name__: [_plain(getattr(value, each.name)) for each in fields(value) if each.init]}
    if isinstance(value, Mapping):
        return {"mapping": [[_plain(key), _plain(each)] for key, each in value.items()]}
    raise TypeError(f"a {type(value).__name__} has no place in a policy")


_MAKERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "bytes": bytes.fromhex,
    "network": ip_network,
    "mapping": dict,
    "set": frozenset,
    "tuple": tuple,
}


def _object(content: dict[str, Any]) -> Any:
    ((kind, inner),) = content.items()
    maker = _MAKERS.get(kind)
    return maker(inner) if maker is not None else _CLASSES[kind](*inner)
