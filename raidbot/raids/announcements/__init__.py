"""Announcements: messages about a raid in a channel, some time before or after its start."""
