"""The conformance suite: one test a statement, over real UDP, on three subjects; docs/conformance.md is its table."""
