"""Rounds of comparisons: many boards after events were missed, with few calls."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

import discord

from raidbot.delivery.boards.first_comparisons import FirstComparisons
from raidbot.delivery.boards.posted import Comparable, PostedKey, PostedKinds
from raidbot.delivery.boards.reaction_reading import CountedPage, Counts, ReactionReader
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.discord_api import DiscordApi, Family, NoResponse
from raidbot.delivery.event_queue import EventQueue
from raidbot.delivery.pacing import sleep_unless
from raidbot.raids.model import ChannelId, GuildId, MemberId
from raidbot.utils.tasks import TaskSet, retry_until_done

T = TypeVar("T")

_CONCURRENT_CHANNELS = 20
_CONCURRENT_BOARDS = 25
"""Boards of a channel that are compared at once. Calls are paced, so this is about memory only."""
_GATHERING_SECONDS = 0.05
"""Time for which guilds that become available are gathered: a thousand of them do so at once."""
_HELD_SECONDS = 60.0
"""Time for which boards are not drawn if no session begins after the start."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts from a list of many messages. They are stale for things of which something was `heard` since."""

    counts: Counts
    heard: Set[PostedKey]
    seen: int


class Compare(Protocol):
    """Compares one board; what it cannot do it logs, and tries again later."""

    async def __call__(self, key: PostedKey, *, in_full: bool = False, counted: Counted | None = None) -> None: ...


class ComparisonRounds:
    """Compares the boards of guilds with one call for up to 100 messages of a channel.

    `put_off` is called with boards that cannot be counted now, True for those to read in full; `hurry` with boards that
    changed before their turn. Boards of which only the counts were compared are added to `quiet`.
    """

    def __init__(
        self,
        kinds: PostedKinds,
        reader: ReactionReader,
        api: DiscordApi,
        boards: Boards,
        events: EventQueue,
        first: FirstComparisons,
        *,
        compare: Compare,
        put_off: Callable[[Mapping[PostedKey, bool], Exception], None],
        hurry: Callable[[PostedKey], None],
        stopping: asyncio.Event,
    ) -> None:
        self._kinds = kinds
        self._reader = reader
        self._api = api
        self._boards = boards
        self._events = events
        self._first = first
        self._compare = compare
        self._put_off = put_off
        self._hurry = hurry
        self._stopping = stopping
        self._available: set[GuildId] = set()
        self._caught_up: set[GuildId] = set()
        self._awaited = asyncio.Event()
        self._catching_up: set[asyncio.Task[None]] = set()
        self._background = TaskSet()
        self.quiet: dict[PostedKey, None] = {}

    async def stop(self, timeout: float) -> None:
        self._awaited.set()
        await self._background.end(within=timeout)

    def expect_sessions(self) -> None:
        """Let all boards be drawn after their first comparison; called before the parts start."""
        keys = [PostedKey(kind.name, thing) for kind in self._kinds for thing in kind.messages.values()]
        self._boards.hold(keys, hurry=self._hurry)
        asyncio.get_running_loop().call_later(_HELD_SECONDS, self._boards.release, keys)

    def missing(self, guilds: Iterable[GuildId], *, since: datetime) -> None:
        """Note that events of these guilds are being missed: nothing of their boards is handled before a comparison."""
        listed = list(guilds)
        self._first.begin(listed, since=since)
        self._caught_up.difference_update(listed)

    def catch_up(self, guild: GuildId) -> None:
        """Compare the guild's boards if events were missing. Returns at once."""
        if self._first.of(guild) is not None:
            self._available.add(guild)
            self._awaited.set()

    async def finish(self, concerns: Callable[[GuildId], bool], *, since: datetime) -> None:
        """End the beginning of a session: compare the boards of guilds that did not become available, too."""
        if self._catching_up:
            await asyncio.wait(self._catching_up)

        def is_left(guild: GuildId) -> bool:
            return concerns(guild) and guild not in self._caught_up

        await self._compare_all(is_left, since)
        self._boards.release()
        await self._after_comparing(is_left)

    async def all(self, concerns: Callable[[GuildId], bool] = lambda _guild: True) -> None:
        """Compare the boards of all guilds for which `concerns` is True, although no events were missing."""
        await self._compare_all(concerns, None)
        await self._after_comparing(concerns)

    async def _after_comparing(self, concerns: Callable[[GuildId], bool]) -> None:
        for kind in self._kinds:
            await kind.after_comparing(concerns)

    async def run(self) -> None:
        """Compare guilds that have become available, those of a moment together."""
        while not self._stopping.is_set():
            await self._awaited.wait()
            self._awaited.clear()
            guilds, self._available = self._available, set()
            if guilds and not self._stopping.is_set():
                work = retry_until_done("reconciling", partial(self._catch_up, guilds))
                task = self._background.spawn(work, name="reconciling")
                self._catching_up.add(task)
                task.add_done_callback(self._catching_up.discard)
                await sleep_unless(_GATHERING_SECONDS, unless=self._stopping)

    async def _catch_up(self, guilds: Set[GuildId]) -> None:
        seen = self._first.latest
        gaps = [gap for guild in guilds if (gap := self._first.of(guild)) is not None]
        if gaps:
            self._caught_up |= guilds
            await self._compare_all(guilds.__contains__, min(gap.since for gap in gaps))
            self._first.end(guilds, seen)
            await self._after_comparing(guilds.__contains__)

    async def _compare_all(self, concerns: Callable[[GuildId], bool], since: datetime | None) -> None:
        """Compare boards, and those that changed shortly before `since` (None: now), or later, in full."""
        found: dict[PostedKey, Comparable] = {}
        for kind in self._kinds:
            for thing, comparable in (await kind.comparable(concerns, since)).items():
                found[PostedKey(kind.name, thing)] = comparable
        channels: dict[ChannelId, list[PostedKey]] = {}
        for key in sorted(found, key=lambda key: not found[key].is_recent):
            channels.setdefault(found[key].place.channel, []).append(key)
        if since is not None:
            self._boards.hold(found, hurry=self._hurry)
        try:
            await self._in_turn(channels.values(), partial(self._compare_channel, found), _CONCURRENT_CHANNELS)
        except BaseException:
            self._boards.release(found)
            raise
        self.quiet.update((key, None) for key, comparable in found.items() if not comparable.is_recent)

    async def _in_turn(self, items: Iterable[T], work: Callable[[T], Awaitable[None]], at_once: int) -> None:
        waiting: Iterator[T] = iter(items)

        async def take() -> None:
            for item in waiting:
                if self._stopping.is_set():
                    return
                await work(item)

        await asyncio.gather(*(take() for _ in range(at_once)))

    async def _compare_channel(self, found: Mapping[PostedKey, Comparable], keys: Sequence[PostedKey]) -> None:
        """Count the boards of a channel, the newest first, with one call for a hundred messages."""
        seen = self._first.latest

        async def compare(key: PostedKey, counted: Counted | None = None) -> None:
            one = found[key]
            if counted is None or self._first.of(one.place.guild) is None or self._first.is_due(key, one.place.guild):
                await self._compare(key, in_full=one.is_recent, counted=counted)

        left = sorted(keys, key=lambda key: found[key].place.message)
        while len(left) > 1 and not self._stopping.is_set():
            heard: set[PostedKey] = set()
            with ExitStack() as watching:
                for key in left:
                    watching.enter_context(self._events.watched(key, partial(_note_heard, heard, key)))
                page = await self._page([found[key] for key in left])
                if isinstance(page, NoResponse):
                    self._put_off({key: found[key].is_recent for key in left}, page)
                    return
                if page is None or not page.counts:
                    break
                covered = [key for key in left if found[key].place.message >= page.oldest]
                left = left[: len(left) - len(covered)]
                by_message = page.counts
                counts = {key: by_message.get(found[key].place.message) for key in covered}

                async def compare_counted(
                    key: PostedKey,
                    counts: Mapping[PostedKey, Counts | None] = counts,
                    heard: Set[PostedKey] = heard,
                ) -> None:
                    counted = counts[key]
                    await compare(key, None if counted is None else Counted(counted, heard, seen))

                await self._in_turn(covered, compare_counted, _CONCURRENT_BOARDS)
        await self._in_turn(left, compare, _CONCURRENT_BOARDS)

    async def _page(self, boards: Sequence[Comparable]) -> CountedPage | NoResponse | None:
        """Count the newest of these boards, with those before it that are near; None if Discord refuses."""
        place = boards[-1].place
        wanted = {board.place.message for board in boards}
        try:
            count = partial(self._reader.counts_until, place.channel, place.message, wanted)
            return await self._api.call(count, Family.READS, place.guild)
        except NoResponse as error:
            return error
        except discord.HTTPException:  # what that means is seen board by board
            return None


def _note_heard(heard: set[PostedKey], key: PostedKey, _member: MemberId | None) -> None:
    heard.add(key)
