"""Make the world, and servers that are much larger."""
