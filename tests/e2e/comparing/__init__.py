"""Comparing boards with Discord, over the whole bot."""
