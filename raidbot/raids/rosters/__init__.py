"""Roster rules: signups, promotion, managers' edits, substitutes, attendance, undo."""
