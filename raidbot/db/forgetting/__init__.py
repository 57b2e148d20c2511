"""What is known of a member, by the registry: all of it, and its end."""
