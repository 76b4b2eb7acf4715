"""Notifications, from the queue to receivers of others."""
