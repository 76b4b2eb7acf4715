"""Hostile input: what a datagram can say, in bounded and seeded runs, in process and over UDP."""
