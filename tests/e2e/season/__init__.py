"""A season of a guild, from its first raid to the figures at its end."""
