"""Polls of two options as posted things: a second kind beside raids, for tests only.

Members vote with a reaction; the last vote counts, and the bot removes the earlier one. A poll whose message is deleted
is posted again, without its votes.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial

from raidbot.bot import RaidBot
from raidbot.delivery.boards.posted import (
    Comparable,
    Comparison,
    Loss,
    Option,
    OptionReactions,
    Place,
    PostedKey,
    PostedKind,
    PostedThing,
    Reaction,
    ReactionHandler,
    ThingComparison,
    UnpostedThing,
    Unwanted,
)
from raidbot.delivery.drawing.board import Board, Field
from raidbot.raids.emoji.model import key_of
from raidbot.raids.model import ChannelId, GuildId, MemberId, MessageId
from raidbot.utils.aggregate import Aggregate

POLL = "poll"
OPTIONS = {"yes": "✅", "no": "❌"}
_TABLE = """
CREATE TABLE IF NOT EXISTS polls (
    id INTEGER PRIMARY KEY, facts TEXT NOT NULL, claimed_at REAL, snapshot TEXT NOT NULL DEFAULT ''
)
"""


@dataclass(frozen=True, slots=True)
class Vote:
    """A member's reaction; an `unwanted` one no longer counts, and the bot is going to remove it."""

    member: MemberId
    option: str
    unwanted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A question. `postings` counts how often it had to be posted again."""

    id: int
    guild: GuildId
    channel: ChannelId
    question: str
    message: MessageId | None = None
    postings: int = 0
    is_over: bool = False
    votes: tuple[Vote, ...] = ()

    def vote_of(self, member: MemberId, option: str) -> Vote | None:
        return next((vote for vote in self.votes if (vote.member, vote.option) == (member, option)), None)

    def count(self, option: str) -> int:
        return sum(vote.option == option and not vote.unwanted for vote in self.votes)

    def without(self, member: MemberId, option: str) -> "Poll":
        return replace(self, votes=tuple(v for v in self.votes if (v.member, v.option) != (member, option)))

    def voted(self, member: MemberId, option: str) -> "Poll":
        """Return the poll after a vote; the member's other vote is unwanted."""
        if self.vote_of(member, option) is not None:
            return self  # late event: a new reaction can only follow this one's removal
        others = (replace(vote, unwanted=True) if vote.member == member else vote for vote in self.votes)
        return replace(self, votes=(*others, Vote(member, option)))


class Polls(PostedKind, ReactionHandler):
    """The kind of polls, and the handler of their reactions."""

    name = POLL

    def __init__(self, bot: RaidBot) -> None:
        self._db = bot.state.db
        self._boards, self._posting = bot.delivery.boards, bot.delivery.posting
        self._reconcile, self._reaction_remover = bot.delivery.reconcile, bot.delivery.reaction_remover
        self._messages: dict[MessageId, int] = {}
        self._polls: Aggregate[int, Poll, Poll] = Aggregate(
            POLL, self._load, value_of=lambda poll: poll, capacity=100, on_store=self._note_message
        )
        self._polls.listen(self._changed)

    async def load(self) -> None:
        """Create the table on the first start, and find the messages of earlier ones."""
        await self._db.write(lambda tx: tx.execute(_TABLE))
        for poll in await self._stored():
            await self._polls.get(poll.id)

    async def ask(self, guild: int, channel: int, question: str) -> int:
        """Ask a question and return the poll's id."""

        async def save() -> tuple[int, Poll]:
            number = len(await self._stored()) + 1
            poll = Poll(id=number, guild=GuildId(guild), channel=ChannelId(channel), question=question)
            insert = "INSERT INTO polls (id, facts) VALUES (?, ?)"
            await self._db.write(lambda tx: tx.execute(insert, (poll.id, json.dumps(asdict(poll)))))
            return poll.id, poll

        return (await self._polls.create(save)).id

    async def close(self, poll: int) -> None:
        await self._change(poll, lambda before: replace(before, is_over=True))

    # The handler of reactions

    async def added(self, reaction: Reaction, /) -> None:
        poll, option = await self._polls.get(reaction.key.id), _option(reaction.emoji_key)
        if option is not None and poll.is_over:
            self._reaction_remover.refuse(poll.channel, Unwanted(reaction.key, reaction.member, option))
        elif option is not None:
            await self._change(poll.id, lambda before: before.voted(reaction.member, option))

    async def delayed(self, _reaction: Reaction, /) -> None:
        """Tell nobody."""

    async def too_fast(self, reaction: Reaction, _tell: bool, /) -> None:
        await self.added(reaction)

    async def removed(self, key: PostedKey, member: MemberId, emoji_key: str, /) -> None:
        option = _option(emoji_key)
        if option is not None:
            channel = (await self._polls.get(key.id)).channel
            self._reaction_remover.was_removed_by_bot(channel, Unwanted(key, member, option))
            await self._change(key.id, lambda before: before.without(member, option))

    # Drawing

    @property
    def messages(self) -> Mapping[MessageId, int]:
        return self._messages

    async def snapshots(self) -> Iterable[tuple[int, str]]:
        return await self._db.read(lambda db: db.execute("SELECT id, snapshot FROM polls").fetchall())

    async def to_draw(self, _drawn: Set[int], /) -> Collection[int]:
        over = {thing for thing, snapshot in await self.snapshots() if snapshot == "over"}
        return [poll.id for poll in await self._stored() if poll.id not in over]

    async def posted(self, thing: int, /) -> PostedThing | None:
        poll = await self._polls.get(thing)
        if poll.message is None:
            return None
        board = _board(poll)
        return PostedThing(_place(poll, poll.message), board.reactions, board, lambda: board, poll.is_over)

    async def save_snapshot(self, thing: int, snapshot: str, /) -> None:
        save = "UPDATE polls SET snapshot = ? WHERE id = ?"
        await self._db.write(lambda tx: tx.execute(save, (snapshot, thing)))

    async def save_final(self, thing: int, /) -> None:
        await self.save_snapshot(thing, "over")

    async def lost(self, thing: int, loss: Loss, message: MessageId, /) -> bool:
        """Post the poll again if only its message is gone."""

        poll = await self._polls.get(thing)
        if message != poll.message:
            return poll.is_over

        def lose(poll: Poll) -> Poll:
            over = poll.is_over or loss is not Loss.MESSAGE_DELETED
            return replace(poll, message=None, votes=(), postings=poll.postings + 1, is_over=over)

        again = "UPDATE polls SET snapshot = '', claimed_at = NULL WHERE id = ?"
        await self._db.write(lambda tx: tx.execute(again, (thing,)))
        return (await self._change(thing, lose)).is_over

    # Posting

    async def unposted(self) -> Collection[int]:
        return [poll.id for poll in await self._stored() if poll.message is None and not poll.is_over]

    async def to_post(self, thing: int, /) -> UnpostedThing | None:
        poll = await self._polls.get(thing)
        if poll.message is not None or poll.is_over:
            return None
        return UnpostedThing(poll.guild, poll.channel, _board(poll), nonce=f"p{poll.id}.{poll.postings}")

    async def claim_post(self, thing: int, now: datetime, /) -> datetime | None:
        def claim(tx: sqlite3.Connection) -> datetime | None:
            (earlier,) = tx.execute("SELECT claimed_at FROM polls WHERE id = ?", (thing,)).fetchone()
            if earlier is not None:
                return datetime.fromtimestamp(earlier, tz=UTC)
            tx.execute("UPDATE polls SET claimed_at = ? WHERE id = ?", (now.timestamp(), thing))
            return None

        return await self._db.write(claim)

    async def note_posted(self, thing: int, message: MessageId, /) -> bool:
        after = await self._change(thing, lambda poll: poll if poll.is_over else replace(poll, message=message))
        return after.message == message

    async def refused(self, thing: int, _lacking: tuple[str, ...], /) -> None:
        await self.close(thing)

    # Reactions

    async def marks(self, thing: int, /) -> Set[tuple[MemberId, str]]:
        return {(vote.member, vote.option) for vote in (await self._polls.get(thing)).votes}

    async def forget_marks(self, thing: int, _marks: Set[tuple[MemberId, str]], /) -> None:
        """Keep the votes: a poll that is over still shows them."""

    async def cleared(self, thing: int, emoji_key: str | None, /) -> None:
        gone = {option for option in OPTIONS if emoji_key in (None, key_of(OPTIONS[option]))}

        def drop(poll: Poll) -> Poll:
            left = tuple(vote for vote in poll.votes if vote.option not in gone)
            return poll if poll.is_over else replace(poll, votes=left)  # the bot clears a poll that is over

        await self._change(thing, drop)
        self._boards.reactions_gone(_key(thing), [OPTIONS[option] for option in gone])

    async def unwanted(self) -> Collection[tuple[ChannelId, Unwanted]]:
        polls = [await self._polls.get(poll) for poll in self._messages.values()]
        return [(poll.channel, unwanted) for poll in polls for unwanted in _unwanted(poll)]

    async def find_unwanted(self, unwanted: Unwanted, /, *, refused: bool) -> tuple[Place, str] | None:
        poll = await self._polls.get(unwanted.key.id)
        vote = poll.vote_of(unwanted.member, unwanted.option)
        if poll.message is None or not (refused if vote is None else vote.unwanted):
            return None
        return _place(poll, poll.message), OPTIONS[unwanted.option]

    async def note_removed(self, unwanted: Unwanted, /) -> None:
        await self._change(unwanted.key.id, lambda poll: poll.without(unwanted.member, unwanted.option))

    # Comparing

    async def comparable(
        self, concerns: Callable[[GuildId], bool], _since: datetime | None, /
    ) -> Mapping[int, Comparable]:
        polls = [await self._polls.get(poll) for poll in list(self._messages.values())]
        return {
            poll.id: Comparable(_place(poll, poll.message), is_recent=True)
            for poll in polls
            if concerns(poll.guild) and poll.message is not None
        }

    async def compare(self, thing: int, comparison: Comparison, /) -> ThingComparison | None:
        poll = await self._polls.get(thing)
        if poll.message is None or poll.is_over:
            return None
        return PollComparison(self, poll, _place(poll, poll.message), comparison)

    async def within(self, guild: GuildId, channel: ChannelId | None = None, /) -> Collection[int]:
        polls = [poll for poll in await self._stored() if not poll.is_over and poll.guild == guild]
        return [poll.id for poll in polls if channel in (None, poll.channel)]

    # Changes

    async def change_compared(
        self, poll: int, member: MemberId, rule: Callable[[Poll], Poll], look: Comparison
    ) -> None:
        def unless_touched(before: Poll) -> Poll:
            after = rule(before)
            if after == before or not look.may_change(member):
                return before
            look.own = after
            return after

        await self._change(poll, unless_touched)

    async def _change(self, thing: int, rule: Callable[[Poll], Poll]) -> Poll:
        async def step(before: Poll) -> Poll | None:
            after = rule(before)
            if after == before:
                return None
            save = "UPDATE polls SET facts = ? WHERE id = ?"
            await self._db.write(lambda tx: tx.execute(save, (json.dumps(asdict(after)), thing)))
            return after

        before, after = await self._polls.change(thing, step)
        return after or before

    def _changed(self, before: Poll, after: Poll) -> None:
        key = _key(after.id)
        if after.message is None:
            self._boards.forget(key)
            self._posting.post(key)
            return
        self._boards.mark(key)
        for unwanted in _unwanted(after):
            self._reaction_remover.remove(after.channel, unwanted)
        self._reaction_remover.expect_again(key, lambda member, option: Vote(member, option) in after.votes)
        self._reconcile.touched(key, {vote.member for vote in {*before.votes} ^ {*after.votes}}, by=after)

    def _note_message(self, poll: Poll) -> None:
        for message in [message for message, thing in self._messages.items() if thing == poll.id]:
            del self._messages[message]
        if poll.message is not None:
            self._messages[poll.message] = poll.id

    async def _load(self, thing: int) -> Poll:
        found = [poll for poll in await self._stored() if poll.id == thing]
        if not found:
            raise KeyError(thing)
        return found[0]

    async def _stored(self) -> list[Poll]:
        rows = await self._db.read(lambda db: db.execute("SELECT facts FROM polls ORDER BY id").fetchall())
        read = [json.loads(facts) for (facts,) in rows]
        return [Poll(**facts | {"votes": tuple(Vote(**vote) for vote in facts["votes"])}) for facts in read]


class PollComparison:
    """One comparison of a poll's reactions with its votes."""

    def __init__(self, polls: Polls, poll: Poll, place: Place, look: Comparison) -> None:
        self._polls = polls
        self._poll = poll
        self._look = look
        self.place = place
        self.options = tuple(
            Option(option, emoji, sum(vote.option == option for vote in poll.votes))
            for option, emoji in OPTIONS.items()
        )
        self.restores_reactions = True

    def saw(self, own: Set[str], *, any_reactions: bool) -> None: ...

    async def drop_missing(self, seen: OptionReactions) -> None:
        option = seen.option.key
        for vote in self._poll.votes:
            if vote.option == option and vote.member not in seen.members:
                rule = partial(Poll.without, member=vote.member, option=option)
                await self._polls.change_compared(self._poll.id, vote.member, rule, self._look)

    async def add_new(self, seen: OptionReactions) -> None:
        for member in seen.members:
            rule = partial(Poll.voted, member=member, option=seen.option.key)
            await self._polls.change_compared(self._poll.id, member, rule, self._look)

    async def finish(self, *, in_full: bool) -> bool:
        del in_full
        return False

    def fail(self) -> None: ...


def _key(poll: int) -> PostedKey:
    return PostedKey(POLL, poll)


def _option(emoji_key: str) -> str | None:
    return next((option for option, emoji in OPTIONS.items() if key_of(emoji) == emoji_key), None)


def _place(poll: Poll, message: MessageId) -> Place:
    return Place(poll.guild, poll.channel, message)


def _unwanted(poll: Poll) -> list[Unwanted]:
    return [Unwanted(_key(poll.id), vote.member, vote.option) for vote in poll.votes if vote.unwanted]


def _board(poll: Poll) -> Board:
    return Board(
        title=poll.question,
        description="The poll is over." if poll.is_over else "React to vote.",
        colour=0x95A5A6 if poll.is_over else 0x0099FF,
        fields=tuple(Field(option, str(poll.count(option)), inline=True) for option in OPTIONS),
        footer=f"Poll {poll.id}",
        reactions=() if poll.is_over else tuple(OPTIONS.values()),
    )
