"""The past season of the demo's server: a dungeon each week, so that figures and histories have something to show."""

import random
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from discord_sandbox import Sandbox
from discord_sandbox.store import Channel, Guild
from raidbot.db import guilds, raids
from raidbot.db.database import Database
from raidbot.demo import cast
from raidbot.raids import lifecycle
from raidbot.raids.drafts import Draft, plan
from raidbot.raids.model import (
    ChannelId,
    CloseReason,
    GuildId,
    MemberId,
    MessageId,
    Presence,
    Raid,
    RaidCode,
    RoleKey,
    Source,
)
from raidbot.raids.permissions import Grants
from raidbot.raids.rosters import attendance, signups
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates import catalogue
from raidbot.state import BOARD_RETENTION
from raidbot.utils.ids import new_code

WEEKS = 12
_LED = ("create", "raid", "raidsignup", "recurring")
"""The commands whose permissions raid leaders have."""
_DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_MILLISECOND, _MACHINE_BITS = timedelta(milliseconds=1), 22
_WANTED = ("tank", "healer", "damage", "damage", "damage", "damage")
"""The roles in which people come, the last one in vain."""
_ABSENT = (Presence.NO_SHOW, Presence.LATE, Presence.EXCUSED)


async def write_past_season(sandbox: Sandbox, database: Path, *, zone: str) -> None:
    """Write the season of the first guild into the database of a bot that does not run yet, and show it its ranks."""
    guild = next(iter(sandbox.store.guilds.values()), None)
    people = [] if guild is None else [MemberId(one.id) for one in guild.members.values() if not one.user.bot]
    channel = None if guild is None else cast.signups(guild)
    if guild is None or channel is None or len(people) <= len(_WANTED):
        return
    db = await Database.open(database)
    try:
        season = partial(_write, guild=guild, channel=channel, people=people, zone=zone, now=sandbox.clock.now())
        await db.write(season)
    finally:
        await db.close()


def _write(
    tx: sqlite3.Connection, guild: Guild, channel: Channel, people: Sequence[MemberId], zone: str, now: datetime
) -> None:
    before = GuildSettings(guild=GuildId(guild.id))
    guilds.save_settings(tx, before, before.with_fields({"zone": zone, "leaderboards": True, "grants": _grants(guild)}))
    for member in guild.members.values():
        member.joined_at = now - timedelta(weeks=WEEKS + 4)
    names = {MemberId(one.id): one.nick or one.user.global_name or one.user.username for one in guild.members.values()}
    guilds.save_names(tx, before.guild, [(member, names[member]) for member in people])
    chance = random.Random(WEEKS)  # the same season each time
    last = (now - BOARD_RETENTION).astimezone(ZoneInfo(zone)).date() - timedelta(days=1)  # nobody looks for its boards
    for week in range(WEEKS, 0, -1):
        starts_at = datetime.combine(last - timedelta(weeks=week - 1), time(20), ZoneInfo(zone)).astimezone(UTC)
        blank = plan(
            Draft(activity="dungeon-5", starts_at=starts_at, zone=zone),
            catalogue.untouched(),
            guild=before.guild,
            creator=people[0],
            channel=ChannelId(channel.id),
            now=starts_at - timedelta(days=3),
        )
        raids.insert(tx, _played(replace(blank, code=RaidCode(new_code(chance))), people, chance))


def _grants(guild: Guild) -> Grants:
    """Let raid leaders create raids, and change those of others."""
    role = cast.leaders(guild)
    return Grants() if role is None else Grants(roles=dict.fromkeys(_LED, frozenset({role.id})))


def _played(raid: Raid, people: Sequence[MemberId], chance: random.Random) -> Raid:
    """Return the raid as it was once its leader had noted who came."""
    posted = lifecycle.posted(raid, _message(raid.created_at)).raid
    for member, role in zip(chance.sample(people, len(_WANTED)), _WANTED, strict=True):
        posted = signups.join(posted, member, RoleKey(role), now=raid.created_at, source=Source.REACTION).raid
    began = raid.starts_at
    closed = lifecycle.close(posted, reason=CloseReason.AT_START, by=None, now=began).raid
    for member, presence in zip(chance.sample([seat.member for seat in closed.seats], 3), _ABSENT, strict=True):
        if chance.random() < 0.4:
            marked = attendance.mark(closed, presence, {member}, among={member}, by=raid.creator, now=began)
            closed = marked.raid
    return closed


def _message(at: datetime) -> MessageId:
    """Return an id such as Discord gives at that instant."""
    return MessageId(((at - _DISCORD_EPOCH) // _MILLISECOND) << _MACHINE_BITS)
