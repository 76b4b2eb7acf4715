"""A simulated LANTIME time server: its REST API, and every way it may misbehave.

It imports nothing from the rest of the agent, so that no shared parser hides a shared mistake.
"""

from agent.sim.certificate import Certificate, make_certificate
from agent.sim.documents import build_configuration, build_status
from agent.sim.journal import RequestRecord
from agent.sim.simulator import Simulator
from agent.sim.spec import SimSpec

__all__ = [
    "Certificate",
    "RequestRecord",
    "SimSpec",
    "Simulator",
    "build_configuration",
    "build_status",
    "make_certificate",
]
