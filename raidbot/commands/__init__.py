"""What people ask for in Discord."""
