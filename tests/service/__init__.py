"""What runs: fetch, keeper, poller, state."""
