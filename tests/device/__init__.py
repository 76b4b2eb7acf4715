"""Tests of the REST client, against servers on the loopback interface."""
