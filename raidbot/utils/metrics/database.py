"""The database."""

from raidbot.utils.metrics.registry import QUICK_SECONDS, counter, gauge, histogram

TIME = histogram(
    "database_seconds", "Time that reads and writes took, waiting included", QUICK_SECONDS, kind=("read", "write")
)
READ_TIME, WRITE_TIME = TIME.labels("read"), TIME.labels("write")
COMMITS = counter("database_commits", "Transactions; several writes share one")
OUTAGE = gauge("database_outage", "1 while the database cannot be written")
OUTAGES = counter("database_outages", "How often the database became unwritable")
SIZE = gauge("database_bytes", "Size of the database's files", file=("main", "wal"))
MAIN_SIZE, WAL_SIZE = SIZE.labels("main"), SIZE.labels("wal")
FREE = gauge("disk_free_bytes", "Free space on the disk of the database")
SET_ASIDE = counter("rows_set_aside", "Rows that could not be read, or whose work failed, reported once each")
