"""Recurring raids of the old bot, cell by cell, and the series that an import makes of them."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import cast

from raidbot.db import series as rows
from raidbot.db import series_occurrences
from raidbot.raids.model import GuildId
from raidbot.raids.schedules.due import next_posting
from raidbot.raids.schedules.occurrences import Occurrence, raids
from raidbot.raids.series.model import PastOccurrence, Series
from tests.ops.importer.handwritten_database import CREATOR, GUILD, NOW, HandwrittenDatabase, timestamp_after_now

WEDNESDAY = NOW
"""Wednesday 18 March 2026, 8:00 in New York, where clocks are four hours behind UTC by then."""
KEY = "id rec-1"


def insert_series(old: HandwrittenDatabase, **cells: object) -> None:
    """Insert a museum that is held on Fridays at 20:00 in New York and posted on Mondays at 10:00."""
    usual: dict[str, object] = {
        "id": "rec-1",
        "guild_id": str(GUILD),
        "template_slug": "museum",
        "schedule_type": "weekly",
        "day_of_week": 5,
        "time_of_day": "20:00",
        "timezone": "America/New_York",
        "spawn_day_of_week": 1,
        "spawn_time_of_day": "10:00",
        "creator_id": str(CREATOR),
        "copy_participants": 0,
        "advance_hours": 0,
        "enabled": 1,
        "created_at": timestamp_after_now(-timedelta(days=100)),
    }
    old.insert_row("recurring_raids", **usual | cells)


def all_series(old: HandwrittenDatabase, guild: int = GUILD) -> list[Series]:
    with closing(sqlite3.connect(old.new)) as connection:
        found = (rows.load(connection, one) for one in rows.of_guild(connection, GuildId(guild)))
        return [one for one in found if one is not None]


def taken(old: HandwrittenDatabase, **cells: object) -> Series:
    """Import a single recurring raid and return its series."""
    insert_series(old, **cells)
    old.run_import()
    (series,) = all_series(old)
    return series


def next_raid(series: Series, after: datetime = NOW) -> Occurrence:
    return next(raids(series.schedule, after=after))


def next_start(series: Series, after: datetime = NOW) -> str:
    return f"{next_raid(series, after).starts_at:%Y-%m-%dT%H:%M}"


def next_post(series: Series, after: datetime = NOW) -> str:
    at = next_posting(series.schedule, after=after)
    return f"{cast(datetime, at):%Y-%m-%dT%H:%M}"


def past(old: HandwrittenDatabase, series: Series) -> list[PastOccurrence]:
    with closing(sqlite3.connect(old.new)) as connection:
        return series_occurrences.history(connection, series.id, limit=25)


def fates(old: HandwrittenDatabase) -> dict[str, str | None]:
    return dict(old.all("SELECT key, fate FROM moved_rows WHERE source = 'recurring_raids'"))


def seconds(text: str) -> int:
    """Return the cell for an instant written in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
