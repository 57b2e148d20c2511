"""Takes reactions off the boards that should not stand there."""

import asyncio
import sqlite3
from dataclasses import dataclass
from functools import partial

import discord
import structlog

from raidbot.delivery.discord_api import DiscordApi, NoResponse
from raidbot.delivery.pacing import Pacer, sleep_unless
from raidbot.raids.emoji import model as emoji
from raidbot.raids.events import Change
from raidbot.raids.model import ChannelId, MemberId, Raid, RaidId, RoleKey, Source
from raidbot.raids.rosters import signups
from raidbot.state import Cause, State
from raidbot.utils.tasks import end

log = structlog.get_logger(__name__)

_CAUSE = Cause(Source.DISCORD)
_GONE = {10008, 10014}
_ECHO_TIMEOUT_SECONDS = 3.0
"""Seconds within which the gateway has told of a removal, after Discord answered the call for it."""


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A member's reaction that is to go."""

    raid: RaidId
    member: MemberId
    role: RoleKey


class ReactionRemover:
    """One worker per channel. What the raids' marks call unwanted is durable and taken up again after a restart;
    what `refuse` asks for is not.
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
        self._first_retry = first_retry
        self._slow_retry = slow_retry
        self._running = False
        self._stopping = asyncio.Event()
        self._owed: dict[ChannelId, dict[Unwanted, bool]] = {}
        self._taking: dict[Unwanted, object] = {}
        self._under_way: dict[Unwanted, object] = {}
        self._workers: dict[ChannelId, asyncio.Task[None]] = {}
        self._reported: set[tuple[ChannelId, int]] = set()
        state.listen(self._committed)

    async def start(self) -> None:
        """Take up the unwanted marks of all boards. The state is loaded already."""
        self._running = True
        for raid_id in list(self._state.boards.values()):
            self._note_unwanted(await self._state.raid(raid_id))

    async def stop(self, timeout: float) -> None:
        """Finish the calls under way, at most `timeout` seconds long; the marks say what is left."""
        self._running = False
        self._stopping.set()
        await end(self._workers.values(), within=timeout)

    async def idle(self) -> None:
        """Wait until nothing is left to take away."""
        while self._workers:
            await asyncio.wait(list(self._workers.values()))

    def refuse(self, raid: Raid, member: MemberId, role: RoleKey) -> None:
        """A reaction that was declined goes; the bot has no mark for it."""
        self._add(raid, Unwanted(raid.id, member, role), refused=True)

    def took(self, raid: RaidId, member: MemberId, role: RoleKey) -> bool:
        """Whether the removal of this reaction that the gateway tells of now is the bot's own doing.

        It is told of once: the next removal is the member's.
        """
        return self._taking.pop(Unwanted(raid, member, role), None) is not None

    def _committed(self, before: Raid, change: Change) -> None:
        if change.raid.marks is not before.marks:
            self._note_unwanted(change.raid)
            self._expect_again(change.raid)

    def _expect_again(self, raid: Raid) -> None:
        """A member reacted anew while their old reaction is being taken away: the call may meet the new one."""
        for unwanted, taking in self._under_way.items():
            mark = raid.mark_of(unwanted.member, unwanted.role) if unwanted.raid == raid.id else None
            if mark is not None and not mark.unwanted:
                self._taking[unwanted] = taking

    def _note_unwanted(self, raid: Raid) -> None:
        for mark in raid.marks:
            if mark.unwanted:
                self._add(raid, Unwanted(raid.id, mark.member, mark.role), refused=False)

    def _add(self, raid: Raid, unwanted: Unwanted, *, refused: bool) -> None:
        if raid.message is not None and (refused or unwanted not in self._taking):
            self._owe(raid.channel, unwanted, refused=refused)

    def _owe(self, channel: ChannelId, unwanted: Unwanted, *, refused: bool) -> None:
        if not self._running:
            return
        owed = self._owed.setdefault(channel, {})
        owed[unwanted] = refused or owed.get(unwanted, False)
        if channel not in self._workers:
            self._workers[channel] = asyncio.create_task(self._work(channel))

    async def _work(self, channel: ChannelId) -> None:
        owed = self._owed[channel]
        wait = self._first_retry
        try:
            while owed and self._running:
                await self._pacer.turn(channel)
                unwanted = next(iter(owed))
                refused = owed.pop(unwanted)  # owed anew while it is being taken away, it stays owed
                try:
                    await self._take(channel, unwanted, refused=refused)
                except (NoResponse, sqlite3.Error) as none:
                    log.info("reaction not taken away yet", raid=unwanted.raid, error=repr(none))
                    owed[unwanted] = refused or owed.get(unwanted, False)
                    pause = max(wait, none.retry_in) if isinstance(none, NoResponse) else wait
                    await sleep_unless(pause, unless=self._stopping)
                    wait = min(wait * 2, self._slow_retry)
                    continue
                except discord.Forbidden as refusal:
                    self._report(channel, refusal)
                    owed.update(
                        dict.fromkeys([*owed, unwanted], False)
                    )  # what no mark calls unwanted is not asked for again
                    await sleep_unless(self._slow_retry, unless=self._stopping)
                    continue
                except Exception:
                    log.exception("reaction cannot be taken away", raid=unwanted.raid, member=unwanted.member)
                wait = self._first_retry
        finally:
            self._owed.pop(channel, None)
            self._workers.pop(channel, None)

    async def _take(self, channel: ChannelId, unwanted: Unwanted, *, refused: bool) -> None:
        raid = await self._state.raid(unwanted.raid)
        mark = raid.mark_of(unwanted.member, unwanted.role)
        still = refused if mark is None else mark.unwanted
        if raid.message is None or not still:
            return
        partial_channel = self._client.get_partial_messageable(raid.channel, guild_id=raid.guild)
        message = partial_channel.get_partial_message(raid.message)
        reaction = emoji.parse_emoji(raid.role(unwanted.role).emoji).for_reaction
        taking = self._taking[unwanted] = self._under_way[unwanted] = object()
        try:
            await self._api.call(lambda: message.remove_reaction(reaction, discord.Object(unwanted.member)))
        except discord.HTTPException as refusal:
            self._forget(unwanted, taking)
            if refusal.status != 404 and refusal.code not in _GONE:
                raise
            await self._state.change(unwanted.raid, partial(_taken, unwanted=unwanted), _CAUSE)
        finally:
            del self._under_way[unwanted]
            asyncio.get_running_loop().call_later(_ECHO_TIMEOUT_SECONDS, self._check, channel, unwanted, taking)
        # The mark goes with the gateway's word of the removal: until then the gateway may yet tell of the reaction.
        self._reported = {report for report in self._reported if report[0] != channel}

    def _forget(self, unwanted: Unwanted, taking: object) -> bool:
        """No removal is to be expected from this call any more; whether one was."""
        expected = self._taking.get(unwanted) is taking
        if expected:
            del self._taking[unwanted]
        return expected

    def _check(self, channel: ChannelId, unwanted: Unwanted, taking: object) -> None:
        """The gateway did not tell of the removal, so Discord has to be asked whether the reaction is gone."""
        if self._forget(unwanted, taking):
            self._owe(channel, unwanted, refused=False)

    def _report(self, channel: ChannelId, refusal: discord.Forbidden) -> None:
        """Once, until it works again."""
        if (channel, refusal.code) not in self._reported:
            self._reported.add((channel, refusal.code))
            log.warning("reactions cannot be taken away", channel=channel, code=refusal.code, error=refusal.text)


def _taken(raid: Raid, *, unwanted: Unwanted) -> Change:
    """The reaction is gone. If the member has reacted anew meanwhile, their mark stands for that."""
    mark = raid.mark_of(unwanted.member, unwanted.role)
    if mark is None or not mark.unwanted:
        return Change(raid)
    return signups.taken_away(raid, unwanted.member, unwanted.role)
