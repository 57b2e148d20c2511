"""Routes of guilds."""
