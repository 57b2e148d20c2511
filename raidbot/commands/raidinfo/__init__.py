"""`/raidinfo`."""
