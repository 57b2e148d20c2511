"""Board, database and reactions agree after random reactions, also while the bot is offline."""

import random
import sqlite3
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from tests.chaos import rounds, seeds
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid

ROLES = {"1️⃣": "team-1", "2️⃣": "team-2", "3️⃣": "team-3"}
SEATS = 2


def people(database: Path, table: str) -> set[tuple[str, int]]:
    """Return the (role, member) pairs in `table`, which is seats or waits."""
    with closing(sqlite3.connect(database)) as connection:
        return set(connection.execute(f"SELECT role, member FROM {table}").fetchall())  # noqa: S608


def standing(sandbox: Sandbox, board: Message) -> set[tuple[str, int]]:
    """Return the (role, member) pairs of the members' reactions on the board."""
    return {
        (ROLES[entry.name], user)
        for entry in board.reactions.values()
        for user in entry.users
        if entry.name in ROLES and user != sandbox.bot.id
    }


def agrees(sandbox: Sandbox, database: Path, board: Message) -> bool:
    """Return True if reactions and board match the database."""
    seats, waits = people(database, "seats"), people(database, "waits")
    text = board_text(board)
    counts = {role: sum(seated == role for seated, _ in seats) for role in ROLES.values()}
    shown = all(f" {count}/{SEATS}" in text for count in counts.values())
    return standing(sandbox, board) == seats | waits and shown and f"**{len(seats)}/6**" in text


def check_rules(database: Path) -> None:
    seats, waits = people(database, "seats"), people(database, "waits")
    assert len({member for _, member in seats}) == len(seats)
    for role in ROLES.values():
        taken = sum(seated == role for seated, _ in seats)
        assert taken <= SEATS
        assert taken == SEATS or all(waited != role for waited, _ in waits)


async def act(rng: random.Random, members: list[Person], board: Message) -> None:
    """Add a random reaction; if it is there already, remove it with a probability of 0.7."""
    member, emoji = rng.choice(members), rng.choice(list(ROLES))
    stands = any(entry.name == emoji and member.id in entry.users for entry in board.reactions.values())
    if not stands:
        await member.react(board, emoji)
    elif rng.random() < 0.7:
        await member.unreact(board, emoji)


@pytest.mark.chaos
@pytest.mark.parametrize("seed", seeds(2, 20))
async def test_reactions_roster_and_board_agree(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, seed: int
) -> None:
    rng = random.Random(seed)
    members = [guild.add_member(f"member{number}") for number in range(9)]
    running = AsyncExitStack()
    if seed % 2:
        sandbox.gateway.disturb(duplicates=0.1, rng=random.Random(seed))
    await running.enter_async_context(start(reaction_limit=10_000))
    try:
        board = await post_raid(guild, activity="key", teams=3, team_size=SEATS)
        for step in range(rounds(60, 400)):
            await act(rng, members, board)
            if rng.random() < 0.15:
                await sandbox.until(lambda: agrees(sandbox, database, board), timeout=30)
                check_rules(database)
            if step % 40 == 30:
                await running.aclose()
                for _ in range(5):
                    await act(rng, members, board)
                await running.enter_async_context(start(reaction_limit=10_000))

        await sandbox.until(lambda: agrees(sandbox, database, board), timeout=30)
        check_rules(database)
    finally:
        await running.aclose()
