"""The agent as processes, killed and started."""
