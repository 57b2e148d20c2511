"""`/leaderboard`."""
