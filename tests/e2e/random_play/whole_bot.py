"""The whole bot with one raid, and a model of the expected state."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from discord_sandbox import Sandbox
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.bot import Options, RaidBot
from raidbot.db.database import Database
from raidbot.raids.events import Change
from raidbot.raids.model import ChannelId, GuildId, MemberId, Raid, Role, RoleKey, Source
from raidbot.state import Cause
from raidbot.utils.errors import Refusal
from tests import openapi_check
from tests.e2e import database_facts
from tests.e2e.fast_loop import FastLoop
from tests.raids.builders import unposted_raid
from tests.raids.rosters.reference_roster import ReferenceRoster, Refused
from tests.suite.new_database import put_new

T = TypeVar("T")

EMOJIS = ("🟠", "🟡", "🟢", "🔵")
_TIMEOUT_SECONDS = 15.0
_PACE = 20.0
FULL_CLOSE_MINUTES = 60


class WholeBot(RuleBasedStateMachine):
    """A state machine: `plain` holds the expected state, the sandbox and the database the actual one."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner(loop_factory=FastLoop)
        self.folder = TemporaryDirectory()
        self.database = Path(self.folder.name) / "raidbot.db"
        self.bot: RaidBot | None = None
        self.departed: set[int] = set()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    @initialize(seats=st.lists(st.sampled_from([1, 1, 2, 3]), min_size=2, max_size=4))
    def begin(self, seats: list[int]) -> None:
        self.run(self._begin(seats))

    async def _begin(self, seats: list[int]) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, FastLoop)
        loop.set_pace(_PACE)
        self.sandbox = Sandbox(limits="off")
        await self.sandbox.start()
        self.sandbox.gateway.heartbeat_interval = 100_000.0
        self.guild = self.sandbox.add_guild("Ravenwood")
        self.channel = self.guild.add_channel("raid-signups")
        self.people = [self.guild.add_member(f"member{number}") for number in range(6)]
        await self._start()
        roles = tuple(
            Role(key=RoleKey(f"r{n}"), name=f"Role {n}", emoji=EMOJIS[n], seats=number)
            for n, number in enumerate(seats)
        )
        now = self.sandbox.clock.now().replace(microsecond=0)
        plan = unposted_raid(
            of=roles,
            guild=GuildId(self.guild.id),
            channel=ChannelId(self.channel.id),
            creator=MemberId(self.guild.owner.id),
            starts_at=now + timedelta(days=2),
            created_at=now,
        )
        assert self.bot is not None
        early = partial(replace, full_close_minutes=FULL_CLOSE_MINUTES)
        await self.bot.state.change_settings(GuildId(self.guild.id), early, Cause(Source.COMMAND))
        self.raid = (await self.bot.state.create(plan, Cause(Source.COMMAND))).id
        await self._until(lambda: bool(self.guild.messages(self.channel)))
        self.plain = ReferenceRoster({role.key: role.seats for role in roles}, plan.starts_at, self.now)
        self.emojis = {role.key: role.emoji for role in roles}
        await self._settle()

    async def _start(self) -> None:
        options = Options(
            api_url=self.sandbox.api_url,
            heartbeat_seconds=2.0,
            dm_batch=20,
            dm_pause_seconds=0.05,
            reaction_limit=1000,
            guild_ready_seconds=2.0,
        )
        put_new(self.database)
        self.db = await Database.open(self.database)
        self.bot = RaidBot(self.db, self.sandbox.clock.now, options)
        await self.bot.login(self.sandbox.token)
        self.connection = asyncio.create_task(self.bot.connect())
        await self.bot.wait_until_ready()

    async def _stop(self) -> None:
        if self.bot is not None:
            await self.bot.close()
            await self.connection
            await self.db.close()
            self.bot = None

    def teardown(self) -> None:
        if hasattr(self, "sandbox"):
            self.run(self._end())
        self.loop.close()
        self.folder.cleanup()

    async def _end(self) -> None:
        try:
            await self._stop()
            if hasattr(self, "raid"):
                self._check_messages()
        finally:
            await self.sandbox.stop()
        assert self.sandbox.unsupported == []
        assert self.sandbox.ignored == []
        assert not openapi_check.mismatches(self.sandbox.calls)

    def _check_messages(self) -> None:
        """Assert that everyone who never left the guild got every sent message exactly once."""
        end = database_facts.read(self.database)
        assert {row.state for row in end.outbox} <= {"sent", "refused", "expired"}
        for person in (self.guild.owner, *self.people):
            if person.id not in self.departed:
                assert end.message_differences(person) == (Counter(), Counter())

    # Steps

    def key(self, number: int) -> RoleKey:
        return list(self.emojis)[number % len(self.emojis)]

    def member(self, number: int) -> MemberId:
        return MemberId(self.people[number].id)

    def now(self) -> Any:
        return self.sandbox.clock.now().replace(microsecond=0)

    @property
    def board(self) -> Message:
        return self.guild.messages(self.channel)[0]

    def step(self, *deeds: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do the deeds. Those of earlier steps are over half a minute old, so that nobody is just coming back."""
        self.sandbox.advance(timedelta(seconds=30))

        async def take() -> None:
            for deed in deeds:
                await deed()
            await self._settle()

        self.run(take())

    async def _react(self, number: int, role: int) -> None:
        person, key = self.people[number], self.key(role)
        if person.id in self.board.reactors(self.emojis[key]):
            return
        await person.react(self.board, self.emojis[key])
        self._predict(lambda: self.plain.react(MemberId(person.id), key))

    async def _unreact(self, number: int, role: int) -> None:
        person, key = self.people[number], self.key(role)
        if person.id in self.board.reactors(self.emojis[key]):
            await person.unreact(self.board, self.emojis[key])
            self.plain.unreact(MemberId(person.id), key)

    async def _depart(self, person: Person) -> None:
        self.departed.add(person.id)
        await person.leave(self.guild)
        if not self.plain.is_frozen():  # a raid that has begun keeps its roster
            self.plain.depart(MemberId(person.id))

    async def _come_back(self, person: Person) -> None:
        self.guild.add_member(person)

    async def _sweep(self, number: int | None) -> None:
        keys = list(self.emojis) if number is None else [self.key(number)]
        await self.sandbox.clear_reactions(self.board, None if number is None else self.emojis[keys[0]])
        self.plain.clear_reactions(keys)

    def _close(self, because: str = "manual") -> None:
        """Close the model's raid."""
        self.plain.close(because)
        self._clear_if_begun()

    def _clear_if_begun(self) -> None:
        """Clear the model's reactions if the board has none any more."""
        if self.plain.status == "closed" and self.plain.has_begun:
            self.plain.clear_reactions(list(self.emojis))

    def change(self, apply: Callable[[Raid], Change], predict: Callable[[], None]) -> None:
        bot = self.bot
        assert bot is not None
        cause = Cause(Source.MANAGER, MemberId(self.guild.owner.id))

        async def ask() -> bool:
            try:
                await bot.state.change(self.raid, apply, cause)
            except Refusal:
                return False
            return True

        assert self.run(ask()) == self._predict(predict)
        self.step()

    def _predict(self, tell: Callable[[], None]) -> bool:
        """Return False if the model declines the request."""
        try:
            tell()
        except Refused:
            return False
        return True

    # Comparison with the model

    def follow_clock(self) -> None:
        """Do to the model what the bot does by the clock."""
        plain, now = self.plain, self.now()
        is_full = all(len(plain.seated(role)) >= seats for role, seats in plain.seats.items())
        if plain.status == "open" and plain.is_frozen():
            self._close("at_start")
        elif plain.status == "open" and is_full and not plain.held_open and self.in_last_hour(now):
            self._close("full")
        plain.begin()
        self._clear_if_begun()

    def in_last_hour(self, now: datetime) -> bool:
        """Return True while the bot closes a raid as soon as it is full."""
        return now >= self.plain.starts_at - timedelta(minutes=FULL_CLOSE_MINUTES)

    async def _settle(self) -> None:
        self.follow_clock()
        for place in [place for place, word in self.plain.reactions.items() if word == "is to go"]:
            self.plain.forget_reaction(*place)
        await self._until(lambda: not self.differences(), lambda: "\n".join(self.differences()))

    async def _until(self, fact: Callable[[], bool], else_say: Callable[[], str] = lambda: "") -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _TIMEOUT_SECONDS * _PACE
        while not fact():
            if loop.time() > deadline:
                raise AssertionError(else_say())
            await self.sandbox.store.wait_for_change(0.05 * _PACE)

    def rows(self) -> Raid:
        return database_facts.read(self.database).raid

    def differences(self) -> list[str]:
        """Return the differences between model, rows, messages and reactions, one line each."""
        now = database_facts.read(self.database)
        raid, plain = now.raid, self.plain
        reactions = {(mark.member, mark.role) for mark in database_facts.member_reactions(raid, self.board)}
        return [
            *([] if plain.agrees_with(raid) else [f"model: {vars(plain)}", f"rows: {raid}"]),
            *([] if reactions == set(plain.reactions) else [f"reactions: {reactions}, not {plain.reactions}"]),
            *database_facts.board_differences(raid, now.names, self.board),
            *(str(row) for row in now.outbox if row.state in ("pending", "claimed")),
        ]
