"""Benchmarks of the goals that the issues set: each measures on this machine and prints goal beside result."""
