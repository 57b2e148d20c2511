"""From the Node.js bot to RaidBot and back to last night's backup."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from raidbot import process
from raidbot.cli import main
from raidbot.db.database import Database
from raidbot.db.errors import UnusableDatabase
from raidbot.ops.backups import names
from tests.conftest import Start
from tests.e2e import database_facts
from tests.e2e.fast_loop import look_again
from tests.e2e.importer.migrated_guild import MigratedGuild, old_roster, roster
from tests.ops.backups import databases
from tests.ops.importer.legacy.model import OldRaid, OldRole
from tests.raid_boards import board_text, dm_text


def dungeon(place: MigratedGuild) -> OldRaid:
    """Post a raid of the old bot: Alice and Bob have the seats, Cem waits."""
    role = OldRole(name="Museum", emoji="✅", slots=2, users=place.ids("alice", "bob"), waiting=place.ids("cem"))
    raid = place.raid("DUN234", "museum", [role])
    place.put_up(raid, ("alice", "✅"), ("bob", "✅"), ("cem", "✅"))
    return raid


async def run(*arguments: str) -> int:
    """Run a command as a stranger would, in a process of its own but for the start."""
    return await asyncio.to_thread(main, list(arguments))


async def test_last_night_s_backup_brings_everything_back(
    place: MigratedGuild, start: Start, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raid = dungeon(place)
    board = place.boards["DUN234"]
    await place.run_import(capsys)
    async with start(backups=True) as bot:
        await place.settled(bot)
        await place.read_in_full(bot)
        await until_backed_up(database, 1)
        await place.people["dora"].react(board, "✅")
        await place.guild.until(lambda: "number 2 in line" in dm_text(place.people["dora"]))
        place.sandbox.advance(timedelta(days=1))
        await until_backed_up(database, 2)
        evening = place.now("DUN234")
        await place.people["alice"].unreact(board, "✅")
        await place.guild.until(lambda: "A seat opened" in dm_text(place.people["cem"]))
    last_night = names.backups(database)[-1].path
    of_last_night = databases.rows(last_night)

    break_it(database)
    with pytest.raises(UnusableDatabase, match="restore a backup"):
        await Database.open(database)
    assert await run("restore", str(last_night)) == process.ENDED
    said = capsys.readouterr().out

    assert f"{database} is now what {last_night} holds" in said
    restored = databases.rows(database)
    for table in restored.keys() - {"facts"}:  # what the bot knew of its sessions and commands then is forgotten
        assert restored[table] == of_last_night[table], table
    assert roster(place.now("DUN234")) == roster(evening)
    assert [place.ids("alice", "bob"), place.ids("cem", "dora")] == [*roster(evening)[0]]
    assert old_roster(raid)[0][0] == roster(evening)[0][0]
    async with start(backups=True) as bot:
        # Alice left after the backup. Her reaction is gone, which the first comparison of the board finds.
        await place.guild.until(lambda: roster(place.now("DUN234"))[0] == (place.ids("bob", "cem"), place.ids("dora")))
        await bot.delivery.boards.idle()
        await place.guild.until(lambda: "Cem" in board_text(board) and "Alice" not in board_text(board))
        await place.people["eve"].react(board, "✅")
        await place.guild.until(lambda: "number 2 in line" in dm_text(place.people["eve"]))
    assert len([row for row in database_facts.read(database).audit if row.action == "waitlisted"]) >= 2


async def until_backed_up(database: Path, times: int) -> None:
    async with asyncio.timeout(30):
        while len(names.backups(database)) < times:
            await look_again()


def break_it(database: Path) -> None:
    """Overwrite the database, as a disk that fails would."""
    size = database.stat().st_size
    database.write_bytes(b"\x5a" * size)
