"""Check channels and emoji before posting, and wait for the board to appear."""
