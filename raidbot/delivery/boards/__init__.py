"""Keep the posted boards equal to the database."""
