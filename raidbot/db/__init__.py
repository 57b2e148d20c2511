"""Rows and values: the database."""
