"""The declarations, one file per group of the MIB."""
