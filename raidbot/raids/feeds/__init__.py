"""Calendar feeds: whose they are, and what they say of raids and of what series plan."""
