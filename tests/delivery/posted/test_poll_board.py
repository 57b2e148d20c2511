"""A poll of two options, a second kind of posted things, from its posting to its end."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from raidbot.raids.model import MessageId
from tests.conftest import Start
from tests.delivery.harness import EDIT, SEND
from tests.delivery.posted.poll import POLL, Polls
from tests.raid_boards import board_text, post_raid

YES, NO = "✅", "❌"
StartPolls = Callable[[], AbstractAsyncContextManager[Polls]]


@pytest.fixture
def start_polls(start: Start) -> StartPolls:
    """Run the bot with polls as a later family would register them."""

    @asynccontextmanager
    async def starting() -> AsyncIterator[Polls]:
        found: list[Polls] = []

        async def prepare(bot: RaidBot) -> None:
            polls = Polls(bot)
            await polls.load()
            bot.delivery.posted_kinds.register(polls)
            bot.delivery.posted_kinds.handle_reactions(POLL, polls)
            found.append(polls)

        async with start(prepare=prepare):
            yield found[0]

    return starting


def boards(guild: SandboxGuild, poll: int = 1) -> list[Message]:
    """Return the messages of the poll."""
    found = guild.messages(guild.channel("raid-signups"))
    return [
        message for message in found if any(e.get("footer", {}).get("text") == f"Poll {poll}" for e in message.embeds)
    ]


def votes(board: Message) -> tuple[int, int]:
    """Return the numbers of votes that the board shows."""
    yes, no = (int(field["value"]) for field in board.embeds[0]["fields"])
    return yes, no


def voters(board: Message, emoji: str) -> set[int]:
    """Return the members who reacted, without the bot."""
    return set(board.reactors(emoji)) - {board.author.id}


async def ask(guild: SandboxGuild, polls: Polls) -> Message:
    """Ask a question and wait until its board has all reactions."""
    await polls.ask(guild.id, guild.channel("raid-signups").id, "Shall we play?")
    return await until_ready(guild)


async def until_ready(guild: SandboxGuild, *, instead_of: Message | None = None) -> Message:
    def ready() -> list[Message]:
        found = [board for board in boards(guild) if board is not instead_of]
        return [board for board in found if all(board.reactors(emoji) for emoji in (YES, NO))]

    (board,) = await guild.until(ready)
    return board


def members(guild: SandboxGuild) -> tuple[Person, Person, Person]:
    return guild.add_member("alice"), guild.add_member("bob"), guild.add_member("cem")


async def test_votes_are_counted_and_the_last_vote_of_a_member_stands(
    guild: SandboxGuild, start_polls: StartPolls
) -> None:
    alice, bob, _ = members(guild)
    async with start_polls() as polls:
        board = await ask(guild, polls)
        assert votes(board) == (0, 0)

        await alice.react(board, YES)
        await bob.react(board, YES)
        await guild.until(lambda: votes(board) == (2, 0))
        await alice.react(board, NO)
        await guild.until(lambda: votes(board) == (1, 1) and voters(board, YES) == {bob.id})
        await bob.unreact(board, YES)
        await guild.until(lambda: votes(board) == (0, 1))

    assert voters(board, NO) == {alice.id}
    assert boards(guild) == [board]


async def test_votes_that_came_and_went_while_the_bot_was_away_are_compared(
    guild: SandboxGuild, start_polls: StartPolls
) -> None:
    alice, bob, cem = members(guild)
    async with start_polls() as polls:
        board = await ask(guild, polls)
        await alice.react(board, YES)
        await cem.react(board, YES)
        await guild.until(lambda: votes(board) == (2, 0))
    await alice.unreact(board, YES)
    await bob.react(board, YES)
    await cem.react(board, NO)

    async with start_polls():
        await guild.until(lambda: votes(board) == (1, 1))
        await guild.until(lambda: voters(board, YES) == {bob.id})
        await bob.react(board, NO)
        await guild.until(lambda: votes(board) == (0, 2) and not voters(board, YES))

    assert boards(guild) == [board]


async def test_after_a_restart_the_board_is_followed_and_not_drawn_again(
    sandbox: Sandbox, guild: SandboxGuild, start_polls: StartPolls
) -> None:
    alice, _, _ = members(guild)
    async with start_polls() as polls:
        board = await ask(guild, polls)
        await alice.react(board, YES)
        await guild.until(lambda: votes(board) == (1, 0))
    edits = [call for call in sandbox.calls if call.method == "PATCH"]

    async with start_polls():
        await alice.unreact(board, YES)
        await guild.until(lambda: votes(board) == (0, 0))

    assert len([call for call in sandbox.calls if call.method == "PATCH"]) == len(edits) + 1
    assert boards(guild) == [board]


async def test_a_poll_that_could_not_be_sent_is_posted_once_after_the_restart(
    sandbox: Sandbox, guild: SandboxGuild, start_polls: StartPolls
) -> None:
    fault = sandbox.faults.answer(503, route=SEND, carried_out=True)
    async with start_polls() as polls:
        await polls.ask(guild.id, guild.channel("raid-signups").id, "Shall we play?")
        await sandbox.until(lambda: fault.met)
    fault.lift()

    async with start_polls():
        board = await until_ready(guild)

    assert boards(guild) == [board]


async def test_a_poll_whose_message_is_deleted_is_posted_again(
    sandbox: Sandbox, guild: SandboxGuild, start_polls: StartPolls
) -> None:
    alice, bob, _ = members(guild)
    async with start_polls() as polls:
        board = await ask(guild, polls)
        await alice.react(board, YES)
        await guild.until(lambda: votes(board) == (1, 0))

        await sandbox.delete_message(board)
        again = await until_ready(guild, instead_of=board)
        await bob.react(again, NO)
        await guild.until(lambda: votes(again) == (0, 1))

    assert boards(guild) == [again]


async def test_a_late_answer_about_the_deleted_message_does_not_cost_the_new_one(
    sandbox: Sandbox, guild: SandboxGuild, start_polls: StartPolls
) -> None:
    alice, bob, _ = members(guild)
    async with start_polls() as polls:
        board = await ask(guild, polls)
        slow = sandbox.faults.slow(0.5, route=EDIT, calls=1)
        await alice.react(board, YES)
        await sandbox.until(lambda: slow.met)

        await sandbox.delete_message(board)
        again = await until_ready(guild, instead_of=board)
        await sandbox.until(lambda: [call for call in sandbox.calls if call.method == "PATCH" and call.status == 404])
        await bob.react(again, NO)
        await guild.until(lambda: votes(again) == (0, 1))

    assert boards(guild) == [again]


async def test_a_message_deleted_while_the_bot_was_away_is_posted_again(
    sandbox: Sandbox, guild: SandboxGuild, start_polls: StartPolls
) -> None:
    alice, _, _ = members(guild)
    async with start_polls() as polls:
        board = await ask(guild, polls)
    await sandbox.delete_message(board)

    async with start_polls():
        again = await until_ready(guild, instead_of=board)
        await alice.react(again, YES)
        await guild.until(lambda: votes(again) == (1, 0))


async def test_cleared_reactions_of_the_bot_come_back(
    sandbox: Sandbox, guild: SandboxGuild, start_polls: StartPolls
) -> None:
    alice, _, _ = members(guild)
    async with start_polls() as polls:
        board = await ask(guild, polls)
        await alice.react(board, YES)
        await guild.until(lambda: votes(board) == (1, 0))

        await sandbox.clear_reactions(board)

        await guild.until(lambda: votes(board) == (0, 0) and len(board.reactions) == 2)


async def test_a_closed_poll_shows_its_votes_and_takes_no_more(
    sandbox: Sandbox, guild: SandboxGuild, start_polls: StartPolls
) -> None:
    alice, bob, _ = members(guild)
    async with start_polls() as polls:
        board = await ask(guild, polls)
        await alice.react(board, YES)
        await guild.until(lambda: votes(board) == (1, 0))

        await polls.close(1)
        await guild.until(lambda: "The poll is over" in board_text(board) and not board.reactions)
        await bob.react(board, NO)
        await guild.until(lambda: not board.reactions)

    assert votes(board) == (1, 0)

    def writes() -> int:
        return sum(call.method != "GET" and str(board.id) in map(str, call.ids.values()) for call in sandbox.calls)

    before = writes()
    async with start_polls():
        pass
    assert writes() == before


async def test_a_poll_in_a_deleted_channel_is_over(
    sandbox: Sandbox, guild: SandboxGuild, start_polls: StartPolls
) -> None:
    async with start_polls() as polls:
        board = await ask(guild, polls)
        await sandbox.delete_channel(guild.channel("raid-signups"))
        await sandbox.until(lambda: MessageId(board.id) not in polls.messages)

        assert await polls.unposted() == []


async def test_polls_and_raids_with_the_same_id_do_not_disturb_each_other(
    guild: SandboxGuild, start_polls: StartPolls
) -> None:
    alice, bob, _ = members(guild)
    async with start_polls() as polls:
        raid_board, poll_board = await post_raid(guild), await ask(guild, polls)

        await alice.react(raid_board, YES)
        await bob.react(poll_board, YES)
        await guild.until(lambda: "Alice" in board_text(raid_board) and votes(poll_board) == (1, 0))
        await alice.unreact(raid_board, YES)
        await guild.until(lambda: "Alice" not in board_text(raid_board))

    assert votes(poll_board) == (1, 0)
    assert "Bob" not in board_text(raid_board)
