"""Open conversations with members, at a pace that Discord does not take for spam, and not while it forbids it."""

import asyncio
from collections.abc import Callable, Container

import discord
import structlog

from raidbot.db.outbox_rows import Claimed, Row
from raidbot.delivery.discord_api import OPENING_TOO_FAST, QUARANTINED, CircuitOpen, DiscordApi, Family, NotNow
from raidbot.delivery.messages.openings import Openings
from raidbot.raids.model import GuildId
from raidbot.raids.purposes import Urgency
from raidbot.utils.cache import Cache

log = structlog.get_logger(__name__)

_BARRING = {QUARANTINED, OPENING_TOO_FAST}
"""Error codes after which no new conversation is opened for a while."""


class Plan:
    """Decides which rows of one claim may go: those that need no new conversation, and those that get an opening."""

    def __init__(self, known: Container[int], openings: Openings, now: float) -> None:
        self.has_refused = False
        self._known = known
        self._openings = openings
        self._now = now
        self._opened: set[int] = set()

    def may_go(self, row: Row) -> bool:
        if row.target in self._known or row.target in self._opened:
            return True
        if not self._openings.take(Urgency(row.urgency), row.guild or 0, self._now):
            self.has_refused = True
            return False
        self._opened.add(row.target)
        return True


class Conversations:
    """Opens new conversations, as many as `Openings` gives with this `gap`, and remembers their channels."""

    def __init__(self, client: discord.Client, api: DiscordApi, *, gap: float = 1.6) -> None:
        self._client = client
        self._api = api
        self._channels: Cache[int, int] = Cache(10_000, "conversations")
        self._openings = Openings(gap)
        self._begun: set[int] = set()
        self._barred_until = 0.0

    def plan(self) -> Callable[[], Plan]:
        """Return what makes a plan for a claim: from this moment's numbers, for any thread and each of its tries."""
        known, openings, now = self._channels.keys(), self._openings.copy(), _seconds()
        return lambda: Plan(known, openings.copy(), now)

    def begin(self, row: Claimed) -> None:
        """Use the opening that a plan gave to this row."""
        if row.target not in self._begun and self._channels.get(row.target) is None:
            self._openings.take(Urgency(row.urgency), row.guild or 0, _seconds())
            self._begun.add(row.target)

    @property
    def next_in(self) -> float:
        """Seconds until one more conversation may be opened."""
        return self._openings.next_in(_seconds())

    @property
    def barred_for(self) -> float:
        """Seconds for which Discord lets the bot open no conversation; 0 unless it said so."""
        return max(self._barred_until - _seconds(), 0.0)

    async def channel_with(self, member: int, guild: GuildId | None = None) -> int:
        """Return the id of the conversation's channel. Raises CircuitOpen, and as `DiscordApi.call` does.

        Without `begin` it waits for an opening as courtesy does.
        """
        has_begun = member in self._begun
        self._begun.discard(member)
        known = self._channels.get(member)
        if known is None:
            self._check()
            while not (has_begun or self._openings.take(Urgency.LAST, guild or 0, _seconds())):
                await asyncio.sleep(self.next_in)
                self._check()
            opened = await self._api.call(
                lambda: self._client.create_dm(discord.Object(member)), Family.OPENING_DMS, guild
            )
            known = opened.id
            self._channels.put(member, known)
        return known

    def _check(self) -> None:
        """Raise CircuitOpen if no conversation may be opened at present."""
        wait = max(self.barred_for, self._api.down_for(Family.OPENING_DMS))
        if wait > 0:
            raise CircuitOpen(wait, is_outage=not self.barred_for)

    def refused(self, refusal: NotNow) -> None:
        """Open no conversation for a while if Discord's refusal of a direct message says so."""
        if refusal.code not in _BARRING:
            return
        if not self.barred_for:
            log.warning(
                "discord lets the bot open no conversations, their messages wait",
                code=refusal.code,
                again_in=refusal.retry_in,
            )
        self._barred_until = max(self._barred_until, _seconds() + refusal.retry_in)


def _seconds() -> float:
    return asyncio.get_running_loop().time()
