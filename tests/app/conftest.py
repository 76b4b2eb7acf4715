"""Running agents and simulated devices, stopped after each test."""

from __future__ import annotations

from tests.support.running import agent_on as agent_on  # fixtures
from tests.support.running import simulate as simulate
