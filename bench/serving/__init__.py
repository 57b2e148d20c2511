"""Benchmarks of what the bot serves over HTTP."""
