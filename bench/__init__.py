"""Measurements, each by one command: `make scale-test` with several processes and Redis; others by their own names."""
