"""Read who reacted to a message, and say what the reading proves."""

import asyncio
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from functools import partial

import discord

from raidbot.delivery.boards.posted import Option, OptionReactions, Place
from raidbot.delivery.discord_api import UNKNOWN_EMOJI
from raidbot.delivery.discord_internals import (
    MESSAGES_PER_PAGE,
    REACTORS_PER_PAGE,
    Reactions,
    Reactor,
    reactions_on,
    reactions_until,
    reactors,
)
from raidbot.delivery.pacing import Pacer
from raidbot.raids.emoji.model import key_of, parse_emoji
from raidbot.raids.model import ChannelId, MemberId, MessageId

_CALLS_PER_SECOND = 30
"""Discord allows 50 calls per second in all; the rest is for edits, messages and answers."""
_BURST = 10


@dataclass(frozen=True, slots=True)
class ReactionCount:
    """The reactions with one emoji, super reactions included; `ours` if the bot's is one of them."""

    total: int
    ours: bool
    has_super: bool

    @property
    def others(self) -> int:
        return self.total - self.ours


NONE = ReactionCount(0, ours=False, has_super=False)
Counts = Mapping[str, ReactionCount]
"""The reactions on a message by `key_of` their emoji."""


@dataclass(frozen=True, slots=True)
class CountedPage:
    """The reactions on the wanted ones of consecutive messages. Those older than `oldest` were not looked at."""

    counts: Mapping[MessageId, Counts]
    oldest: MessageId


@dataclass(frozen=True, slots=True)
class Reading:
    """The reactions of options, listed until `listed_at` in the loop's time.

    Those whose emoji is `unknown` to Discord (any more) cannot be read.
    """

    found: tuple[OptionReactions, ...]
    unknown: tuple[str, ...]
    listed_at: float


class ReactionReader:
    """Reads reactions of both types, and remembers where there have been super reactions.

    Who has a super reaction may have a normal one with the same emoji beside it. Methods raise what discord.py raises.
    Calls of comparisons are paced, together for the whole bot; `stands` is not one.
    """

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._pacer: Pacer[None] = Pacer(1 / _CALLS_PER_SECOND, burst=_BURST)
        self._super: set[tuple[int, str]] = set()
        self._counted: set[int] = set()

    def note_super(self, message: int, emoji_key: str) -> None:
        self._super.add((message, emoji_key))

    def may_be_super(self, message: int, emoji_key: str) -> bool:
        """Return True if somebody may have a super reaction with this emoji, as on a message never counted."""
        return message not in self._counted or (message, emoji_key) in self._super

    async def stands(self, place: Place, emoji: str, member: MemberId, *, only_burst: bool | None = None) -> bool:
        """Return True if the member has a reaction with this emoji: a super one, a normal one, or either (None)."""
        name = parse_emoji(emoji).for_reaction
        for burst in (False, True) if only_burst is None else (only_burst,):
            ask = partial(reactors, self._client, place.channel, place.message, name, burst=burst, limit=1)
            if any(one.id == member for one in await ask(after=member - 1)):
                return True
        return False

    async def counts(self, place: Place) -> Counts:
        await self._pacer.turn(None)
        return self._note(place.message, await reactions_on(self._client, place.channel, place.message))

    async def counts_until(self, channel: ChannelId, message: MessageId, wanted: Set[MessageId]) -> CountedPage:
        """Count with one call the reactions on those wanted of the message and the messages before it."""
        await self._pacer.turn(None)
        found = await reactions_until(self._client, channel, message)
        oldest = min(found) if len(found) == MESSAGES_PER_PAGE else 0
        listed = {MessageId(one): reactions for one, reactions in found.items()}
        counts = {one: self._note(one, listed[one]) for one in listed.keys() & wanted}
        return CountedPage(counts, MessageId(oldest))

    def _note(self, message: MessageId, reactions: Collection[Reactions]) -> Counts:
        counts = {
            key_of(one.emoji): ReactionCount(one.total, ours=one.ours, has_super=one.total != one.normal)
            for one in reactions
        }
        self._super.update((message, key) for key, count in counts.items() if count.has_super)
        self._counted.add(message)
        return counts

    async def members(self, place: Place, before: Counts, options: Collection[Option]) -> Reading:
        """Return who reacted with the emoji of these options; `before` was counted just now.

        A list is complete if it has as many reactions as are counted after it was read.
        """
        lists = {option.key: await self._listed(place, before, option) for option in options}
        listed_at = asyncio.get_running_loop().time()
        after = await self.counts(place) if any(_has_to_be_read(before, option) for option in options) else before
        found, unknown = [], []
        for option in options:
            reactions, key = lists[option.key], key_of(option.emoji)
            if reactions is None:
                unknown.append(option.emoji)
                continue
            was, now = before.get(key, NONE), after.get(key, NONE)
            # Discord orders them by id.
            members = tuple(sorted({MemberId(one.id) for one in reactions if not one.is_bot}))
            complete = len(reactions) == now.total or not _has_to_be_read(before, option)
            found.append(OptionReactions(option, members, was.ours and now.ours, complete))
        return Reading(tuple(found), tuple(unknown), listed_at)

    async def _listed(self, place: Place, before: Counts, option: Option) -> list[Reactor] | None:
        """Return the reactions with the option's emoji; None if Discord does not know it."""
        if not _has_to_be_read(before, option):
            return []
        count = before.get(key_of(option.emoji), NONE)
        emoji = parse_emoji(option.emoji).for_reaction
        try:
            normal = await self._pages(place, emoji, burst=False)
            return normal + (await self._pages(place, emoji, burst=True) if count.has_super else [])
        except discord.HTTPException as refusal:
            if refusal.code != UNKNOWN_EMOJI:
                raise
            return None

    async def _pages(self, place: Place, emoji: str, *, burst: bool) -> list[Reactor]:
        """Read page by page until a page is not full: a count read before would cut off who came meanwhile."""
        found: list[Reactor] = []
        while True:
            after = found[-1].id if found else 0
            await self._pacer.turn(None)
            page = await reactors(self._client, place.channel, place.message, emoji, burst=burst, after=after)
            found += page
            if len(page) < REACTORS_PER_PAGE:
                return found


def _has_to_be_read(counts: Counts, option: Option) -> bool:
    """Return False if nobody but the bot has reacted, as it should be."""
    count = counts.get(key_of(option.emoji), NONE)
    return bool(count.others or (count.total and option.marked))
