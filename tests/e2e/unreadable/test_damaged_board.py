"""A raid that cannot be read says so where people look: on its board, to those responsible, and in the audit."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.model import GuildId, Source
from raidbot.state import Cause
from tests.conftest import Start
from tests.e2e import database_facts
from tests.e2e.unreadable.test_one_damaged_raid import DAMAGES
from tests.e2e.who_hears.evening import quiet_reminders
from tests.raid_boards import board_text, dm_text, post_raid

PAUSED = "Signups are paused"
MEND = {
    "a list that is a number": "UPDATE raids SET sides = '[]' WHERE id = 1",
    "a word nobody knows": "UPDATE seats SET source = 'reaction' WHERE raid = 1",
}
FIELDS = [{"name": str(number), "value": "x" * 980, "inline": False} for number in range(6)]
"""With its title and the rest of it, a board is almost as long with them as Discord takes it."""


def execute(database: Path, statement: str) -> None:
    with database_facts.open_writable(database) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        assert connection.execute(statement).rowcount == 1


@pytest.mark.parametrize("damage", MEND)
async def test_the_board_and_the_creator_are_told_once_and_the_board_comes_back(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, damage: str
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        as_drawn = board_text(board)
    execute(database, DAMAGES[damage])
    sandbox.calls.clear()

    for _ in range(2):
        async with start():
            await guild.until(lambda: PAUSED in board_text(board))
            await guild.until(lambda: "I can’t read your raid" in dm_text(guild.owner))
            await post_raid(guild)

    assert "Alice" in board_text(board)
    assert dm_text(guild.owner).count("I can’t read your raid") == 1
    assert sum(call.method == "PATCH" and str(board.id) in call.path for call in sandbox.calls) == 1

    execute(database, MEND[damage])
    async with start():
        await guild.until(lambda: board_text(board) == as_drawn)


@pytest.mark.parametrize("full", [{"description": "x" * 4090}, {"description": "", "fields": FIELDS}])
async def test_a_full_board_has_room_for_the_line(
    guild: SandboxGuild, start: Start, database: Path, full: dict[str, object]
) -> None:
    async with start():
        board = await post_raid(guild)
    board.embeds[0].update(full)
    execute(database, DAMAGES["a list that is a number"])

    async with start():
        await guild.until(lambda: PAUSED in board_text(board))


async def test_somebody_on_it_leaves_the_server_and_the_log_has_a_line(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
    execute(database, DAMAGES["a list that is a number"])

    with capture_logs() as logs:
        async with start():
            await guild.until(lambda: PAUSED in board_text(board))
            await sandbox.remove_member(guild, alice)
            await sandbox.until(lambda: any("the raid cannot be read" in line["event"] for line in logs))

    assert not [line for line in logs if line.get("exc_info")]


async def test_a_time_zone_that_cannot_be_read_is_reported_with_the_one_in_use(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    async with start() as bot:
        await bot.state.change_settings(GuildId(guild.id), quiet_reminders, Cause(Source.COMMAND))
    execute(database, "UPDATE guilds SET zone = 'Mars/Olympus'")

    async with start():
        await post_raid(guild)

        with database_facts.open_read_only(database) as connection:
            told = connection.execute("SELECT * FROM audit WHERE action = 'row.set_aside'").fetchall()
    assert "America/New_York is used" in str(told)


async def test_a_raid_whose_time_zone_cannot_be_read_is_reported(
    guild: SandboxGuild, start: Start, database: Path
) -> None:
    async with start():
        board = await post_raid(guild)
    execute(database, "UPDATE raids SET zone = 'Mars/Olympus' WHERE id = 1")

    async with start():
        await guild.until(lambda: PAUSED in board_text(board))
        await guild.until(lambda: "I can’t read your raid" in dm_text(guild.owner))
