"""Audit entries: their rows, and their words."""
