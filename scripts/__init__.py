"""Long runs against a whole agent, started as a process of its own. Run from the project's folder."""
