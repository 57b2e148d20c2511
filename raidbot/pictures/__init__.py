"""Pictures of figures, each with a description and the same facts as text. Nothing of Discord or the database."""
