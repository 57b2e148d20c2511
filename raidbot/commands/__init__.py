"""Slash commands, panels and gateway listeners."""
