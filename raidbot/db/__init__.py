"""The database: connections, queries and the mapping between rows and values."""
