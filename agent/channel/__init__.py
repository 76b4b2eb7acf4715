"""The channel between the front, which answers, and the back, which does everything else: its two ends."""
