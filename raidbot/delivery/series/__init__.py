"""Parts of delivery about series."""
