"""Rules of one roster: signups, assignments, substitutes, attendance, undo."""
