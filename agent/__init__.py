"""Northbound SNMP agent for Meinberg LANTIME time servers."""

import logging

__version__ = "0.1.0"

# Commands that set up no logging say what there is to say themselves.
logging.getLogger(__name__).addHandler(logging.NullHandler())
