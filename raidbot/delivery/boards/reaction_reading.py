"""Read who reacted to a message, and say what the reading proves."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import discord

from raidbot.delivery.boards.posted import Option, OptionReactions, Place
from raidbot.delivery.discord_api import UNKNOWN_EMOJI
from raidbot.delivery.discord_internals import REACTORS_PER_PAGE, Reactor, reactors
from raidbot.raids.emoji.model import key_of, parse_emoji
from raidbot.raids.model import MemberId


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


class ReactionReader:
    """Reads reactions with as many calls as it takes. Raises what discord.py raises."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def counts(self, place: Place) -> Counts:
        message = await place.message_of(self._client).fetch()
        return {
            key_of(str(reaction.emoji)): ReactionCount(
                reaction.count, ours=reaction.me, has_super=reaction.count != reaction.normal_count
            )
            for reaction in message.reactions
        }

    async def members(self, place: Place, before: Counts, options: Collection[Option]) -> list[OptionReactions]:
        """Return who reacted with the emoji of these options; `before` was counted just now.

        A list is complete if it has as many reactions as are counted after it was read. Options whose emoji Discord
        does not know (any more) are left out.
        """
        lists = {option.key: await self._listed(place, before, option) for option in options}
        after = await self.counts(place) if any(_has_to_be_read(before, option) for option in options) else before
        found = []
        for option in options:
            reactions, key = lists[option.key], key_of(option.emoji)
            if reactions is None:
                continue
            was, now = before.get(key, NONE), after.get(key, NONE)
            # Discord orders them by id.
            members = tuple(sorted({MemberId(one.id) for one in reactions if not one.is_bot}))
            complete = len(reactions) == now.total or not _has_to_be_read(before, option)
            found.append(OptionReactions(option, members, was.ours and now.ours, complete))
        return found

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
            page = await reactors(self._client, place.channel, place.message, emoji, burst=burst, after=after)
            found += page
            if len(page) < REACTORS_PER_PAGE:
                return found


def _has_to_be_read(counts: Counts, option: Option) -> bool:
    """Return False if nobody but the bot has reacted, as it should be."""
    count = counts.get(key_of(option.emoji), NONE)
    return bool(count.others or (count.total and option.marked))
