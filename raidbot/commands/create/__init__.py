"""`/create`."""
