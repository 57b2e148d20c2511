"""Benchmarks that print figures, one JSON object per line, without judging them; see docs/performance.md."""
