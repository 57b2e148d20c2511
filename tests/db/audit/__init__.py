"""Rows of the audit: codes, old rows, retention."""
