"""The rows about a member, by the registry: all of them, and their end."""
