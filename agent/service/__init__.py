"""What runs: polls by schedule, device keepers, state on disk. Knows the edges as Protocols only."""
