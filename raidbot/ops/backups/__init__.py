"""Backups of the database, restoring one, and moving one server to another database."""
