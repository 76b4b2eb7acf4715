"""Policies for tests."""

from __future__ import annotations

from agent.config import SnmpSettings
from agent.wire.policy import Policy, make_policy


def policy_of(settings: SnmpSettings, engine_id: bytes = b"\x80\0\x1f\x88\x05engine") -> Policy:
    """The policy of a configuration."""
    return make_policy(settings, engine_id)
