"""Tests of agent.mib."""
