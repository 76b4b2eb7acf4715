"""The composition root: every part of the agent put together, in one process or in several."""

from agent.app.plans import Plans, check_startable, load_overlays
from agent.app.whole import App

__all__ = ["App", "Plans", "check_startable", "load_overlays"]
