"""A backup made while members sign up is the database at one of its commits."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.demo.harness import BotProcess
from raidbot.ops.backups import backup, names
from raidbot.ops.backups.restore import restore
from tests.chaos import QUICK
from tests.db.next_release_database import files
from tests.e2e import database_facts
from tests.e2e.crowd import Crowd
from tests.e2e.database_facts import AuditReplay, DatabaseFacts
from tests.raid_boards import post_raid
from tests.suite.forked_bot import ForkedBot

BACKUPS = 4
NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
EMOJIS = ["1️⃣", "2️⃣", "3️⃣", "4️⃣"]


@pytest.fixture
async def bot(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[BotProcess]:
    process = ForkedBot(sandbox, tmp_path, settings={**QUICK, "RAIDBOT_BACKUPS": "on"})
    yield process
    await process.stop()


async def test_backups_in_a_burst_are_the_database_at_a_commit(
    sandbox: Sandbox, guild: SandboxGuild, bot: BotProcess, database: Path, tmp_path: Path
) -> None:
    await bot.start()
    await sandbox.until(lambda: sandbox.store.commands)
    board = await post_raid(guild, activity="key", teams=4, team_size=4)
    crowd = Crowd(guild, board, size=60, rng=random.Random(1))
    deeds = crowd.deeds(EMOJIS)

    async def burst() -> None:
        for deed in deeds:
            await crowd.act(deed)
            await asyncio.sleep(0.03)

    bursting = asyncio.create_task(burst())
    made = []
    for number in range(BACKUPS):
        await until_more_is_written(sandbox, database, bursting)
        made.append((await asyncio.to_thread(backup.make, database, tmp_path / f"backup {number}")).path)
    during = not bursting.done()
    await bursting
    await database_facts.until_settled(database, board)
    assert await bot.stop() == 0
    final = database_facts.read(database)

    assert during
    for number, path in enumerate(made):
        elsewhere = tmp_path / f"host {number}" / "raidbot.db"
        restore(path, elsewhere, now=NOW)
        check_is_a_moment_of(final, database_facts.read(elsewhere))
    lengths = [len(database_facts.read(path).audit) for path in made]
    assert lengths == sorted(set(lengths))
    assert len(names.backups(database)) == 1  # the bot's own


async def test_a_killed_bot_starts_from_the_backup(
    sandbox: Sandbox, guild: SandboxGuild, bot: BotProcess, database: Path, tmp_path: Path
) -> None:
    """The log of the killed bot is not replayed; the comparison of the board finds who has signed up since."""
    people = [guild.add_member(f"member{number}") for number in range(12)]
    await bot.start()
    await sandbox.until(lambda: sandbox.store.commands)
    board = await post_raid(guild, activity="museum", seats=20)
    for person in people[:6]:
        await person.react(board, "✅")
    await database_facts.until_settled(database, board)
    saved = await asyncio.to_thread(backup.make, database, tmp_path / "saved.db")
    for person in people[6:]:
        await person.react(board, "✅")
    await database_facts.until_settled(database, board)
    await bot.kill()

    done = await asyncio.to_thread(restore, saved.path, database, now=NOW)
    restored = database_facts.read(database)
    await bot.start()
    after = await database_facts.until_settled(database, board)

    assert done.aside is not None
    assert [file for file in files(done.aside.parent) if file == f"{done.aside.name}-wal"]
    assert len(database_facts.read(done.aside).raid.seats) == 12
    assert restored.audit == database_facts.read(saved.path).audit
    assert [seat.member for seat in restored.raid.seats] == [person.id for person in people[:6]]
    assert {seat.member for seat in after.raid.seats} == {person.id for person in people}


async def until_more_is_written(sandbox: Sandbox, database: Path, bursting: asyncio.Task[None]) -> None:
    seen = len(database_facts.read(database).audit)
    await sandbox.until(lambda: bursting.done() or len(database_facts.read(database).audit) > seen + 10)


def check_is_a_moment_of(final: DatabaseFacts, moment: DatabaseFacts) -> None:
    """Every change is there in full or not at all: the roster is what the audit says, and the audit a beginning."""
    assert moment.audit == final.audit[: len(moment.audit)]
    AuditReplay(moment.raid).hear(moment.audit).check()
    database_facts.check_rules(moment.raid)
    causes = [row.cause for row in final.outbox]
    assert [row.cause for row in moment.outbox] == causes[: len(moment.outbox)]
