"""Look up member names, and find members who left."""
