"""Post the boards of raids and keep them equal to the database."""
