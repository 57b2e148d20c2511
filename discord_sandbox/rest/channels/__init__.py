"""Routes of channels and what is in them."""
