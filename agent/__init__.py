"""Northbound SNMP agent for Meinberg LANTIME time servers."""

__version__ = "0.1.0"
