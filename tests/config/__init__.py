"""Tests of agent.config."""
