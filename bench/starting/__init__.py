"""Measure starts: with many boards, after changes, and after a kill."""
