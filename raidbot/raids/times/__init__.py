"""Typed times and time zones."""
