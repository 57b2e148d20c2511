"""Benchmarks of statistics."""
