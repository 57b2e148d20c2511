"""Calls of the functions of raidbot/db/calendar_feeds.py."""

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial

from raidbot.db import calendar_feeds
from raidbot.raids.feeds.model import Feed, FeedKind, hash_of
from raidbot.raids.model import MemberId
from tests.raids.builders import GUILD, NOW


def feed_calls(member: MemberId) -> Iterator[tuple[str, Callable[[sqlite3.Connection], object]]]:
    feed, token = Feed(guild=GUILD, member=member, kind=FeedKind.MINE, made_at=NOW), hash_of("secret")
    yield "save", partial(calendar_feeds.save, feed=feed, token=token)
    yield "find", partial(calendar_feeds.find, token=token)
    yield "of_member", partial(calendar_feeds.of_member, guild=GUILD, member=member)
    yield "number", partial(calendar_feeds.number, guild=GUILD)
    yield "latest_entry", partial(calendar_feeds.latest_entry, guild=GUILD)
    yield "shown", partial(calendar_feeds.shown, guild=GUILD, member=None, now=NOW)
    yield "shown (mine)", partial(calendar_feeds.shown, guild=GUILD, member=member, now=NOW)
    yield "taken_names", partial(calendar_feeds.taken_names, guild=GUILD, now=NOW)
    yield "end", partial(calendar_feeds.end, guild=GUILD, member=member, kind=FeedKind.MINE)
    yield "end_of", partial(calendar_feeds.end_of, guild=GUILD, member=member)
    yield "end_all", partial(calendar_feeds.end_all, guild=GUILD)
