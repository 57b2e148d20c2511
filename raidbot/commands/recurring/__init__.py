"""`/recurring`."""
