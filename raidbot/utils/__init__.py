"""Leaves that know nothing of raids."""
