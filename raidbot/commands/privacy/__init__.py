"""`/privacy`."""
