"""`/reminders`."""
