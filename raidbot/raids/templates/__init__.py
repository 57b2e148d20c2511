"""Raid templates: built-in, of a server, and as files."""
