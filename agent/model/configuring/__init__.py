"""Writing a device's configuration: what is written where, and what came of it. Pure values."""

from agent.model.configuring.change import Change, Target, Verdict, Written, restoring

__all__ = ["Change", "Target", "Verdict", "Written", "restoring"]
