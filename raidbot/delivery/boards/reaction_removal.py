"""Remove unwanted reactions from posted things."""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial

import discord
import structlog

from raidbot.delivery.boards.posted import Place, PostedKey, PostedKinds, Unwanted
from raidbot.delivery.boards.reaction_reading import ReactionReader
from raidbot.delivery.discord_api import DiscordApi, Family, NoResponse
from raidbot.delivery.event_queue import EventQueue
from raidbot.delivery.keyed_workers import KeyedWorkers
from raidbot.delivery.pacing import Pacer
from raidbot.delivery.report_once import ReportOnce
from raidbot.raids.emoji import model as emoji
from raidbot.raids.model import ChannelId, MemberId

log = structlog.get_logger(__name__)

_NOT_FOUND_CODES = {10008, 10014}
_CALLS_UNHEARD = 3
"""Calls in a row after which Discord seems to ignore them, as it may for super reactions."""
_ECHO_TIMEOUT_SECONDS = 3.0
"""Time to wait for the gateway event of a removal, after Discord has confirmed the call."""


class ReactionRemover:
    """Removes reactions, with one worker per channel.

    Kinds note unwanted reactions in rows, so their removal resumes after a restart; requests made with `refuse` are
    lost.
    """

    def __init__(
        self,
        kinds: PostedKinds,
        client: discord.Client,
        reader: ReactionReader,
        api: DiscordApi,
        *,
        events: EventQueue | None = None,
        gap: float = 0.25,
        first_retry: float = 2.0,
        slow_retry: float = 300.0,
    ) -> None:
        self._kinds = kinds
        self._client = client
        self._reader = reader
        self._unheard: dict[Unwanted, int] = {}
        self._api = api
        self._events = events or EventQueue()
        self._pacer: Pacer[ChannelId] = Pacer(gap)
        self._slow_retry = slow_retry
        self._owed: dict[ChannelId, dict[Unwanted, bool]] = {}
        self._expected_removals: dict[Unwanted, object] = {}
        self._in_flight: dict[Unwanted, object] = {}
        self._workers: KeyedWorkers[ChannelId] = KeyedWorkers(
            self._work, first_retry=first_retry, max_retry_seconds=slow_retry
        )
        api.circuits.listen(self._workers.circuit_changed)
        self._reports: ReportOnce[ChannelId] = ReportOnce()

    async def start(self) -> None:
        """Queue the reactions that an earlier run left."""
        self._workers.start()
        for kind in self._kinds:
            for channel, unwanted in await kind.unwanted():
                self.remove(channel, unwanted)

    async def stop(self, timeout: float) -> None:
        """Finish the calls under way within `timeout` seconds; kinds keep the rest."""
        await self._workers.stop(timeout)

    async def idle(self) -> None:
        """Wait until no reaction is being removed; those that wait for a retry do not count."""
        await self._workers.idle()

    def remove(self, channel: ChannelId, unwanted: Unwanted) -> None:
        """Remove a reaction that its kind knows to be unwanted."""
        if unwanted not in self._expected_removals:
            self._owe(channel, unwanted, refused=False)

    def refuse(self, channel: ChannelId, unwanted: Unwanted) -> None:
        """Remove a reaction that was declined, of which its kind knows nothing."""
        self._owe(channel, unwanted, refused=True)

    def is_removing(self, channel: ChannelId, unwanted: Unwanted) -> bool:
        """Return True if the reaction has yet to be removed: whoever added it knows why."""
        return unwanted in self._owed.get(channel, ()) or unwanted in self._in_flight

    def expects_removal(self, unwanted: Unwanted) -> bool:
        """Return True if the bot has just removed the reaction: one that is read is either old or new."""
        return unwanted in self._expected_removals

    def was_removed_by_bot(self, channel: ChannelId, unwanted: Unwanted) -> bool:
        """Return True if the bot itself caused the removal that the gateway reports now.

        Returns True once per removal by the bot; the next one is the member's own, after which none is owed.
        """
        self._unheard.pop(unwanted, None)
        if self._expected_removals.pop(unwanted, None) is not None:
            return True
        self._owed.get(channel, {}).pop(unwanted, None)
        return False

    def cleared(self, key: PostedKey, channel: ChannelId, option: str | None) -> None:
        """Owe no removal of the reactions that somebody cleared: all of the thing, or all for the option."""
        owed = self._owed.get(channel, {})
        for unwanted in [one for one in owed if one.key == key and option in (None, one.option)]:
            del owed[unwanted]

    def expect(self, unwanted: Unwanted) -> None:
        """Take back an answer of `was_removed_by_bot`: the removal event is going to be handled again."""
        self._expected_removals.setdefault(unwanted, object())

    def expect_again(self, key: PostedKey, is_wanted: Callable[[MemberId, str], bool]) -> None:
        """Expect a removal event again if the member reacted anew meanwhile: the call may remove the new reaction.

        `is_wanted` returns True if there is such a reaction of the member for the option.
        """
        for unwanted, taking in self._in_flight.items():
            if unwanted.key == key and is_wanted(unwanted.member, unwanted.option):
                self._expected_removals[unwanted] = taking

    def _owe(self, channel: ChannelId, unwanted: Unwanted, *, refused: bool) -> None:
        if not self._workers.running:
            return
        owed = self._owed.setdefault(channel, {})
        owed[unwanted] = refused or owed.get(unwanted, False)
        self._workers.wake(channel)

    async def _work(self, channel: ChannelId) -> float | None:
        """Remove what is owed in the channel; return the delay in seconds until a retry, or None if nothing is left."""
        owed, backoff = self._owed.get(channel, {}), self._workers.backoff(channel)
        while owed and self._workers.running:
            await self._pacer.turn(channel)
            if not owed:  # removed by their members meanwhile
                break
            unwanted = next(iter(owed))
            refused = owed.pop(unwanted)  # queued again during the call, it stays queued
            try:
                await self._take(channel, unwanted, refused=refused)
            except (NoResponse, sqlite3.Error) as none:
                log.info("reaction not removed yet", **unwanted.key.fields, error=repr(none))
                owed[unwanted] = refused or owed.get(unwanted, False)
                return self._workers.wait_out(channel, none) if isinstance(none, NoResponse) else backoff.next()
            except discord.Forbidden as refusal:
                self._report(channel, refusal)
                # Declined reactions of which the kind knows nothing are not retried.
                owed.update(dict.fromkeys([*owed, unwanted], False))
                return self._slow_retry
            except Exception:
                log.exception("reaction cannot be removed", **unwanted.key.fields, member=unwanted.member)
            backoff.reset()
        self._owed.pop(channel, None)
        return None

    async def _take(self, channel: ChannelId, unwanted: Unwanted, *, refused: bool) -> None:
        kind = self._kinds.of(unwanted.key)
        found = await kind.find_unwanted(unwanted, refused=refused)
        if found is None:
            return
        place, text = found
        message, reaction = place.message_of(self._client), emoji.parse_emoji(text).for_reaction
        taking = self._expected_removals[unwanted] = self._in_flight[unwanted] = object()
        try:
            await self._api.call(
                lambda: message.remove_reaction(reaction, discord.Object(unwanted.member)),
                Family.REACTIONS,
                place.guild,
            )
        except discord.HTTPException as refusal:
            self._forget(unwanted, taking)
            if refusal.status != 404 and refusal.code not in _NOT_FOUND_CODES:
                raise
            if await self._is_stuck(place, text, unwanted.member):
                self._owe_slowly(channel, unwanted)
            else:
                await kind.note_removed(unwanted)
        finally:
            del self._in_flight[unwanted]
            asyncio.get_running_loop().call_later(_ECHO_TIMEOUT_SECONDS, self._check, channel, unwanted, taking)
        # The gateway's removal event deletes the mark: until then the event of the reaction itself may still come.
        self._reports.forget(channel)

    def _forget(self, unwanted: Unwanted, taking: object) -> bool:
        """Stop expecting a removal event from this call; return True if one was expected."""
        expected = self._expected_removals.get(unwanted) is taking
        if expected:
            del self._expected_removals[unwanted]
        return expected

    async def _is_stuck(self, place: Place, text: str, member: MemberId) -> bool:
        """Return True if the reaction stands although Discord says that it does not know it, as a super reaction may.

        Its mark has to stay: without it the next comparison would take the reaction for a new one.
        """
        if not self._reader.may_be_super(place.message, emoji.key_of(text)):
            return False
        try:
            return await self._api.call(partial(self._reader.stands, place, text, member), Family.READS, place.guild)
        except discord.HTTPException as refusal:
            if refusal.status != 404 and refusal.code not in _NOT_FOUND_CODES:
                raise
            return False

    def _check(self, channel: ChannelId, unwanted: Unwanted, taking: object) -> None:
        """Repeat the call if the gateway has not reported the removal: its response shows if the reaction is gone."""
        if self._expected_removals.get(unwanted) is taking and self._events.is_waiting(unwanted.key):
            # The removal's event may be among those that wait.
            asyncio.get_running_loop().call_later(_ECHO_TIMEOUT_SECONDS, self._check, channel, unwanted, taking)
            return
        if not self._forget(unwanted, taking):
            return
        self._unheard[unwanted] = self._unheard.get(unwanted, 0) + 1
        if self._unheard[unwanted] < _CALLS_UNHEARD:
            self._owe(channel, unwanted, refused=False)
        else:
            self._owe_slowly(channel, unwanted)

    def _owe_slowly(self, channel: ChannelId, unwanted: Unwanted) -> None:
        """Try again later what Discord does not do, if the kind still wants it then."""
        self._unheard.pop(unwanted, None)
        again = partial(self._owe, channel, unwanted, refused=False)
        asyncio.get_running_loop().call_later(self._slow_retry, again)

    def _report(self, channel: ChannelId, refusal: discord.Forbidden) -> None:
        """Log a refusal once per channel and error code, until a removal in the channel succeeds."""
        if self._reports.is_new(channel, refusal.code):
            log.warning("reactions cannot be removed", channel=channel, code=refusal.code, error=refusal.text)
