"""Helpers for tests of announcements: put them in place, and read what was posted."""

from datetime import datetime
from functools import partial

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import Channel, Message
from raidbot.bot import RaidBot
from raidbot.db import announcements
from raidbot.raids.announcements import edits
from raidbot.raids.announcements.model import Announcement, Moment, Owner, Ping, Place
from raidbot.raids.model import ChannelId, GuildId, MessageId, Raid, Source
from raidbot.state import Cause
from tests.db.audit.rows_in_words import rows_in_words
from tests.delivery.harness import until
from tests.raid_boards import post_raid


def before(
    minutes: int,
    text: str = "",
    *,
    place: Place | None = None,
    channel: int | None = None,
    ping: Ping = Ping.NOBODY,
    role: int | None = None,
) -> Announcement:
    """Return an announcement so many minutes before the start, or after it if negative."""
    where = place or (Place.BOARD if channel is None else Place.CHANNEL)
    chosen = None if channel is None else ChannelId(channel)
    return Announcement(moment=Moment(0, -minutes), text=text, place=where, channel=chosen, ping=ping, role=role)


async def add(bot: RaidBot, guild: SandboxGuild, owner: Owner, *new: Announcement) -> None:
    for one in new:
        rule = partial(edits.add, new=one)
        change = partial(
            announcements.change,
            guild=GuildId(guild.id),
            owner=owner,
            rule=rule,
            cause=Cause(Source.COMMAND),
            now=bot.state.now(),
        )
        await bot.state.db.write(change)


async def posted_raid(bot: RaidBot, guild: SandboxGuild, *own: Announcement, when: str = "in 2 hours") -> Raid:
    """Post a raid with announcements of its own, and return it."""
    board = await post_raid(guild, when=when)
    raid = await bot.state.raid(bot.state.boards[MessageId(board.id)])
    await add(bot, guild, Owner.of(raid), *own)
    return raid


def announced(guild: SandboxGuild, channel: Channel | None = None) -> list[Message]:
    """Return the messages in the channel (by default the boards') that are no boards."""
    return [one for one in guild.messages(channel or guild.channel("raid-signups")) if not one.embeds]


async def audited(bot: RaidBot) -> list[tuple[str, str | None]]:
    """Return what the audit says of announcements and mentions: title and value."""
    rows = await bot.state.db.read(rows_in_words)
    return [(row.action, row.after or row.before) for row in rows if row.action.startswith(("announce", "mention"))]


async def told(bot: RaidBot, title: str, *, number: int = 1) -> list[str]:
    """Wait until the audit has so many entries with this title, and return their values."""
    found: list[str] = []

    async def are_there() -> bool:
        found[:] = [str(value) for one, value in await audited(bot) if one == title]
        return len(found) >= number

    await until(are_there)
    assert len(found) == number
    return found


def move_to(sandbox: Sandbox, instant: datetime) -> None:
    """Move the clock forward to the instant."""
    sandbox.advance(instant - sandbox.clock.now())
