"""Find the feed that an address leads to, ask whether its member is still there, and render it when it changed."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import aiohttp
import discord
import structlog

from raidbot.db import calendar_feeds as rows
from raidbot.db import series_occurrences
from raidbot.delivery.discord_api import NoResponse
from raidbot.delivery.members.questions import MemberQuestions
from raidbot.raids.events import Change
from raidbot.raids.feeds.entries import planned_entries, raid_entry
from raidbot.raids.feeds.model import Entry, Feed, FeedKind, hash_of
from raidbot.raids.model import GuildId, MemberId, Raid
from raidbot.state import State
from raidbot.utils.cache import Cache
from raidbot.utils.locks import KeyedLocks

log = structlog.get_logger(__name__)

_MAX_AGE = timedelta(minutes=5)
"""Time for which a document is handed out if nothing seems to have changed: dates go by."""
_DOCUMENTS = 32
_AT_ONCE = 2
"""Documents that are made at the same time."""
_MEMBERS = 2000
_HEARD_STAYS, _ASKED_STAYS = timedelta(hours=1), timedelta(minutes=5)
"""Time for which it is known that a member is there: with the members intent, which tells who leaves, and without."""
_TRUSTED_IN_OUTAGE = timedelta(days=1)
_ANSWER_SECONDS = 5.0


class FeedUnavailableError(Exception):
    """It cannot be said now if the feed may be handed out; the same address may work later."""


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as it is sent; `etag` is a hash of its content."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class _Made:
    document: Document
    of: tuple[int, int, str]
    at: datetime


class _Seen(NamedTuple):
    """A member who was there at an instant, after so many pauses in which nobody would have told of a departure."""

    at: datetime
    pauses: int


class CalendarFeeds:
    """Hands out documents for secrets. A secret is in no log, and kept nowhere but as its hash."""

    def __init__(
        self,
        state: State,
        client: discord.Client,
        questions: MemberQuestions,
        *,
        serves: Callable[[int | None], bool],
    ) -> None:
        self._state = state
        self._client = client
        self._questions = questions
        self._serves = serves
        self._changes: dict[GuildId, int] = {}
        self._made: Cache[str, _Made] = Cache(_DOCUMENTS, "calendar feeds")
        self._there: Cache[tuple[GuildId, MemberId], _Seen] = Cache(_MEMBERS, "members with feeds")
        self._pauses: dict[GuildId, int] = {}
        self._locks: KeyedLocks[str] = KeyedLocks()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        state.listen(self._raid_changed)
        state.series.listen(lambda _, after: self._note_change(after.guild))

    async def missed_events(self, guild: discord.Guild) -> None:
        """Ask anew who is there: members may have left the guild before Discord told of it again."""
        self._pauses[GuildId(guild.id)] = self._pauses.get(GuildId(guild.id), 0) + 1

    async def find(self, token: str) -> Feed | None:
        """Return the feed that the secret belongs to; None if there is none, or if its server may not have it.

        Raises FeedUnavailableError while the bot does not know its servers yet.
        """
        feed = await self._state.db.read(partial(rows.find, token=hash_of(token)))
        if feed is None or not self._serves(feed.guild):
            return None
        if self._client.get_guild(feed.guild) is None:
            if not self._client.is_ready():
                raise FeedUnavailableError
            return None
        return feed

    async def document(self, feed: Feed) -> Document | None:
        """Return the feed's document; None if its member left the server, which ends all their feeds there.

        Raises FeedUnavailableError if Discord does not say whether they did.
        """
        guild = self._client.get_guild(feed.guild)
        if guild is None:
            raise FeedUnavailableError
        async with self._locks.hold(f"{feed.guild} {feed.member} {feed.kind}"):
            if not await self._is_there(guild, feed.member):
                await self._state.db.write(partial(rows.end_of, guild=feed.guild, member=feed.member))
                return None
            latest = await self._state.db.read(partial(rows.latest_entry, guild=feed.guild))
            return await self._current(feed, guild.name, (self._changes.get(feed.guild, 0), latest, guild.name))

    async def _current(self, feed: Feed, server: str, of: tuple[int, int, str]) -> Document:
        """Return the document made before, or a new one if it is outdated."""
        key, now = f"{feed.guild} {feed.member} {feed.kind}", self._state.now()
        made = self._made.get(key)
        if made is None or made.of != of or not made.at <= now < made.at + _MAX_AGE:
            async with self._turns:
                document = await self._make(feed, server, now)
            made = _Made(document, of, now)
            self._made.put(key, made)
        return made.document

    async def _make(self, feed: Feed, server: str, now: datetime) -> Document:
        entries = await self._raid_entries(feed, now) + await self._planned_entries(feed, now)
        body = await asyncio.to_thread(_written, entries, server, mine=feed.kind is FeedKind.MINE)
        return Document(body, hashlib.sha256(body).hexdigest()[:32])

    async def _raid_entries(self, feed: Feed, now: datetime) -> list[Entry]:
        shown = await self._state.db.read(partial(rows.shown, guild=feed.guild, member=feed.reader, now=now))
        changed_at = {known.raid: known.changed_at for known in shown}
        raids = [raid async for raid in self._state.raids(changed_at)]
        return [raid_entry(raid, feed.reader, changed_at=changed_at[raid.id]) for raid in raids]

    async def _planned_entries(self, feed: Feed, now: datetime) -> list[Entry]:
        if feed.reader is None:
            series = await self._state.series.of(feed.guild)
        else:
            series = await self._state.series.standing_of(feed.guild, feed.reader)
        if not series:
            return []
        catalogue = await self._state.templates(feed.guild)
        dates_off = await self._state.series.dates_off(feed.guild)
        posted = await self._state.db.read(partial(series_occurrences.posted_of, series=[one.id for one in series]))
        taken = await self._state.db.read(partial(rows.taken_names, guild=feed.guild, now=now))
        found: list[Entry] = []
        for one in series:
            found += planned_entries(
                one, catalogue, feed.reader, posted=posted[one.id], taken=taken, dates_off=dates_off, now=now
            )
            await asyncio.sleep(0)  # each takes a millisecond
        return found

    async def _is_there(self, guild: discord.Guild, member: MemberId) -> bool:
        """Return True unless Discord says that the member left. Raises FeedUnavailableError."""
        key, now = (GuildId(guild.id), member), self._state.now()
        known, pauses = self._there.get(key), self._pauses.get(key[0], 0)
        stays = _HEARD_STAYS if self._questions.hears_members else _ASKED_STAYS
        if known is not None and known.pauses == pauses and known.at <= now < known.at + stays:
            return True
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                has_left = await self._questions.has_left(guild, member)
        except (NoResponse, OSError, aiohttp.ClientError, discord.DiscordException) as error:
            if known is not None and known.at <= now < known.at + _TRUSTED_IN_OUTAGE:
                return True
            log.info("calendar feed not handed out: Discord names no members", guild=guild.id, error=repr(error))
            raise FeedUnavailableError from None
        if has_left:
            self._there.drop(key)
        else:
            self._there.put(key, _Seen(now, pauses))
        return not has_left

    def _raid_changed(self, _before: Raid, change: Change) -> None:
        self._note_change(change.raid.guild)

    def _note_change(self, guild: GuildId) -> None:
        self._changes[guild] = self._changes.get(guild, 0) + 1


def _written(entries: Sequence[Entry], server: str, *, mine: bool) -> bytes:
    from raidbot.delivery.exports import ical  # its library takes 3 MB, and few have feeds

    return ical.feed(entries, server=server, mine=mine)
