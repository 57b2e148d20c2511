"""Operations: health, metrics, backups, import."""
