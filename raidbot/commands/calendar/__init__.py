"""`/calendar`."""
