"""Benchmarks of what happens by the clock."""
