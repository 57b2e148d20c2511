"""Bring Discord up to date with the database: boards, messages, threads and log channels."""
