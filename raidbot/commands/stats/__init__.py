"""`/stats`."""
