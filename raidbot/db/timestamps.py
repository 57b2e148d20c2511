"""Convert between aware UTC datetimes and the database's whole seconds since the Unix epoch."""

from datetime import UTC, datetime

from raidbot.db import cells

_read = cells.number(0, int(datetime(9000, 1, 1, tzinfo=UTC).timestamp()))  # leaves room to add any length of time


def seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def seconds_or_none(instant: datetime | None) -> int | None:
    return None if instant is None else seconds(instant)


def instant(value: object) -> datetime:
    """Raises UnreadableCellError."""
    return datetime.fromtimestamp(_read(value), UTC)


def instant_or_none(value: object) -> datetime | None:
    return None if value is None else instant(value)
