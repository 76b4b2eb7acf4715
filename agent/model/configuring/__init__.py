"""Writing a device's configuration: what is written where, and what came of it. Pure values."""

from agent.model.configuring.change import Change, Target, Verdict, Written, restoring
from agent.model.configuring.posted import Posted

__all__ = ["Change", "Posted", "Target", "Verdict", "Written", "restoring"]
