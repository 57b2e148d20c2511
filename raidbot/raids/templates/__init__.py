"""Raid templates: built-in, of a guild, and as files."""
