"""Measure what limits on interactions keep away from others."""
