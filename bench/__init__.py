"""Benchmarks: how fast, measured on this machine against a yardstick run beside it.

`make bench` and `make bench-grown`; docs/benchmarks.md says what the figures mean.
"""
