"""Tests of blocks, store, views, answers and BER reading, without any socket."""
