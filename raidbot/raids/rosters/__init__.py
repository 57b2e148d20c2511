"""Roster rules: signups, assignments, substitutes, attendance, undo."""
