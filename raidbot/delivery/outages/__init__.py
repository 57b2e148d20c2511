"""Outages of Discord: what stops calling it, tries it again, and comes back slowly."""
