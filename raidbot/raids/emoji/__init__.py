"""Emoji: parsing, comparison, and a guild's custom emoji."""
