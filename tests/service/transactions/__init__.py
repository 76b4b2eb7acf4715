"""Transactions carried out."""
