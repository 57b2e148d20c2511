"""Convert between aware UTC datetimes and the database's whole seconds since the Unix epoch."""

from datetime import UTC, datetime


def seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def seconds_or_none(instant: datetime | None) -> int | None:
    return None if instant is None else seconds(instant)


def instant(value: int) -> datetime:
    return datetime.fromtimestamp(value, UTC)


def instant_or_none(value: int | None) -> datetime | None:
    return None if value is None else instant(value)
