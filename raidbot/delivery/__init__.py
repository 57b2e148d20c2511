"""What Discord shows follows the database."""
