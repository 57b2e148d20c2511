"""`/templates`."""
