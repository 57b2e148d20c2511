"""`/raid` and `/raidsignup`: manage one raid."""
