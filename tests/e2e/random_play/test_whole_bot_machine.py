"""Random actions on the whole bot: board, database and the reference roster agree after every step."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import precondition, rule

from discord_sandbox.people import Person
from raidbot.raids import lifecycle
from raidbot.raids.model import CloseReason, MemberId, RoleKey
from raidbot.raids.rosters import manager_edits
from tests.chaos import rounds
from tests.e2e import database_facts
from tests.e2e.random_play.whole_bot import WholeBot

MEMBERS = st.integers(0, 5)
NUMBERS = st.integers(0, 3)
DEEDS = st.lists(st.tuples(st.sampled_from(["react", "unreact"]), MEMBERS, NUMBERS), min_size=1, max_size=8)
ONCE_EACH = st.lists(st.tuples(MEMBERS, NUMBERS), min_size=2, max_size=6, unique_by=lambda pair: pair[0])


class WholeBotMachine(WholeBot):
    """Random actions of members, managers and moderators; after each step the bot has to agree with the model."""

    # Actions of members

    @rule(member=MEMBERS, number=NUMBERS)
    def react(self, member: int, number: int) -> None:
        self.step(partial(self._react, member, number))

    @precondition(lambda self: not self.in_last_hour(self.now()))
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

    @precondition(lambda self: not self.in_last_hour(self.now()))
    @rule(deeds=DEEDS, sweep=st.sampled_from([None, None, None, -1, 0]))
    def people_go_on_while_the_bot_is_down(self, deeds: list[tuple[str, int, int]], sweep: int | None) -> None:
        self.run(self._miss(deeds, sweep, restart=True))

    @precondition(lambda self: not self.in_last_hour(self.now()))
    @rule(deeds=DEEDS)
    def people_go_on_while_the_session_is_lost(self, deeds: list[tuple[str, int, int]]) -> None:
        self.run(self._miss(deeds, None, restart=False))

    @precondition(lambda self: not self.in_last_hour(self.now()))
    @rule(pairs=ONCE_EACH)
    def people_go_on_while_the_connection_is_broken(self, pairs: list[tuple[int, int]]) -> None:
        self.run(self.sandbox.gateway.drop(4000))
        self.step(*(partial(self._react, *pair) for pair in pairs))

    # Actions of managers and moderators

    @rule(member=MEMBERS, number=NUMBERS, force=st.booleans())
    def assign(self, member: int, number: int, force: bool) -> None:
        who, key = self.member(member), self.key(number)
        self.change(
            lambda raid: manager_edits.assign(raid, who, key, now=self.now(), force=force),
            lambda: self.plain.assign(who, key, force=force),
        )

    @rule(member=MEMBERS)
    def remove(self, member: int) -> None:
        who = self.member(member)
        self.change(lambda raid: manager_edits.remove(raid, who, now=self.now()), lambda: self.plain.remove(who))

    @rule(member=MEMBERS, number=NUMBERS)
    def send_to_wait(self, member: int, number: int) -> None:
        who, key = self.member(member), self.key(number)
        self.change(
            lambda raid: manager_edits.send_to_wait(raid, who, key, now=self.now()),
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

    @precondition(lambda self: self.plain.tickets)
    @rule(number=st.one_of(st.none(), NUMBERS))
    def the_leader_fills_free_seats(self, number: int | None) -> None:
        keys = list(self.emojis) if number is None else [self.key(number)]
        self.change(
            lambda raid: manager_edits.fill(raid, now=self.now(), key=None if number is None else keys[0]),
            lambda: self.plain.fill(keys),
        )

    @precondition(lambda self: self.plain.status == "open" and not self.plain.is_frozen())
    @rule(minutes=st.sampled_from([59, 10, -1]), member=MEMBERS, number=NUMBERS)
    def somebody_leaves_around_the_start_and_comes_back(self, minutes: int, member: int, number: int) -> None:
        ahead = self.plain.starts_at - timedelta(minutes=minutes) - self.now()
        if ahead > timedelta(0):
            self.sandbox.advance(ahead)
            self.step()
        self.step(partial(self._unreact, member, number))
        self.step(partial(self._react, member, number))

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
        self.step()

    # Missed events

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
        """React or unreact. Only newcomers react: nothing shows later which of a member's reactions came last."""
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
        """Return True if the last audit row is at most 10 minutes old: the bot then reads the board in full at once."""
        with database_facts.open_read_only(self.database) as connection:
            last = connection.execute("SELECT max(at) FROM audit").fetchone()[0]
        return bool(last >= (self.now() - timedelta(minutes=10)).timestamp())

    def _compare(self, *, in_full: bool) -> None:
        """Apply the reactions the bot missed to the model."""
        there = {key: set(self.board.reactors(emoji)) for key, emoji in self.emojis.items()}
        ours = {key for key, users in there.items() if self.sandbox.bot.id in users}
        read = [key for key in self.emojis if in_full or self._differs(key, there[key]) or key not in ours]
        for key in read:
            for member in sorted(member for member, role in list(self.plain.reactions) if role == key):
                if member not in there[key]:
                    if key in ours:
                        self.plain.unreact(member, key)
                    else:
                        self.plain.forget_reaction(member, key)
        for key in read:
            for member in sorted(MemberId(user) for user in there[key] - {self.sandbox.bot.id}):
                if (member, key) not in self.plain.reactions:
                    self._predict(partial(self.plain.react, member, key))

    def _differs(self, key: RoleKey, users: set[int]) -> bool:
        return len(users - {self.sandbox.bot.id}) != sum(role == key for _, role in self.plain.reactions)


WholeBotMachine.TestCase.settings = settings(
    max_examples=rounds(6, 200),
    stateful_step_count=15,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
TestWholeBot = WholeBotMachine.TestCase
