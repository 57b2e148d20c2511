"""Rules of forgetting a member."""
