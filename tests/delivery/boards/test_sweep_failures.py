"""Reading boards in full goes on after a failing read."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Set
from datetime import datetime
from typing import cast

import discord

from raidbot.delivery.boards.posted import (
    Comparable,
    Comparison,
    Place,
    PostedKey,
    PostedKind,
    PostedKinds,
    ThingComparison,
)
from raidbot.delivery.boards.reaction_reading import ReactionReader
from raidbot.delivery.boards.reconcile import Reconcile
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.discord_api import DiscordApi
from raidbot.raids.model import ChannelId, GuildId, MemberId, MessageId
from raidbot.utils.circuit_breaker import CircuitBreaker


class Notes:
    """The part of a kind that comparisons ask: two quiet things, whose marks cannot be read at first."""

    name = "note"

    def __init__(self) -> None:
        self.messages: dict[int, int] = {}
        self.errors: list[Exception] = [sqlite3.OperationalError("disk I/O error"), KeyError("unexpected")]
        self.compared: list[int] = []
        self.all_in_full = asyncio.Event()

    async def comparable(
        self, _concerns: Callable[[GuildId], bool], _since: datetime | None, /
    ) -> Mapping[int, Comparable]:
        places = (Place(GuildId(1), ChannelId(thing), MessageId(thing)) for thing in (1, 2))
        return {int(place.message): Comparable(place, is_recent=False) for place in places}

    async def compare(self, thing: int, _comparison: Comparison, /) -> ThingComparison | None:
        self.compared.append(thing)
        if len(self.compared) == 4:
            self.all_in_full.set()
        return None

    async def after_comparing(self, _concerns: Callable[[GuildId], bool], /) -> None:
        return

    async def marks(self, _thing: int, /) -> Set[tuple[MemberId, str]]:
        if self.errors:
            raise self.errors.pop()
        return {(MemberId(1), "yes")}


async def test_boards_are_read_in_full_although_reading_fails_at_first() -> None:
    notes, kinds = Notes(), PostedKinds()
    kinds.register(cast(PostedKind, notes))
    client, api = discord.Client(intents=discord.Intents.none()), DiscordApi(CircuitBreaker)
    lost: list[PostedKey] = []
    boards = Boards(kinds, client, api, lost=lost.append)
    reconcile = Reconcile(kinds, ReactionReader(client), api, boards, lost=lost.append, sweep_gap=0.01)
    await reconcile.start()

    await reconcile.all()

    await asyncio.wait_for(notes.all_in_full.wait(), 20)
    assert sorted(notes.compared) == [1, 1, 2, 2]
    await reconcile.stop(1)
