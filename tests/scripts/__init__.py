"""Tests of what the long runs measure and check with: a check that cannot fail finds nothing."""
