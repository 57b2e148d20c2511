"""Show the audit in the log channels."""
