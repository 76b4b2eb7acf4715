"""Packs for receivers and network-management systems."""
