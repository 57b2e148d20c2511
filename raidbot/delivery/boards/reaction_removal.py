"""Remove unwanted reactions from boards."""

import asyncio
import sqlite3
from dataclasses import dataclass
from functools import partial

import discord
import structlog

from raidbot.delivery.discord_api import DiscordApi, NoResponse
from raidbot.delivery.keyed_workers import KeyedWorkers
from raidbot.delivery.pacing import Pacer
from raidbot.delivery.report_once import ReportOnce
from raidbot.raids.emoji import model as emoji
from raidbot.raids.events import Change
from raidbot.raids.model import ChannelId, MemberId, Raid, RaidId, RoleKey, Source
from raidbot.raids.rosters import signups
from raidbot.state import Cause, State

log = structlog.get_logger(__name__)

_CAUSE = Cause(Source.DISCORD)
_NOT_FOUND_CODES = {10008, 10014}
_ECHO_TIMEOUT_SECONDS = 3.0
"""Time to wait for the gateway event of a removal, after Discord has confirmed the call."""


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A member's reaction to remove."""

    raid: RaidId
    member: MemberId
    role: RoleKey


class ReactionRemover:
    """Removes reactions, with one worker per channel.

    Unwanted marks are durable, so their removal resumes after a restart; requests made with `refuse` are lost.
    """

    def __init__(
        self,
        state: State,
        client: discord.Client,
        api: DiscordApi,
        *,
        gap: float = 0.25,
        first_retry: float = 2.0,
        slow_retry: float = 300.0,
    ) -> None:
        self._state = state
        self._client = client
        self._api = api
        self._pacer: Pacer[ChannelId] = Pacer(gap)
        self._slow_retry = slow_retry
        self._owed: dict[ChannelId, dict[Unwanted, bool]] = {}
        self._expected_removals: dict[Unwanted, object] = {}
        self._in_flight: dict[Unwanted, object] = {}
        self._workers: KeyedWorkers[ChannelId] = KeyedWorkers(
            self._work, first_retry=first_retry, max_retry_seconds=slow_retry
        )
        self._reports: ReportOnce[ChannelId] = ReportOnce()
        state.listen(self._committed)

    async def start(self) -> None:
        """Queue the unwanted marks of all boards. The state must be loaded."""
        self._workers.start()
        for raid_id in list(self._state.boards.values()):
            self._note_unwanted(await self._state.raid(raid_id))

    async def stop(self, timeout: float) -> None:
        """Finish the calls under way within `timeout` seconds; unwanted marks keep the rest."""
        await self._workers.stop(timeout)

    async def idle(self) -> None:
        """Wait until no reaction is being removed; those that wait for a retry do not count."""
        await self._workers.idle()

    def refuse(self, raid: Raid, member: MemberId, role: RoleKey) -> None:
        """Remove a reaction that was declined, for which there is no mark."""
        self._add(raid, Unwanted(raid.id, member, role), refused=True)

    def was_removed_by_bot(self, raid: RaidId, member: MemberId, role: RoleKey) -> bool:
        """Return True if the bot itself caused the removal that the gateway reports now.

        Returns True once per removal by the bot; the next one is the member's own.
        """
        return self._expected_removals.pop(Unwanted(raid, member, role), None) is not None

    def _committed(self, before: Raid, change: Change) -> None:
        if change.raid.marks is not before.marks:
            self._note_unwanted(change.raid)
            self._expect_again(change.raid)

    def _expect_again(self, raid: Raid) -> None:
        """Expect a removal event again if the member reacted anew meanwhile: the call may remove the new reaction."""
        for unwanted, taking in self._in_flight.items():
            mark = raid.mark_of(unwanted.member, unwanted.role) if unwanted.raid == raid.id else None
            if mark is not None and not mark.unwanted:
                self._expected_removals[unwanted] = taking

    def _note_unwanted(self, raid: Raid) -> None:
        for mark in raid.marks:
            if mark.unwanted:
                self._add(raid, Unwanted(raid.id, mark.member, mark.role), refused=False)

    def _add(self, raid: Raid, unwanted: Unwanted, *, refused: bool) -> None:
        if raid.message is not None and (refused or unwanted not in self._expected_removals):
            self._owe(raid.channel, unwanted, refused=refused)

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
            unwanted = next(iter(owed))
            refused = owed.pop(unwanted)  # queued again during the call, it stays queued
            try:
                await self._take(channel, unwanted, refused=refused)
            except (NoResponse, sqlite3.Error) as none:
                log.info("reaction not removed yet", raid=unwanted.raid, error=repr(none))
                owed[unwanted] = refused or owed.get(unwanted, False)
                return max(backoff.next(), none.retry_in if isinstance(none, NoResponse) else 0.0)
            except discord.Forbidden as refusal:
                self._report(channel, refusal)
                # Declined reactions without a mark are not retried.
                owed.update(dict.fromkeys([*owed, unwanted], False))
                return self._slow_retry
            except Exception:
                log.exception("reaction cannot be removed", raid=unwanted.raid, member=unwanted.member)
            backoff.reset()
        self._owed.pop(channel, None)
        return None

    async def _take(self, channel: ChannelId, unwanted: Unwanted, *, refused: bool) -> None:
        raid = await self._state.raid(unwanted.raid)
        mark = raid.mark_of(unwanted.member, unwanted.role)
        still = refused if mark is None else mark.unwanted
        if raid.message is None or not still:
            return
        partial_channel = self._client.get_partial_messageable(raid.channel, guild_id=raid.guild)
        message = partial_channel.get_partial_message(raid.message)
        reaction = emoji.parse_emoji(raid.role(unwanted.role).emoji).for_reaction
        taking = self._expected_removals[unwanted] = self._in_flight[unwanted] = object()
        try:
            await self._api.call(lambda: message.remove_reaction(reaction, discord.Object(unwanted.member)))
        except discord.HTTPException as refusal:
            self._forget(unwanted, taking)
            if refusal.status != 404 and refusal.code not in _NOT_FOUND_CODES:
                raise
            await self._state.change(unwanted.raid, partial(_taken, unwanted=unwanted), _CAUSE)
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

    def _check(self, channel: ChannelId, unwanted: Unwanted, taking: object) -> None:
        """Repeat the call if the gateway has not reported the removal: its response shows if the reaction is gone."""
        if self._forget(unwanted, taking):
            self._owe(channel, unwanted, refused=False)

    def _report(self, channel: ChannelId, refusal: discord.Forbidden) -> None:
        """Log a refusal once per channel and error code, until a removal in the channel succeeds."""
        if self._reports.is_new(channel, refusal.code):
            log.warning("reactions cannot be removed", channel=channel, code=refusal.code, error=refusal.text)


def _taken(raid: Raid, *, unwanted: Unwanted) -> Change:
    """Drop the mark of a removed reaction, unless the member has reacted anew meanwhile: the mark is for that one."""
    mark = raid.mark_of(unwanted.member, unwanted.role)
    if mark is None or not mark.unwanted:
        return Change(raid)
    return signups.forget_mark(raid, unwanted.member, unwanted.role)
