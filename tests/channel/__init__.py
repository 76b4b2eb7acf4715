"""The channel between front and back, both ends."""
