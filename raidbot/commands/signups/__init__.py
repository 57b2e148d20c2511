"""Signing up and leaving by reactions, board buttons, DM buttons and `/mysignups`."""
