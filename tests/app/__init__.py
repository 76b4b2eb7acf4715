"""The whole agent, running."""
