"""A weekly raid of the demo's server: moving the clock shows it posted, announced and reminded of by itself."""

import random
import sqlite3
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from discord_sandbox import Sandbox
from discord_sandbox.store import Guild
from raidbot.db import announcements, series_transactions
from raidbot.db.database import Database
from raidbot.raids.announcements.model import Announcement, Moment, Owner, Ping
from raidbot.raids.events import Cause
from raidbot.raids.model import GuildId, MemberId, RoleKey, Source
from raidbot.raids.schedules.model import Lead, Schedule
from raidbot.raids.schedules.rules import Weekly
from raidbot.raids.series.model import Series, SeriesCode, StandingPlace, Turn
from raidbot.utils.ids import new_code

NAME = "Weekly dungeon"
_DAYS_AHEAD = 6
"""Days between the posting of a raid and its start: after any step of up to a week a raid is posted that lies ahead."""
_FIRST_POSTING_DAYS = 2
"""The raids of the seed come first, so that the page's first events are theirs."""
_STANDING = ("tank", "healer")
"""The roles in which the last members of the server come every time."""
ANNOUNCEMENT = Announcement(
    moment=Moment(minutes=-15), text="Invites go out now: {title} starts {in}. {board}", ping=Ping.SEATED
)


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
        standing=tuple(
            StandingPlace(member=MemberId(member), role=RoleKey(role), since=now, place=place)
            for place, (member, role) in enumerate(zip(_regulars(guild), _STANDING, strict=False), start=1)
        ),
    )
    db = await Database.open(database)
    try:
        await db.write(partial(_create, series=series, now=now))
    finally:
        await db.close()


def _regulars(guild: Guild) -> list[int]:
    """Return the members who come every time, the last one first: the first ones play in the seed."""
    members = [one.id for one in guild.members.values() if not one.user.bot and one.id != guild.owner_id]
    return members[: -len(_STANDING) - 1 : -1]


def _create(tx: sqlite3.Connection, series: Series, now: datetime) -> None:
    cause = Cause(Source.COMMAND, series.creator)
    stored, _ = series_transactions.create(tx, series, cause, now)
    owner = Owner.of_series(stored.id)
    announcements.change(tx, stored.guild, owner, lambda _: (ANNOUNCEMENT,), cause, now, name=NAME)
