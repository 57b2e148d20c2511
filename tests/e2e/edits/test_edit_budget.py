"""Boards of a busy channel through the whole bot, within Discord's limits of edits."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid

MESSAGE = "/channels/{channel_id}/messages/{message_id}"


@pytest.fixture(params=[False, True], ids=["windows", "sliding"])
async def sandbox(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    """A Discord with strict limits, in both ways of counting edits."""
    async with Sandbox(limits="strict", sliding_edits=request.param) as running:
        yield running


def refused(sandbox: Sandbox) -> int:
    return sandbox.count("PATCH", MESSAGE, status=429)


def show_all(people: Sequence[Person], boards: Sequence[Message]) -> bool:
    texts = [board_text(board) for board in boards]
    return all(str(one.user.global_name) in texts[number % len(boards)] for number, one in enumerate(people))


async def react_in_turn(people: Sequence[Person], boards: Sequence[Message], gap: float) -> None:
    for number, person in enumerate(people):
        await person.react(boards[number % len(boards)], "✅")
        await asyncio.sleep(gap)


async def test_three_busy_boards_of_a_channel_are_right_soon_after_the_last_reaction(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    people = [guild.add_member(f"member{number}") for number in range(40)]
    async with start() as bot:
        boards = [await post_raid(guild, seats=50) for _ in range(3)]
        await bot.delivery.boards.idle()
        await react_in_turn(people, boards, 0.04)

        await sandbox.until(lambda: show_all(people, boards), timeout=2)

    assert refused(sandbox) == 0


async def test_boards_that_never_rest_are_never_refused_more_than_once(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    people = [guild.add_member(f"member{number}") for number in range(80)]
    async with start():
        boards = [await post_raid(guild, seats=50) for _ in range(2)]
        await react_in_turn(people, boards, 0.15)

        await sandbox.until(lambda: show_all(people, boards), timeout=8)

    assert refused(sandbox) <= 1


async def test_boards_older_than_an_hour_are_edited_within_the_limit_of_old_messages(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    people = [guild.add_member(f"member{number}") for number in range(8)]
    async with start():
        board = await post_raid(guild, seats=50)
        sandbox.advance(timedelta(hours=1, minutes=5))
        before = sandbox.count("PATCH", MESSAGE)
        await react_in_turn(people, [board], 0.5)

        await sandbox.until(lambda: show_all(people, [board]), timeout=5)

    assert refused(sandbox) == 0
    assert sandbox.count("PATCH", MESSAGE) - before <= 3


async def test_a_stop_in_the_middle_of_a_burst_still_draws_what_it_may(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    people = [guild.add_member(f"member{number}") for number in range(9)]
    async with start() as bot:
        boards = [await post_raid(guild, seats=50) for _ in range(3)]
        await bot.delivery.boards.idle()
        await react_in_turn(people, boards, 0.02)
        await asyncio.sleep(0.2)

    assert show_all(people, boards)
