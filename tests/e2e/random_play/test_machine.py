"""Random evenings with the whole bot: board, database and rules say the same after every step."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from discord_sandbox import Sandbox
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.bot import Options, RaidBot
from raidbot.db.database import Database
from raidbot.raids import lifecycle
from raidbot.raids.events import Change
from raidbot.raids.model import ChannelId, CloseReason, GuildId, MemberId, Raid, Role, RoleKey, Source
from raidbot.raids.rosters import signups
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause
from raidbot.utils.errors import Refusal
from tests import openapi_check
from tests.e2e import database_facts
from tests.e2e.fast_time import FastLoop
from tests.raids.builders import posting
from tests.raids.rosters.reference_roster import Declined, ReferenceRoster

T = TypeVar("T")

MEMBERS = st.integers(0, 5)
NUMBERS = st.integers(0, 3)
DEEDS = st.lists(st.tuples(st.sampled_from(["react", "unreact"]), MEMBERS, NUMBERS), min_size=1, max_size=8)
ONCE_EACH = st.lists(st.tuples(MEMBERS, NUMBERS), min_size=2, max_size=6, unique_by=lambda pair: pair[0])
EMOJIS = ("🟠", "🟡", "🟢", "🔵")
_TIMEOUT_SECONDS = 15.0
_PACE = 20.0


class WholeBot(RuleBasedStateMachine):
    """`plain` says what should be; the sandbox and the database say what is."""

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
        plan = posting(
            of=roles,
            guild=GuildId(self.guild.id),
            channel=ChannelId(self.channel.id),
            creator=MemberId(self.guild.owner.id),
            starts_at=now + timedelta(days=2),
            created_at=now,
        )
        assert self.bot is not None
        self.raid = (await self.bot.state.create(plan, Cause(Source.COMMAND))).id
        await self._until(lambda: bool(self.guild.messages(self.channel)))
        self.plain = ReferenceRoster({role.key: role.seats for role in roles}, plan.starts_at)
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
        assert not openapi_check.problems(self.sandbox.calls)

    def _check_messages(self) -> None:
        """Who stayed all evening got everything that was owed, once."""
        outbox = database_facts.read(self.database).outbox
        assert {row.state for row in outbox} <= {"sent", "refused", "expired"}
        for person in (self.guild.owner, *self.people):
            if person.id not in self.departed:
                owed = Counter(row.text for row in outbox if row.target == person.id and row.state == "sent")
                assert Counter(message.content for message in person.dms) == owed

    # What members do

    @rule(member=MEMBERS, number=NUMBERS)
    def react(self, member: int, number: int) -> None:
        self.step(partial(self._react, member, number))

    @rule(pairs=ONCE_EACH)
    def crowd_reacts(self, pairs: list[tuple[int, int]]) -> None:
        self.step(*(partial(self._react, *pair) for pair in pairs))

    @precondition(lambda self: self.plain.reactions)
    @rule(data=st.data())
    def somebody_takes_a_reaction_back(self, data: st.DataObject) -> None:
        member, key = data.draw(st.sampled_from(sorted(self.plain.reactions)))
        number = list(self.emojis).index(key)
        self.step(partial(self._unreact, [one.id for one in self.people].index(member), number))

    @rule(member=MEMBERS)
    def somebody_leaves_the_server_and_comes_back(self, member: int) -> None:
        self.step(partial(self._depart, self.people[member]))
        self.step(partial(self._come_back, self.people[member]))

    @rule(deeds=DEEDS, sweep=st.sampled_from([None, None, None, -1, 0]))
    def people_go_on_while_the_bot_is_down(self, deeds: list[tuple[str, int, int]], sweep: int | None) -> None:
        self.run(self._miss(deeds, sweep, restart=True))

    @rule(deeds=DEEDS)
    def people_go_on_while_the_session_is_lost(self, deeds: list[tuple[str, int, int]]) -> None:
        self.run(self._miss(deeds, None, restart=False))

    @rule(pairs=ONCE_EACH)
    def people_go_on_while_the_connection_is_broken(self, pairs: list[tuple[int, int]]) -> None:
        self.run(self.sandbox.gateway.drop(4000))
        self.step(*(partial(self._react, *pair) for pair in pairs))

    # What managers and moderators do

    @rule(member=MEMBERS, number=NUMBERS, force=st.booleans())
    def assign(self, member: int, number: int, force: bool) -> None:
        who, key = self.member(member), self.key(number)
        self.change(
            lambda raid: signups.assign(raid, who, key, now=self.now(), force=force),
            lambda: self.plain.assign(who, key, force=force),
        )

    @rule(member=MEMBERS)
    def remove(self, member: int) -> None:
        who = self.member(member)
        self.change(lambda raid: signups.remove(raid, who, now=self.now()), lambda: self.plain.remove(who))

    @rule(member=MEMBERS, number=NUMBERS)
    def send_to_wait(self, member: int, number: int) -> None:
        who, key = self.member(member), self.key(number)
        self.change(
            lambda raid: signups.send_to_wait(raid, who, key, now=self.now()),
            lambda: self.plain.send_to_wait(who, key),
        )

    @rule()
    def close(self) -> None:
        by = MemberId(self.guild.owner.id)
        self.change(lambda raid: lifecycle.close(raid, reason=CloseReason.MANUAL, by=by, now=self.now()), self._close)

    @precondition(lambda self: self.plain.status == "closed")
    @rule()
    def reopen(self) -> None:
        by = MemberId(self.guild.owner.id)
        self.change(lambda raid: lifecycle.reopen(raid, by=by, now=self.now()), self.plain.reopen)

    @rule(hours=st.integers(2, 48))
    def change_time(self, hours: int) -> None:
        starts_at = self.now() + timedelta(hours=hours)
        self.change(
            lambda raid: lifecycle.change_time(raid, starts_at, "UTC", now=self.now()),
            lambda: self.plain.change_time(starts_at),
        )

    @rule(number=st.one_of(st.none(), NUMBERS))
    def moderator_sweeps_reactions(self, number: int | None) -> None:
        self.step(partial(self._sweep, number))

    @rule(minutes=st.sampled_from([5, 60, 600, 3000]))
    def time_passes(self, minutes: int) -> None:
        self.sandbox.advance(timedelta(minutes=minutes))
        self._close_by_the_clock()
        self.step()

    def _close_by_the_clock(self) -> None:
        raid = self.rows()
        lead = GuildSettings(guild=raid.guild).full_lead
        if lifecycle.due_closing(raid, full_lead=lead, now=self.now()) is not None:
            self._close()

    # How a step is taken

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
        self._predict(lambda: self.plain.react(MemberId(person.id), key, self.now()))

    async def _unreact(self, number: int, role: int) -> None:
        person, key = self.people[number], self.key(role)
        if person.id in self.board.reactors(self.emojis[key]):
            await person.unreact(self.board, self.emojis[key])
            self.plain.unreact(MemberId(person.id), key)

    async def _depart(self, person: Person) -> None:
        self.departed.add(person.id)
        await person.leave(self.guild)
        if self.plain.held_open or self.now() < self.plain.starts_at:  # who came to a raid that is over stays history
            self.plain.depart(MemberId(person.id))

    async def _come_back(self, person: Person) -> None:
        self.guild.add_member(person)

    async def _sweep(self, number: int | None) -> None:
        keys = list(self.emojis) if number is None else [self.key(number)]
        await self.sandbox.clear_reactions(self.board, None if number is None else self.emojis[keys[0]])
        self.plain.sweep(keys)

    def _close(self) -> None:
        """Closed boards show no reactions."""
        self.plain.close()
        self.plain.sweep(list(self.emojis))

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
        """Whether the model agrees to it."""
        try:
            tell()
        except Declined:
            return False
        return True

    # Not listening for a while

    async def _miss(self, deeds: Sequence[tuple[str, int, int]], sweep: int | None, *, restart: bool) -> None:
        identified = self.sandbox.gateway.identified
        if restart:
            await self._stop()
        else:
            self.sandbox.gateway.invalidate(resumable=False)
        for verb, number, role in deeds:
            await self._do_unheard(verb, self.people[number], self.emojis[self.key(role)])
        if sweep is not None:
            await self.sandbox.clear_reactions(self.board, None if sweep < 0 else self.emojis[self.key(sweep)])
        self._compare(in_full=self._is_recent())
        self._compare(in_full=True)
        if restart:
            await self._start()
        await self._until(lambda: self.sandbox.gateway.identified > identified)
        await self._settle()

    async def _do_unheard(self, verb: str, person: Person, emoji: str) -> None:
        """Only newcomers react: which of one member's reactions came last nobody can know afterwards."""
        if verb == "unreact":
            if person.id in self.board.reactors(emoji):
                await person.unreact(self.board, emoji)
        elif not self._is_on_board(MemberId(person.id)):
            await person.react(self.board, emoji)

    def _is_on_board(self, member: MemberId) -> bool:
        waits = any(waiter == member for waiter, _ in self.plain.tickets)
        reacts = any(member in self.board.reactors(emoji) for emoji in self.emojis.values())
        return waits or reacts or member in self.plain.sits

    def _is_recent(self) -> bool:
        """Whether the board is read in full at once: something was written about it in the last minutes."""
        with database_facts.looking(self.database) as connection:
            last = connection.execute("SELECT max(at) FROM audit").fetchone()[0]
        return bool(last >= (self.now() - timedelta(minutes=10)).timestamp())

    def _compare(self, *, in_full: bool) -> None:
        """What the model makes of reactions that it was not told of."""
        there = {key: set(self.board.reactors(emoji)) for key, emoji in self.emojis.items()}
        ours = {key for key, users in there.items() if self.sandbox.bot.id in users}
        read = [key for key in self.emojis if in_full or self._differs(key, there[key]) or key not in ours]
        for key in read:
            for member in sorted(member for member, role in list(self.plain.reactions) if role == key):
                if member not in there[key]:
                    if key in ours:
                        self.plain.unreact(member, key)
                    else:
                        self.plain.forget(member, key)
        for key in read:
            for member in sorted(MemberId(user) for user in there[key] - {self.sandbox.bot.id}):
                if (member, key) not in self.plain.reactions:
                    self._predict(partial(self.plain.react, member, key, self.now()))

    def _differs(self, key: RoleKey, users: set[int]) -> bool:
        return len(users - {self.sandbox.bot.id}) != sum(role == key for _, role in self.plain.reactions)

    # Agreeing

    async def _settle(self) -> None:
        for place in [place for place, word in self.plain.reactions.items() if word == "is to go"]:
            self.plain.forget(*place)
        await self._until(lambda: not self.differences(), lambda: "\n".join(self.differences()))

    async def _until(self, fact: Callable[[], bool], else_say: Callable[[], str] = lambda: "") -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _TIMEOUT_SECONDS * _PACE
        while not fact():
            if loop.time() > deadline:
                raise AssertionError(else_say())
            await self.sandbox.store.wait_for_change(0.2)

    def rows(self) -> Raid:
        return database_facts.read(self.database).raid

    def differences(self) -> list[str]:
        """Where model, rows, messages and reactions do not say the same."""
        now = database_facts.read(self.database)
        raid, plain = now.raid, self.plain
        reactions = {(mark.member, mark.role) for mark in database_facts.standing(raid, self.board)}
        return [
            *([] if plain.agrees_with(raid) else [f"model: {vars(plain)}", f"rows: {raid}"]),
            *([] if reactions == set(plain.reactions) else [f"reactions: {reactions}, not {plain.reactions}"]),
            *database_facts.unlike(raid, now.names, self.board),
            *(str(row) for row in now.outbox if row.state in ("pending", "claimed")),
        ]


WholeBot.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=15,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
TestWholeBot = WholeBot.TestCase
