"""Benchmarks: a script per figure. Ratios between peers in one run on one machine count, digits alone do not."""
