"""Series in tests of the whole bot: made through its state, posted by its clock, read from the boards."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId, MemberId, Source
from raidbot.raids.schedules.model import Lead, Posting, Schedule
from raidbot.raids.schedules.rules import Rule, Weekly
from raidbot.raids.series.model import Series, Turn
from raidbot.state import Cause
from tests.raid_boards import board_text

ZONE = "Europe/London"
A_DAY_BEFORE = Lead(minutes=24 * 60)


def by(guild: SandboxGuild) -> Cause:
    return Cause(Source.COMMAND, MemberId(guild.owner.id))


def coming(sandbox: Sandbox, hours: float, rule: Rule | None = None, posting: Posting = A_DAY_BEFORE) -> Schedule:
    """Return a schedule that begins so many hours from now; weekly if there is no rule."""
    at = (sandbox.clock.now() + timedelta(hours=hours)).replace(second=0, microsecond=0, tzinfo=None)
    return Schedule(zone="UTC", start=at, rule=rule or Weekly((at.weekday(),)), posting=posting)


async def make(
    bot: RaidBot, guild: SandboxGuild, schedule: Schedule, edit: Callable[[Series], Series] = lambda series: series
) -> Series:
    """Create a series of museums, edited."""
    now = bot.state.now()
    plain = Series(
        guild=GuildId(guild.id),
        name="Museum night",
        schedule=schedule,
        rotation=(Turn(template="museum", seats=2),),
        creator=MemberId(guild.owner.id),
        created_at=now,
        looked_at=now,
    )
    return await bot.state.series.create(edit(plain), by(guild))


def boards(guild: SandboxGuild, channel: str = "raid-signups") -> list[Message]:
    """Return the boards in a channel, oldest first."""
    return [message for message in guild.messages(guild.channel(channel)) if message.embeds]


async def posted(sandbox: Sandbox, guild: SandboxGuild, number: int) -> list[Message]:
    """Wait for so many boards whose reactions are there, and return them."""
    return await sandbox.until(
        lambda: found if len(found := boards(guild)) >= number and all(one.reactions for one in found) else []
    )


def starts(board: Message) -> int:
    """Return the start that the board names, in seconds since 1970."""
    found = re.search(r"<t:(\d+)", board_text(board))
    assert found is not None
    return int(found[1])


def pinged_roles(guild: SandboxGuild) -> list[set[int]]:
    """Return the roles that each board notified."""
    return [set(board.mention_roles) for board in boards(guild)]


def audited(database: Path, action: str = "") -> list[dict[str, object]]:
    """Return the arguments of all audit entries of series with this action."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT arguments FROM audit WHERE action = ? ORDER BY id", (action,)).fetchall()
    return [json.loads(arguments) for (arguments,) in rows]
