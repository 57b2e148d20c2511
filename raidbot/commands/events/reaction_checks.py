"""Ask Discord about reactions whose events alone do not say whether they stand."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import discord

from raidbot.delivery.boards.posted import Place, PostedKey
from raidbot.delivery.boards.reaction_reading import ReactionReader
from raidbot.delivery.boards.reconcile import Reconcile
from raidbot.delivery.discord_api import DiscordApi, NoResponse
from raidbot.raids.emoji.model import NotAnEmoji, key_of
from raidbot.raids.model import ChannelId, GuildId, MemberId, MessageId

Payload = discord.RawReactionActionEvent
_Reaction = tuple[int, int, str]

_DOUBT_SECONDS = 600.0
"""The gateway repeats events after a short break only."""
_EVENT_DELAY_SECONDS = 0.5
_MAX_REMEMBERED = 10_000


@dataclass(slots=True, eq=False)
class _Removal:
    """A removal that is queued; `is_undone` once the member has reacted again."""

    is_undone: bool = False


class ReactionChecks:
    """Hears every reaction on posted things, in the gateway's order.

    An event that follows a removal of the same reaction may be a repeated one. It is handled, and the reaction is
    compared afterwards.
    """

    def __init__(self, reader: ReactionReader, api: DiscordApi, reconcile: Reconcile) -> None:
        self._reader = reader
        self._api = api
        self._reconcile = reconcile
        self._queued: dict[_Reaction, _Removal] = {}
        self._removed_at: OrderedDict[_Reaction, float] = OrderedDict()

    def added(self, key: PostedKey, payload: Payload) -> None:
        reaction = _reaction(payload)
        if (removal := self._queued.get(reaction)) is not None:
            removal.is_undone = True
        if payload.burst:
            self._reader.note_super(payload.message_id, key_of(str(payload.emoji)))
        self._doubt_after_removal(key, reaction)

    def removed(self, key: PostedKey, payload: Payload) -> Callable[[], Awaitable[bool]]:
        """Return the question to ask when the event is handled: is the reaction gone, of either type?"""
        reaction = _reaction(payload)
        self._doubt_after_removal(key, reaction)
        self._removed_at[reaction] = asyncio.get_running_loop().time()
        self._removed_at.move_to_end(reaction)
        if len(self._removed_at) > _MAX_REMEMBERED:
            self._removed_at.popitem(last=False)
        removal = self._queued[reaction] = _Removal()
        return partial(self._is_gone, key, payload, removal)

    async def _is_gone(self, key: PostedKey, payload: Payload, removal: _Removal) -> bool:
        reaction = _reaction(payload)
        may_have_other = payload.burst or self._reader.may_be_super(payload.message_id, reaction[2])
        try:
            # A reaction that came after the removal says nothing about it, and may be read before it is heard.
            if removal.is_undone or not may_have_other or not await self._api.call(partial(self._has_other, payload)):
                return True
            await asyncio.sleep(_EVENT_DELAY_SECONDS)
            return removal.is_undone
        except (NoResponse, discord.HTTPException):
            self._reconcile.doubt(key, reaction[2])
            return True  # few have both types; a comparison finds them
        finally:
            if self._queued.get(reaction) is removal:
                del self._queued[reaction]

    async def _has_other(self, payload: Payload) -> bool:
        """Return True if the member has a normal reaction beside a super reaction that was removed, or vice versa."""
        place = Place(GuildId(payload.guild_id or 0), ChannelId(payload.channel_id), MessageId(payload.message_id))
        member, emoji = MemberId(payload.user_id), str(payload.emoji)
        try:
            return await self._reader.stands(place, emoji, member, only_burst=not payload.burst)
        except NotAnEmoji:
            return False

    def _doubt_after_removal(self, key: PostedKey, reaction: _Reaction) -> None:
        removed_at = self._removed_at.get(reaction)
        if removed_at is not None and asyncio.get_running_loop().time() - removed_at < _DOUBT_SECONDS:
            self._reconcile.doubt(key, reaction[2])


def _reaction(payload: Payload) -> _Reaction:
    return payload.message_id, payload.user_id, key_of(str(payload.emoji))
