"""Transactions over the devices' configuration: carried out, kept on disk, shown."""
