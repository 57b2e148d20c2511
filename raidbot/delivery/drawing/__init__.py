"""Draw a raid as a message: its text, fields and controls."""
