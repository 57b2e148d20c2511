"""A stage for the delivery parts: one server and client, and lives of the bot that begin, end and crash on it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import discord

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Channel, Message
from raidbot.commands.signups.gate import Gate
from raidbot.db.database import Database
from raidbot.db.outbox import Owed, counts
from raidbot.delivery.boards.posting import Posting
from raidbot.delivery.boards.reaction_removal import Tidy
from raidbot.delivery.boards.reconcile import Reconcile
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.discord_api import Line, give_up_silent_requests
from raidbot.delivery.members.departures import Absent
from raidbot.delivery.members.names import People
from raidbot.delivery.messages.outbox import Outbox
from raidbot.raids.emoji.model import key_of
from raidbot.raids.events import Change
from raidbot.raids.model import ChannelId, GuildId, MemberId, MessageId, Raid, RaidId, Role, RoleKey, Source
from raidbot.raids.rosters import signups
from raidbot.state import Cause, State
from raidbot.utils.circuit_breaker import CircuitBreaker
from raidbot.utils.clock import OffsetClock
from raidbot.utils.errors import Refusal
from tests.raids.builders import posting, roles

SEND = "POST /channels/{}/messages"
EDIT = "PATCH /channels/{}/messages/{}"
READ = "GET /channels/{}/messages/{}"
PUT_REACTION = "PUT /channels/{}/messages/{}/reactions/{}/@me"
TAKE_REACTION = "DELETE /channels/{}/messages/{}/reactions/{}/{}"
CLEAR = "DELETE /channels/{}/messages/{}/reactions"
REACTORS = "GET /channels/{}/messages/{}/reactions/{}"


class Ears(discord.Client):
    """Tells the current life of the bot about reactions; between two lives nobody hears them."""

    def __init__(self) -> None:
        self.life: Life | None = None
        intents = discord.Intents(guilds=True, members=True, guild_messages=True, guild_reactions=True)
        super().__init__(intents=intents, chunk_guilds_at_startup=False, guild_ready_timeout=0.1)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        if self.life is not None and self.user is not None and payload.user_id != self.user.id:
            await self.life.added(payload)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        if self.life is not None:
            await self.life.removed(payload)

    async def on_error(self, _event: str, /, *_args: Any, **_kwargs: Any) -> None:
        raise


@dataclass(slots=True, kw_only=True)
class Life:
    """One run of the bot's delivery on the database."""

    db: Database
    state: State
    line: Line
    outbox: Outbox
    boards: Boards
    tidy: Tidy
    people: People
    absent: Absent
    reconcile: Reconcile
    posting: Posting
    over: bool = False
    deaf: bool = False

    async def start(self) -> None:
        await self.state.load()
        for part in (self.outbox, self.boards, self.tidy, self.people, self.absent, self.reconcile, self.posting):
            await part.start()

    async def end(self, timeout: float = 5.0) -> None:
        """In order; with a timeout of 0 as a crash would."""
        if self.over:
            return
        self.over = True
        await self.posting.stop(timeout)
        for part in (self.boards, self.outbox, self.tidy, self.people, self.absent, self.reconcile):
            await part.stop(timeout)
        await self.state.settle_down()
        await self.db.close()

    async def added(self, payload: discord.RawReactionActionEvent) -> None:
        raid_id = self.state.boards.get(MessageId(payload.message_id))
        if raid_id is None or self.deaf:
            return
        member = MemberId(payload.user_id)
        self.reconcile.touched(raid_id, member)
        raid = await self.state.raid(raid_id)
        role = raid.role_for_emoji(key_of(str(payload.emoji)))
        if role is None:
            return
        try:
            await self.change(raid_id, partial(signups.react, member=member, key=role.key, now=self.state.now()))
        except Refusal:
            self.tidy.refuse(raid, member, role.key)

    async def removed(self, payload: discord.RawReactionActionEvent) -> None:
        raid_id = self.state.boards.get(MessageId(payload.message_id))
        if raid_id is None or self.deaf:
            return
        member = MemberId(payload.user_id)
        self.reconcile.touched(raid_id, member)
        role = (await self.state.raid(raid_id)).role_for_emoji(key_of(str(payload.emoji)))
        if role is None:
            return
        if self.tidy.took(raid_id, member, role.key):
            await self.change(raid_id, partial(signups.taken_away, member=member, key=role.key))
        else:
            await self.change(raid_id, partial(signups.unreact, member=member, key=role.key, now=self.state.now()))

    async def change(self, raid: RaidId, rule: Callable[[Raid], Change]) -> Change:
        return await self.state.change(raid, rule, Cause(Source.REACTION))

    async def owed(self) -> dict[str, int]:
        """Rows of the outbox per state."""
        return await self.db.read(counts)

    async def owe(self, who: Person, text: str, *, expires_at: datetime | None = None) -> None:
        now = self.state.now()
        owed = Owed(
            kind="dm",
            target=who.id,
            payload={"content": text},
            dedupe=f"test:{who.id}:{text}",
            due_at=now,
            expires_at=expires_at,
        )
        await self.state.owe([owed])
        self.outbox.wake()


@dataclass(slots=True)
class Stage:
    sandbox: Sandbox
    guild: SandboxGuild
    channel: Channel
    client: Ears
    path: Path
    clock: OffsetClock = field(default_factory=OffsetClock)
    lives: list[Life] = field(default_factory=list)

    async def life(self, *, patience: float = 10.0, sweep_gap: float = 0.2, **boards: float) -> Life:
        """The bot starts on this database; quick retries, no pauses worth waiting for."""
        db = await Database.open(self.path)
        state = State(db, self.clock)
        give_up_silent_requests(self.client, patience)
        line = Line(CircuitBreaker(open_seconds=0.3))
        outbox = Outbox(state, self.client, line, pause=0.05, first_retry=0.1)
        quick: dict[str, Any] = {"gap": 0.1, "channel_gap": 0.1, "first_retry": 0.1, "slow_retry": 0.3}
        follow = Boards(state, self.client, line, **quick | boards)
        tidy = Tidy(state, self.client, line, gap=0.01, first_retry=0.1, slow_retry=0.3)
        people = People(state, self.client, redraw=follow.mark, first_retry=0.1)
        absent = Absent(state, self.client, line, redraw=follow.renamed, gap=0.01, first_retry=0.1)
        reconcile = Reconcile(
            state,
            self.client,
            line,
            follow,
            tidy,
            people,
            absent,
            may_sign_up=Gate(self.client, state, line).may_sign_up,
            first_retry=0.1,
            sweep_gap=sweep_gap,
        )
        post = Posting(
            state,
            self.client,
            line,
            follow,
            catch_up=reconcile.raid,
            wake_outbox=outbox.wake,
            first_retry=0.1,
        )
        life = Life(
            db=db,
            state=state,
            line=line,
            outbox=outbox,
            boards=follow,
            tidy=tidy,
            people=people,
            absent=absent,
            reconcile=reconcile,
            posting=post,
        )
        self.lives.append(life)
        await life.start()
        self.client.life = life
        return life

    async def crash(self, life: Life) -> None:
        """The process dies; the client stays, deaf, to save the tests a login."""
        self.client.life = None
        await life.end(timeout=0)

    async def end(self) -> None:
        self.client.life = None
        for life in self.lives:
            await life.end(timeout=0)

    def member(self, name: str) -> Person:
        return self.guild.add_member(name)

    def plan(self, *, creator: Person | None = None, **seats: int) -> Raid:
        of: tuple[Role, ...] = roles(**seats) if seats else roles(tank=1, healer=2)
        now = self.clock().replace(microsecond=0)
        return posting(
            of=of,
            guild=GuildId(self.guild.id),
            channel=ChannelId(self.channel.id),
            creator=MemberId((creator or self.guild.owner).id),
            starts_at=now + timedelta(days=2),
            created_at=now,
        )

    async def raid(self, life: Life, *, creator: Person | None = None, **seats: int) -> Raid:
        """A raid whose board stands with all its reactions."""
        plan = self.plan(creator=creator, **seats)
        await life.state.learn_names(plan.guild, {plan.creator: (creator or self.guild.owner).name})
        raid = await life.state.create(plan, Cause(Source.COMMAND))
        await self.sandbox.until(lambda: self.board(raid) is not None)
        emojis = [role.emoji for role in raid.roles]
        await self.sandbox.until(lambda: all(self.sandbox.bot.id in self.sees(raid).reactors(e) for e in emojis))
        await life.posting.idle()
        await life.boards.idle()
        return await life.state.raid(raid.id)

    def boards(self) -> list[Message]:
        """Messages of the bot in the channel."""
        return [m for m in self.guild.messages(self.channel) if m.author.id == self.sandbox.bot.id]

    def board(self, raid: Raid) -> Message | None:
        footer = f"Raid {raid.code}"
        found = [m for m in self.boards() if any(e.get("footer", {}).get("text") == footer for e in m.embeds)]
        assert len(found) <= 1
        return found[0] if found else None

    def sees(self, raid: Raid) -> Message:
        board = self.board(raid)
        assert board is not None
        return board

    def text(self, raid: Raid) -> str:
        """Everything the board says."""
        return str(self.sees(raid).embeds)

    def count(self, route: str) -> int:
        """How many calls of this route arrived."""
        method, template = route.split(" ")
        return sum(call.method == method and _plain(call.route) == template for call in self.sandbox.calls)


def _plain(route: str) -> str:
    parts = ["{}" if part.startswith("{") else part for part in route.split("/")]
    return "/".join(parts)


async def seated(life: Life, raid: Raid, key: str) -> list[int]:
    return [seat.member for seat in (await life.state.raid(raid.id)).seated(RoleKey(key))]


async def until(fact: Callable[[], Any], *, timeout: float = 10.0) -> None:
    """Wait until an asynchronous fact is true; for facts in the bot's database."""
    async with asyncio.timeout(timeout):
        while not await fact():  # noqa: ASYNC110 - the database wakes nobody
            await asyncio.sleep(0.01)
