"""Tests of the SNMP side, over UDP sockets on the loopback interface."""
