"""Gateway events of guilds and boards, handled in order."""
