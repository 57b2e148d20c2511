"""Ask Discord about reactions whose events alone do not say whether they stand."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from weakref import WeakValueDictionary

import discord

from raidbot.db.heard_reactions import HeardReaction
from raidbot.delivery.boards.posted import Place, PostedKey, PostedKinds
from raidbot.delivery.boards.reaction_reading import ReactionReader
from raidbot.delivery.boards.reconcile import Reconcile
from raidbot.delivery.discord_api import DiscordApi, NoResponse
from raidbot.raids.emoji.model import NotAnEmoji
from raidbot.raids.model import MemberId

_Reaction = tuple[PostedKey, MemberId, str]

_DOUBT_SECONDS = 600.0
"""The gateway repeats events after a short break only."""
_EVENT_DELAY_SECONDS = 0.5
_MAX_REMEMBERED = 10_000


@dataclass(slots=True, eq=False, weakref_slot=True)
class Removal:
    """A removal that is queued; `is_undone` once the member has reacted again. `place` is None after a restart."""

    heard: HeardReaction
    place: Place | None
    is_undone: bool = False
    is_gone: bool | None = None


class ReactionChecks:
    """Hears every reaction on posted things, in the gateway's order.

    An event that follows a removal of the same reaction may be a repeated one. It is handled, and the reaction is
    compared afterwards.
    """

    def __init__(self, kinds: PostedKinds, reader: ReactionReader, api: DiscordApi, reconcile: Reconcile) -> None:
        self._kinds = kinds
        self._reader = reader
        self._api = api
        self._reconcile = reconcile
        self._queued: WeakValueDictionary[_Reaction, Removal] = WeakValueDictionary()
        self._removed_at: OrderedDict[_Reaction, float] = OrderedDict()

    def added(self, heard: HeardReaction, place: Place | None) -> None:
        reaction = _reaction(heard)
        if (removal := self._queued.get(reaction)) is not None:
            removal.is_undone = True
        if heard.is_super and place is not None:
            self._reader.note_super(place.message, heard.emoji_key)
        self._doubt_after_removal(reaction)

    def removed(self, heard: HeardReaction, place: Place | None) -> Removal:
        """Return what to ask `is_gone` about when the event is handled."""
        reaction = _reaction(heard)
        self._doubt_after_removal(reaction)
        self._removed_at[reaction] = asyncio.get_running_loop().time()
        self._removed_at.move_to_end(reaction)
        if len(self._removed_at) > _MAX_REMEMBERED:
            self._removed_at.popitem(last=False)
        removal = self._queued[reaction] = Removal(heard, place)
        return removal

    async def is_gone(self, removal: Removal) -> bool:
        """Return True if the reaction is gone, of either type. Discord is asked once, also if the event is repeated."""
        if removal.is_gone is None:
            removal.is_gone = await self._ask(removal)
        return removal.is_gone

    async def _ask(self, removal: Removal) -> bool:
        key, _, emoji_key = _reaction(removal.heard)
        try:
            # A reaction that came after the removal says nothing about it, and may be read before it is heard.
            if removal.is_undone or not await self._has_other(removal):
                return True
            await asyncio.sleep(_EVENT_DELAY_SECONDS)
            return removal.is_undone
        except (NoResponse, discord.HTTPException):
            self._reconcile.doubt(key, emoji_key)
            return True  # few have both types; a comparison finds them

    async def _has_other(self, removal: Removal) -> bool:
        """Return True if the member has a normal reaction beside a super reaction that was removed, or vice versa."""
        heard, place = removal.heard, removal.place
        if place is None:
            posted = await self._kinds.of(thing_of(heard)).posted(heard.thing)
            if posted is None:
                return False
            place = posted.place
        if not heard.is_super and not self._reader.may_be_super(place.message, heard.emoji_key):
            return False

        async def ask() -> bool:
            return await self._reader.stands(place, heard.emoji, heard.member, only_burst=not heard.is_super)

        try:
            return await self._api.call(ask)
        except NotAnEmoji:
            return False

    def _doubt_after_removal(self, reaction: _Reaction) -> None:
        removed_at = self._removed_at.get(reaction)
        if removed_at is not None and asyncio.get_running_loop().time() - removed_at < _DOUBT_SECONDS:
            self._reconcile.doubt(reaction[0], reaction[2])


def thing_of(heard: HeardReaction) -> PostedKey:
    return PostedKey(heard.kind, heard.thing)


def _reaction(heard: HeardReaction) -> _Reaction:
    return thing_of(heard), heard.member, heard.emoji_key
