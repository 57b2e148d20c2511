"""Members who react on one board, and a record of every change to its reactions."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from discord_sandbox.world import Dispatch
from raidbot.raids.emoji.model import key_of

Verb = Literal["puts", "takes back"]
_HABITS: tuple[tuple[int, str], ...] = ((10, "a"), (4, "ab"), (3, "aA"), (2, "abA"), (1, "aAa"), (1, "abc"), (1, "abB"))
"""Weighted habits of members: a small letter adds a reaction, the same letter in capitals removes it."""

_SUPER_REACTIONS = 0.1
"""The part of all reactions that are super reactions."""


@dataclass(frozen=True, slots=True)
class PlannedReaction:
    """A reaction that a member is going to add or remove."""

    member: Person
    verb: Verb
    emoji: str
    burst: bool = False


@dataclass(frozen=True, slots=True)
class ReactionChange:
    """A reaction that appeared or disappeared; `own` if the member did it."""

    member: int
    emoji_key: str
    appeared: bool
    own: bool


class Crowd:
    """Members who add and remove reactions on one board; `seen` holds every change in order."""

    def __init__(self, guild: SandboxGuild, board: Message, *, size: int, rng: random.Random) -> None:
        self.members = [guild.add_member(f"member{number}") for number in range(size)]
        self.seen: list[ReactionChange] = []
        self._board = board
        self._rng = rng
        self._acting = False
        guild.sandbox.world.listeners.append(self._witness)

    def deeds(self, emojis: list[str]) -> list[PlannedReaction]:
        """Return what everybody is going to do, shuffled; each member's own deeds keep their order."""
        waiting = [list(self._habit(member, emojis)) for member in self.members]
        mixed = []
        while waiting:
            mine = self._rng.choice(waiting)
            mixed.append(mine.pop(0))
            waiting = [left for left in waiting if left]
        return mixed

    def _habit(self, member: Person, emojis: list[str]) -> Iterator[PlannedReaction]:
        weights, habits = zip(*_HABITS, strict=True)
        (habit,) = self._rng.choices(habits, weights)
        meant = dict(zip("abc", self._rng.sample(emojis, 3), strict=True))
        for letter in habit:
            verb: Verb = "puts" if letter.islower() else "takes back"
            yield PlannedReaction(member, verb, meant[letter.lower()], burst=self._rng.random() < _SUPER_REACTIONS)

    async def act(self, deed: PlannedReaction) -> None:
        """Carry out the deed, unless the reaction is there already or gone already (removed by the bot)."""
        puts, there = deed.verb == "puts", deed.member.id in self._board.reactors(deed.emoji)
        if puts == there:
            return
        self.seen.append(ReactionChange(deed.member.id, key_of(deed.emoji), puts, own=True))
        self._acting = True
        try:
            if puts:
                await deed.member.react(self._board, deed.emoji, burst=deed.burst)
            else:
                await deed.member.unreact(self._board, deed.emoji)
        finally:
            self._acting = False

    def _witness(self, event: Dispatch) -> None:
        member = event.user_id
        if event.name != "MESSAGE_REACTION_REMOVE" or member is None or self._acting:
            return
        if event.payload["message_id"] == str(self._board.id):
            self.seen.append(ReactionChange(member, key_of(event.payload["emoji"]["name"]), appeared=False, own=False))

    def unexplained(self) -> list[ReactionChange]:
        """Return the bot's removals of reactions that never stood beside another one of the same member."""
        there: dict[int, set[str]] = {}
        accompanied: set[tuple[int, str]] = set()
        found = []
        for one in self.seen:
            mine = there.setdefault(one.member, set())
            if one.appeared:
                mine.add(one.emoji_key)
                if len(mine) > 1:
                    accompanied |= {(one.member, key) for key in mine}
                continue
            mine.discard(one.emoji_key)
            if not one.own and (one.member, one.emoji_key) not in accompanied:
                found.append(one)
            accompanied.discard((one.member, one.emoji_key))
        return found
