"""General helpers; nothing here depends on raids, the database or commands."""
