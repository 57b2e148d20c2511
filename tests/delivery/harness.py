"""Test harness for delivery: one guild and client, on which bots start, stop and crash."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import discord

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Channel, Message
from raidbot.commands.signups.gate import SignupGate
from raidbot.db.database import Database
from raidbot.db.outbox import OutboxMessage, counts
from raidbot.delivery.boards.edits.budget import EditPace
from raidbot.delivery.boards.lost_boards import LostBoards
from raidbot.delivery.boards.posted import PostedKey, PostedKinds, Unwanted
from raidbot.delivery.boards.posting import Posting
from raidbot.delivery.boards.raid_boards import RaidBoards
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.delivery.boards.reaction_reading import ReactionReader
from raidbot.delivery.boards.reaction_removal import ReactionRemover
from raidbot.delivery.boards.reconcile import Reconcile
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.discord_api import DiscordApi
from raidbot.delivery.discord_internals import set_request_timeout
from raidbot.delivery.members.departures import Departures
from raidbot.delivery.members.names import MemberNames
from raidbot.delivery.members.questions import MemberQuestions
from raidbot.delivery.messages.best_effort_dm import BestEffortDms
from raidbot.delivery.messages.outbox import Outbox
from raidbot.delivery.messages.refusal_notices import RefusalNotices
from raidbot.delivery.outages.ramp_up import RampUp
from raidbot.delivery.threads import Threads
from raidbot.raids.emoji.model import key_of
from raidbot.raids.events import Change
from raidbot.raids.model import ChannelId, GuildId, MemberId, MessageId, Raid, RaidId, Role, RoleKey, Source
from raidbot.raids.rosters import signups
from raidbot.state import Cause, State
from raidbot.utils.circuit_breaker import CircuitBreaker
from raidbot.utils.clock import OffsetClock
from raidbot.utils.errors import Refusal
from tests.raids.builders import roles, unposted_raid
from tests.suite.new_database import put_new

SEND = "POST /channels/{}/messages"
EDIT = "PATCH /channels/{}/messages/{}"
FETCH = "GET /channels/{}/messages/{}"
PUT_REACTION = "PUT /channels/{}/messages/{}/reactions/{}/@me"
REMOVE_REACTION = "DELETE /channels/{}/messages/{}/reactions/{}/{}"
CLEAR = "DELETE /channels/{}/messages/{}/reactions"
_NUMBERS = ("edits", "old_edits", "silent_gaps", "silent_gaps_each")
REACTORS = "GET /channels/{}/messages/{}/reactions/{}"


def quick_pace(times: float) -> EditPace:
    """Return the pace of edits with all times divided by `times`."""
    pace = EditPace()
    seconds = {one.name: getattr(pace, one.name) / times for one in fields(EditPace) if one.name not in _NUMBERS}
    return replace(pace, **seconds)


class EventClient(discord.Client):
    """Passes reaction events to the running bot; drops them while no bot runs."""

    def __init__(self) -> None:
        self.harness: BotHarness | None = None
        intents = discord.Intents(guilds=True, members=True, guild_messages=True, guild_reactions=True)
        super().__init__(intents=intents, chunk_guilds_at_startup=False, guild_ready_timeout=0.1)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        if self.harness is not None and self.user is not None and payload.user_id != self.user.id:
            await self.harness.on_reaction_add(payload)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        if self.harness is not None:
            await self.harness.on_reaction_remove(payload)

    async def on_error(self, _event: str, /, *_args: Any, **_kwargs: Any) -> None:
        raise


@dataclass(slots=True, kw_only=True)
class BotHarness:
    """One run of the bot's delivery services on the database."""

    db: Database
    state: State
    api: DiscordApi
    outbox: Outbox
    boards: Boards
    lost_boards: LostBoards
    reaction_remover: ReactionRemover
    member_names: MemberNames
    departures: Departures
    reconcile: Reconcile
    posting: Posting
    raid_boards: RaidBoards
    ended: bool = False
    ignores_events: bool = False

    async def start(self) -> None:
        await self.state.load()
        for part in (
            self.outbox,
            self.boards,
            self.lost_boards,
            self.reaction_remover,
            self.member_names,
            self.departures,
            self.reconcile,
            self.posting,
        ):
            await part.start()

    async def end(self, timeout: float = 5.0) -> None:
        """Stop each part within `timeout` seconds, in order; 0 ends it like a crash."""
        if self.ended:
            return
        self.ended = True
        await self.posting.stop(timeout)
        for part in (
            self.boards,
            self.lost_boards,
            self.outbox,
            self.reaction_remover,
            self.member_names,
            self.departures,
            self.reconcile,
        ):
            await part.stop(timeout)
        await self.state.wait_for_writes()
        await self.db.close()

    async def on_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        raid_id = self.state.boards.get(MessageId(payload.message_id))
        if raid_id is None or self.ignores_events:
            return
        member = MemberId(payload.user_id)
        self.reconcile.touched(raid_key(raid_id), [member])
        raid = await self.state.raid(raid_id)
        role = raid.role_for_emoji(key_of(str(payload.emoji)))
        if role is None:
            return
        try:
            await self.change(raid_id, partial(signups.react, member=member, key=role.key, now=self.state.now()))
        except Refusal:
            self.refuse(raid, member, role.key)

    async def on_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        raid_id = self.state.boards.get(MessageId(payload.message_id))
        if raid_id is None or self.ignores_events:
            return
        member = MemberId(payload.user_id)
        self.reconcile.touched(raid_key(raid_id), [member])
        raid = await self.state.raid(raid_id)
        role = raid.role_for_emoji(key_of(str(payload.emoji)))
        if role is None:
            return
        if self.reaction_remover.was_removed_by_bot(raid.channel, Unwanted(raid_key(raid_id), member, role.key)):
            await self.change(raid_id, partial(signups.forget_mark, member=member, key=role.key))
        else:
            await self.change(raid_id, partial(signups.unreact, member=member, key=role.key, now=self.state.now()))

    def refuse(self, raid: Raid, member: MemberId, role: RoleKey) -> None:
        """Decline a reaction, so that it is removed."""
        self.reaction_remover.refuse(raid.channel, Unwanted(raid_key(raid.id), member, role))

    async def change(self, raid: RaidId, rule: Callable[[Raid], Change]) -> Change:
        return await self.state.change(raid, rule, Cause(Source.REACTION))

    async def outbox_counts(self) -> dict[str, int]:
        """Return the number of outbox rows per state."""
        return await self.db.read(counts)

    async def enqueue_dm(self, who: Person, text: str, *, expires_at: datetime | None = None) -> None:
        now = self.state.now()
        owed = OutboxMessage(
            kind="dm",
            target=who.id,
            payload={"content": text},
            dedupe=f"test:{who.id}:{text}",
            due_at=now,
            expires_at=expires_at,
        )
        await self.state.enqueue([owed])
        self.outbox.wake()


@dataclass(slots=True)
class DeliveryWorld:
    sandbox: Sandbox
    guild: SandboxGuild
    channel: Channel
    client: EventClient
    database_path: Path
    clock: OffsetClock = field(default_factory=OffsetClock)
    harnesses: list[BotHarness] = field(default_factory=list)

    async def start_bot(
        self,
        *,
        patience: float = 10.0,
        sweep_gap: float = 0.2,
        second_look: float = 0.1,
        speed: float = 10.0,
        **boards: float,
    ) -> BotHarness:
        """Start a bot on this database with short retry delays and pauses (all in seconds), `speed` times as fast."""
        put_new(self.database_path)
        db = await Database.open(self.database_path)
        state = State(db, self.clock)
        set_request_timeout(self.client, patience)
        line = DiscordApi(partial(CircuitBreaker, open_seconds=0.3), ramp_up=RampUp(first=100, last=100, seconds=0.1))
        outbox = Outbox(state, self.client, line, pause=0.05, first_retry=0.1, opening_gap=0.01)
        quick: dict[str, Any] = {"pace": quick_pace(speed), "first_retry": 0.1, "slow_retry": 0.3}
        kinds = PostedKinds()

        def lost(key: PostedKey) -> None:
            lost_boards.suspect(key)

        follow = Boards(kinds, self.client, line, lost=lost, **quick | boards)
        lost_boards = LostBoards(state, kinds, self.client, line, follow, delay=second_look, first_retry=0.1)
        reader = ReactionReader(self.client)
        reaction_remover = ReactionRemover(kinds, self.client, reader, line, gap=0.01, first_retry=0.1, slow_retry=0.3)
        questions = MemberQuestions(self.client, line, patience=patience, gap=0.01)
        people = MemberNames(state, self.client, questions, redraw=lambda raid: raid_boards.mark(raid), first_retry=0.1)
        departures = Departures(
            *(state, self.client, line, questions),
            redraw=lambda raid: raid_boards.member_changed(raid),
            gap=0.01,
            first_retry=0.1,
        )
        reconcile = Reconcile(
            kinds, reader, line, follow, lost=lost_boards.suspect, first_retry=0.1, sweep_gap=sweep_gap, event_delay=0.1
        )
        post = Posting(state, kinds, self.client, line, follow, catch_up=reconcile.compare, first_retry=0.1)
        threads, notices = Threads(state, self.client, line), RefusalNotices(state, BestEffortDms(self.client, line))
        parts = (follow, reaction_remover, reconcile, post, threads, people, departures, notices)
        raid_boards = RaidBoards(state, *parts, may_sign_up=SignupGate(self.client, state, line).may_sign_up)
        kinds.register(raid_boards)
        harness = BotHarness(
            db=db,
            state=state,
            api=line,
            outbox=outbox,
            boards=follow,
            lost_boards=lost_boards,
            reaction_remover=reaction_remover,
            member_names=people,
            departures=departures,
            reconcile=reconcile,
            posting=post,
            raid_boards=raid_boards,
        )
        self.harnesses.append(harness)
        await harness.start()
        self.client.harness = harness
        return harness

    async def crash(self, harness: BotHarness) -> None:
        """End the bot as if its process died. The client stays logged in, to save a login, but drops events."""
        self.client.harness = None
        await harness.end(timeout=0)

    async def end(self) -> None:
        self.client.harness = None
        for harness in self.harnesses:
            await harness.end(timeout=0)

    def member(self, name: str) -> Person:
        return self.guild.add_member(name)

    def plan(self, *, creator: Person | None = None, **seats: int) -> Raid:
        of: tuple[Role, ...] = roles(**seats) if seats else roles(tank=1, healer=2)
        now = self.clock().replace(microsecond=0)
        return unposted_raid(
            of=of,
            guild=GuildId(self.guild.id),
            channel=ChannelId(self.channel.id),
            creator=MemberId((creator or self.guild.owner).id),
            starts_at=now + timedelta(days=2),
            created_at=now,
        )

    async def raid(self, harness: BotHarness, *, creator: Person | None = None, **seats: int) -> Raid:
        """Create a raid and wait until its board has all its reactions."""
        plan = self.plan(creator=creator, **seats)
        await harness.state.learn_names(plan.guild, {plan.creator: (creator or self.guild.owner).name})
        raid = await harness.state.create(plan, Cause(Source.COMMAND))
        await self.sandbox.until(lambda: self.board(raid) is not None)
        emojis = [role.emoji for role in raid.roles]
        await self.sandbox.until(
            lambda: all(self.sandbox.bot.id in self.require_board(raid).reactors(e) for e in emojis)
        )
        await harness.posting.idle()
        await harness.boards.idle()
        return await harness.state.raid(raid.id)

    def boards(self) -> list[Message]:
        """Return the bot's messages in the channel."""
        return [m for m in self.guild.messages(self.channel) if m.author.id == self.sandbox.bot.id]

    def board(self, raid: Raid) -> Message | None:
        footer = f"raid {raid.code}".lower()
        found = [
            m
            for m in self.boards()
            if any(str(e.get("footer", {}).get("text")).lower().endswith(footer) for e in m.embeds)
        ]
        assert len(found) <= 1
        return found[0] if found else None

    def require_board(self, raid: Raid) -> Message:
        board = self.board(raid)
        assert board is not None
        return board

    def text(self, raid: Raid) -> str:
        """Return the board's embeds as text."""
        return str(self.require_board(raid).embeds)

    def count(self, route: str) -> int:
        """Return the number of calls the sandbox received on this route."""
        method, template = route.split(" ")
        return sum(call.method == method and _route_template(call.route) == template for call in self.sandbox.calls)


def _route_template(route: str) -> str:
    parts = ["{}" if part.startswith("{") else part for part in route.split("/")]
    return "/".join(parts)


async def seated(harness: BotHarness, raid: Raid, key: str) -> list[int]:
    return [seat.member for seat in (await harness.state.raid(raid.id)).seated(RoleKey(key))]


async def until(fact: Callable[[], Any], *, timeout: float = 10.0) -> None:
    """Wait up to `timeout` seconds until an asynchronous fact is true; for facts in the bot's database."""
    async with asyncio.timeout(timeout):
        while not await fact():  # noqa: ASYNC110 - the database sends no events
            await asyncio.sleep(0.01)
