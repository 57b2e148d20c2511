"""How to bring about the lines of the table about announcements. See `deeds`."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial

from raidbot.db import announcements
from raidbot.raids.announcements.model import Announcement, Moment, Owner, OwnerKind, Ping, Place
from raidbot.raids.model import GuildId, Source
from raidbot.state import Cause
from tests.e2e.who_hears.evening import AHEAD, Evening

Deed = Callable[[Evening], AsyncIterator[None]]


def announced(place: Place) -> Deed:
    async def deed(evening: Evening) -> AsyncIterator[None]:
        one = Announcement(moment=Moment(0, -60), place=place, ping=Ping.SEATED)
        change = partial(
            announcements.change,
            guild=GuildId(evening.guild.id),
            owner=Owner(OwnerKind.RAID, str(evening.raid_id)),
            rule=lambda before: (*before, one),
            cause=Cause(Source.COMMAND),
            now=evening.bot.state.now(),
        )
        await evening.bot.state.db.write(change)
        yield
        evening.sandbox.advance(AHEAD - timedelta(minutes=60))
        channel = evening.thread if place is Place.THREAD else evening.guild.channel("raid-signups")
        await evening.guild.until(lambda: any(evening.sam.id in one.mentions for one in channel.messages.values()))

    return deed
