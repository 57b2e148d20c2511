"""Fetch member names, and find members who left."""
