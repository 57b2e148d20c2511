"""A bot that is stopped in the middle of a burst goes on where it was."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.demo.harness import BotProcess
from tests.chaos import QUICK
from tests.conftest import Start
from tests.e2e import database_facts
from tests.raid_boards import board_text, dm_text, post_raid
from tests.suite import sleeping_sqlite
from tests.suite.forked_bot import ForkedBot

EMOJI = "✅"
MEMBERS = 300
_SLOW = "CREATE TRIGGER slow AFTER UPDATE OF version ON raids BEGIN SELECT sleep(1.5); END"
"""Makes each write of the bot slow, as a very slow disk would; fifty signups share one."""


@pytest.fixture
async def bot(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[ForkedBot]:
    process = ForkedBot(sandbox, tmp_path, settings=QUICK)
    yield process
    await process.stop()


async def test_reactions_heard_before_a_stop_keep_their_order(
    sandbox: Sandbox, guild: SandboxGuild, bot: ForkedBot
) -> None:
    members = [guild.add_member(f"member{number}") for number in range(MEMBERS)]
    members.reverse()  # a comparison would take them in by id
    late = members.pop()
    bot.prepare = sleeping_sqlite.install
    await bot.start()
    await sandbox.until(lambda: sandbox.store.commands)
    board = await post_raid(guild, seats=5)
    with database_facts.open_writable(bot.database) as connection:
        connection.execute(_SLOW)
    for member in members:
        await member.react(board, EMOJI)
    await members[0].unreact(board, EMOJI)
    await sandbox.until(lambda: database_facts.read(bot.database).raid.seats)

    assert await bot.stop() == 0
    written = database_facts.places(database_facts.read(bot.database).raid)
    assert len(written) < len(members) - 1, "the bot was too fast for this test"
    await late.react(board, EMOJI)
    with database_facts.open_writable(bot.database) as connection:
        connection.execute("DROP TRIGGER slow")
    await bot.start()
    end = await database_facts.until_settled(bot.database, board)

    arrived = [seat.member for seat in end.raid.seats] + [wait.member for wait in end.raid.waits]
    assert arrived == [member.id for member in [*members[1:], late]]
    with database_facts.open_read_only(bot.database) as connection:
        assert connection.execute("SELECT count(*) FROM heard_reactions").fetchone() == (0,)


async def test_reactions_keep_their_order_through_a_stop_while_another_program_holds_the_database(
    sandbox: Sandbox, guild: SandboxGuild, bot: BotProcess
) -> None:
    members = [guild.add_member(f"member{number}") for number in range(12)]
    members.reverse()
    await bot.start()
    await sandbox.until(lambda: sandbox.store.commands)
    board = await post_raid(guild, seats=5)
    with database_facts.open_writable(bot.database) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for member in members:
            await member.react(board, EMOJI)
        await sandbox.until(lambda: "could not write down" in dm_text(members[-1]), timeout=30)

        assert await bot.stop() == 0
        connection.execute("ROLLBACK")
    (left,) = bot.database.parent.glob("*.unhandled")
    assert all(str(member.id) in left.read_text() for member in members)
    assert "ember" not in left.read_text()
    await bot.start()
    end = await database_facts.until_settled(bot.database, board)

    arrived = [seat.member for seat in end.raid.seats] + [wait.member for wait in end.raid.waits]
    assert arrived == [member.id for member in members]
    assert list(bot.database.parent.glob("*.unhandled*")) == []
    await sandbox.until(lambda: "Member11" in board_text(board))


def leave(database: Path, content: bytes) -> None:
    Path(f"{database}.unhandled").write_bytes(content)


@pytest.mark.parametrize("content", [b"", b"[[1]]", b"{", b"\xff", b"7", b'[["added", 1, 2, 3, 4, 5, 6, 7, 8, 9]]'])
async def test_a_damaged_file_of_reactions_is_ignored_with_a_warning(
    guild: SandboxGuild, start: Start, database: Path, content: bytes
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
    await alice.react(board, EMOJI)
    leave(database, content)

    with capture_logs() as logs:
        async with start():
            await guild.until(lambda: "Alice" in board_text(board))

    assert list(database.parent.glob("*.unhandled")) == []
    assert "file with reactions of the last run cannot be read" in [entry["event"] for entry in logs]
