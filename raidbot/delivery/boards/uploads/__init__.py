"""Pictures of boards: files that are uploaded with them, and what Discord does not take."""
