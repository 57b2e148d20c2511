"""Running it: health, metrics, backups."""
