"""Emoji: what a role may have, and the emoji of a server."""
