"""A weekly raid of the demo's server: moving the clock by a week shows its board appear by itself."""

import random
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from discord_sandbox import Sandbox
from raidbot.db import series_transactions
from raidbot.db.database import Database
from raidbot.raids.events import Cause
from raidbot.raids.model import GuildId, MemberId, Source
from raidbot.raids.schedules.model import Lead, Schedule
from raidbot.raids.schedules.rules import Weekly
from raidbot.raids.series.model import Series, SeriesCode, Turn
from raidbot.utils.ids import new_code

NAME = "Weekly dungeon"
_DAYS_AHEAD = 6
"""Days between the posting of a raid and its start: after any step of up to a week a raid is posted that lies ahead."""
_FIRST_POSTING_DAYS = 2
"""The raids of the seed come first, so that the page's first events are theirs."""


async def plan_weekly_raid(sandbox: Sandbox, database: Path, *, zone: str) -> None:
    """Write the series of the first guild into the database of a bot that does not run yet."""
    guild = next(iter(sandbox.store.guilds.values()), None)
    if guild is None:
        return
    now = sandbox.clock.now()
    first = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=_FIRST_POSTING_DAYS + _DAYS_AHEAD)
    series = Series(
        guild=GuildId(guild.id),
        code=SeriesCode(new_code(random.SystemRandom())),
        name=NAME,
        schedule=Schedule(
            zone=zone,
            start=datetime.combine(first, time(20)),
            rule=Weekly((first.weekday(),)),
            posting=Lead(days=_DAYS_AHEAD),
        ),
        rotation=(Turn(template="dungeon-5", title=NAME),),
        creator=MemberId(guild.owner_id),
        leader=MemberId(guild.owner_id),
        created_at=now,
        looked_at=now,
    )
    cause = Cause(Source.COMMAND, series.creator)
    db = await Database.open(database)
    try:
        await db.write(partial(series_transactions.create, series=series, cause=cause, now=now))
    finally:
        await db.close()
