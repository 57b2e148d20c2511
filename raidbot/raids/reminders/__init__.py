"""Reminders before a raid's start: leads, what is due to whom, and the message."""
