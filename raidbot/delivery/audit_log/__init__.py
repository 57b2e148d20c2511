"""Report audit entries in the log channels."""
