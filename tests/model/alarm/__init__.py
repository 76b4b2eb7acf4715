"""Tests of the alarm model."""
