"""Tests of what benchmarks say, not of how fast anything is."""
