"""Forget members: take them off raids, out of rows, caches and files."""
