"""The SNMP edge: sockets, engine identity, the pysnmp engine, its responders, and a manager for `walk`."""
