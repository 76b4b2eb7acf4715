"""A simulated LANTIME time server: its REST API, and every way it may misbehave.

It imports nothing from the rest of the agent, so that no shared parser hides a shared mistake.
"""

from agent.sim.certificate import Certificate, make_certificate
from agent.sim.configurator import WriteOptions
from agent.sim.documents import build_configuration, build_status
from agent.sim.journal import RequestRecord, WriteRecord
from agent.sim.limits import RefusedError
from agent.sim.settings import Change
from agent.sim.simulator import Simulator
from agent.sim.spec import SimSpec

__all__ = [
    "Certificate",
    "Change",
    "RefusedError",
    "RequestRecord",
    "SimSpec",
    "Simulator",
    "WriteOptions",
    "WriteRecord",
    "build_configuration",
    "build_status",
    "make_certificate",
]
