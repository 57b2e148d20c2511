"""Every alert in a story that makes its cause real: told once, also after a restart, and its end told once."""

import asyncio
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Message
from raidbot.ops.alerts.model import Thresholds
from raidbot.ops.backups import names
from tests.conftest import Start
from tests.delivery.harness import until
from tests.e2e import database_facts
from tests.e2e.alerts.alert_steps import HOUR, MINUTE, QUICK, SPED_UP, a_few_looks, add_owner, heard, options
from tests.e2e.fast_loop import sped_up
from tests.raid_boards import board_text, post_raid, run_create

EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
ANSWER = "POST /interactions/{interaction_id}/{interaction_token}/callback"


@pytest.fixture
def no_heartbeats(sandbox: Sandbox) -> None:
    """Turn heartbeats off: discord.py sends them by the machine's clock, too late while the loop is sped up."""
    sandbox.gateway.heartbeat_interval = 100_000.0


@pytest.mark.usefixtures("no_heartbeats")
async def test_discord_does_not_answer_and_answers_again(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    owner, alice = add_owner(guild), guild.add_member("alice")
    async with start(**options(owner, pace=SPED_UP)):
        board = await post_raid(guild)
        fault = sandbox.faults.answer(503, route=EDIT)
        await alice.react(board, "✅")
        with sped_up(100.0):
            await guild.until(lambda: heard(owner, "**Discord does not answer** (board edits)"), timeout=3000)
        fault.lift()
        with sped_up(30.0):
            await guild.until(lambda: heard(owner, "**Discord answers again** (board edits)"), timeout=3000)
        await a_few_looks()
    async with start(**options(owner, pace=SPED_UP)):
        await guild.until(lambda: "Alice" in board_text(board))
        await a_few_looks()

    assert len(owner.dms) == 2


@pytest.mark.usefixtures("no_heartbeats")
async def test_an_outage_that_outlives_the_process_ends_once_discord_is_back(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    owner, alice = add_owner(guild), guild.add_member("alice")
    async with start(**options(owner, pace=SPED_UP)):
        board = await post_raid(guild)
        fault = sandbox.faults.answer(503, route=EDIT)
        await alice.react(board, "✅")
        with sped_up(100.0):
            await guild.until(lambda: heard(owner, "does not answer"), timeout=3000)
        await a_few_looks()
    fault.lift()

    async with start(**options(owner, pace=SPED_UP)):
        await guild.until(lambda: heard(owner, "answers again"))
        await a_few_looks()

    assert len(owner.dms) == 2


async def test_slow_answers(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    owner, channel = add_owner(guild), guild.channel("raid-signups")
    limits = Thresholds(latency_seconds=1.0, memory_megabytes=100_000)
    async with start(**options(owner, limits=limits)):
        await a_few_looks()
        fault = sandbox.faults.slow(1.1, route=ANSWER)
        await asyncio.gather(*(guild.owner.slash(channel, "ping") for _ in range(3)))
        await guild.until(lambda: heard(owner, "**Slow answers:** one in 20 commands"))
        fault.lift()
        sandbox.advance(16 * MINUTE)
        await a_few_looks()
        assert not heard(owner, "fast again")

        for _ in range(3):
            await guild.owner.slash(channel, "ping")
        await guild.until(lambda: heard(owner, "**Answers are fast again** (commands)"))
        await a_few_looks()

    assert len(owner.dms) == 2


async def sign_up(guild: SandboxGuild, people: list[Person]) -> Message:
    board = await post_raid(guild)
    for one in people:
        await one.react(board, "✅")
    await guild.until(lambda: all(one.name.capitalize() in board_text(board) for one in people))
    return board


async def test_direct_messages_that_fail(sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path) -> None:
    owner = add_owner(guild)
    closed, others = ([guild.add_member(f"{name}{number}") for number in range(3)] for name in ("closed", "open"))
    for one in closed:
        one.close_dms()
    async with start(**options(owner)):
        first, second = await sign_up(guild, closed), await sign_up(guild, others)
        await sandbox.delete_message(first)
        await guild.until(lambda: heard(owner, "**Direct messages fail:** 3 of the last"), timeout=30)
        sandbox.advance(61 * MINUTE)
        await a_few_looks()
        await sandbox.delete_message(second)
        await guild.until(lambda: heard(owner, "**Direct messages arrive again**"), timeout=30)
        await a_few_looks()

    assert len(owner.dms) == 2


async def test_a_job_that_fails(sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path) -> None:
    owner = add_owner(guild)
    async with start(**options(owner)):
        await a_few_looks()
        run(database, "ALTER TABLE drafts RENAME TO drafts_away")
        sandbox.advance(6 * MINUTE)
        await guild.until(lambda: heard(owner, "**The job “drafts” fails:**"))
        run(database, "ALTER TABLE drafts_away RENAME TO drafts")
        await guild.until(lambda: heard(owner, "**The job “drafts” works again**"))
        await a_few_looks()

    assert len(owner.dms) == 2


def run(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        connection.execute(statement)


async def test_jobs_that_stand_still(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    owner = add_owner(guild)
    async with start(**options(owner)) as bot:
        await a_few_looks()
        async with bot.heartbeat._ticking:
            for _ in range(4):
                sandbox.advance(MINUTE)
                await a_few_looks()
            assert not heard(owner, "No job has run")
            while not heard(owner, "**No job has run for 5 minutes.**"):
                sandbox.advance(MINUTE)
                await a_few_looks()
        await guild.until(lambda: heard(owner, "**Jobs run again**"))
        await a_few_looks()

    assert len(owner.dms) == 2


def block() -> None:
    time.sleep(1.7)


async def test_a_loop_that_is_blocked(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    owner = add_owner(guild)
    limits = Thresholds(stall_seconds=1.0, memory_megabytes=100_000)
    async with start(**options(owner, limits=limits)):
        await a_few_looks()
        while not heard(owner, "**The bot stalls**"):
            block()
            await asyncio.sleep(0.6)
        sandbox.advance(6 * MINUTE)
        await guild.until(lambda: heard(owner, "**The bot no longer stalls**"), timeout=30)
        await a_few_looks()

    assert len(owner.dms) == 2


@pytest.mark.parametrize("trouble", ["PRAGMA max_page_count = 1", "PRAGMA query_only = ON"])
async def test_a_database_that_cannot_be_written(guild: SandboxGuild, start: Start, trouble: str) -> None:
    """Its disk is full, or it is read-only."""
    owner = add_owner(guild)
    async with start(**options(owner)) as bot:
        writer = bot.state.db._writer
        await writer.execute(trouble)
        while bot.state.db.outage is None:
            await run_create(guild)
        await guild.until(lambda: heard(owner, "**The database can't be written**"))
        await a_few_looks()
        await writer.execute("PRAGMA max_page_count = 1000000")
        await writer.execute("PRAGMA query_only = OFF")
        await guild.until(lambda: heard(owner, "**The database can be written again**"), timeout=30)
        await a_few_looks()
    async with start(**options(owner)):
        await a_few_looks()

    assert len(owner.dms) == 2


async def test_a_slow_disk(sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path) -> None:
    owner = add_owner(guild)
    limits = Thresholds(write_seconds=0.3, memory_megabytes=100_000)
    async with start(**options(owner, limits=limits)) as bot:
        sandbox.advance(6 * MINUTE)
        await a_few_looks()
        for _ in range(4):
            with closing(sqlite3.connect(database, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                writing = asyncio.create_task(bot.state.db.write(lambda tx: tx.execute("UPDATE drafts SET member = 1")))
                await asyncio.sleep(0.5)
                other.execute("ROLLBACK")
            await writing
        await guild.until(lambda: heard(owner, "**The disk is slow:**"))
        sandbox.advance(6 * MINUTE)
        await a_few_looks()
        for _ in range(40):
            await bot.state.db.write(lambda tx: tx.execute("UPDATE drafts SET member = 1"))
        await guild.until(lambda: heard(owner, "**The disk is fast again**"))
        await a_few_looks()

    assert len(owner.dms) == 2


async def test_rows_that_cannot_be_read(sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path) -> None:
    owner, alice = add_owner(guild), guild.add_member("alice")
    async with start(**options(owner)):
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
    damage(database, "magic")
    for _ in range(2):
        async with start(**options(owner)):
            await guild.until(lambda: heard(owner, "**1 row of the database can't be read.**"))
            await a_few_looks()
            sandbox.advance(61 * MINUTE)
            await a_few_looks()
    damage(database, "reaction")
    async with start(**options(owner)):
        await a_few_looks()
        assert not heard(owner, "No unreadable row")
        sandbox.advance(61 * MINUTE)
        await guild.until(lambda: heard(owner, "**No unreadable row was found since the start**"))
        await a_few_looks()

    assert len(owner.dms) == 2


def damage(database: Path, source: str) -> None:
    with database_facts.open_writable(database) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        assert connection.execute("UPDATE seats SET source = ? WHERE raid = 1", (source,)).rowcount == 1


async def test_many_raids(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    owner = add_owner(guild)
    limits = Thresholds(raids=1, memory_megabytes=100_000)
    async with start(**options(owner, limits=limits)):
        first, _ = await post_raid(guild), await post_raid(guild)
        await guild.until(lambda: heard(owner, "**Many raids:** 2 are open (limit 1)."), timeout=30)
        await sandbox.delete_message(first)
        await guild.until(lambda: heard(owner, "**Fewer raids are open again**"), timeout=30)
        await a_few_looks()

    assert len(owner.dms) == 2


async def test_much_memory(guild: SandboxGuild, start: Start) -> None:
    owner = add_owner(guild)
    for _ in range(2):
        async with start(**options(owner, limits=Thresholds(memory_megabytes=1))):
            await guild.until(lambda: heard(owner, "**Much memory:**"))
            await a_few_looks()
    async with start(**options(owner, limits=Thresholds(memory_megabytes=100_000))):
        await guild.until(lambda: heard(owner, "**Memory is below the limit again**"))
        await a_few_looks()

    assert len(owner.dms) == 2


async def test_a_backup_that_is_overdue(sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path) -> None:
    owner, in_the_way = add_owner(guild), names.folder_of(database)
    in_the_way.write_text("no folder")
    pace = replace(QUICK, backup_patience=timedelta(0))
    async with start(**options(owner, pace=pace), backups=True):
        await a_few_looks()
        assert owner.dms == []
        sandbox.advance(37 * HOUR)
        await guild.until(lambda: heard(owner, "**There is no good backup.**"))
        in_the_way.unlink()
        sandbox.advance(2 * HOUR)
        await guild.until(lambda: heard(owner, "**There is a good backup again**"), timeout=30)
        await a_few_looks()

    assert len(owner.dms) == 2


async def has_backups(database: Path, number: int) -> bool:
    return len(names.backups(database)) == number


async def test_a_backup_that_is_made_after_a_pause_was_not_overdue(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    """The bot was off for days, then its machine slept: each time a backup is made as soon as it can be."""
    owner = add_owner(guild)
    names.folder_of(database).mkdir()
    names.automatic(database, sandbox.clock.now() - 3 * 24 * HOUR).write_bytes(b"old")
    with capture_logs() as logs:
        async with start(**options(owner), backups=True) as bot:
            for number in (2, 3):
                bot.heartbeat.wake()
                await until(partial(has_backups, database, number), timeout=30)
                await a_few_looks()
                sandbox.advance(48 * HOUR)
                await a_few_looks()

    assert owner.dms == []
    assert not [entry for entry in logs if entry["event"] == "alert"]


async def test_backups_that_nobody_deletes(sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path) -> None:
    """G22: those that somebody made stay for good, so their size is told."""
    owner, now = add_owner(guild), sandbox.clock.now()
    limits = Thresholds(backup_megabytes=1, memory_megabytes=100_000)
    names.folder_of(database).mkdir()
    for day in range(60):
        names.manual(database, now - day * 24 * HOUR).write_bytes(bytes(50_000))
    async with start(**options(owner, limits=limits), backups=True):
        await guild.until(lambda: heard(owner, "**Backups take 3 MB** (limit 1 MB)"))
        assert len(names.backups(database)) >= 60
        for day in range(10, 60):
            names.manual(database, now - day * 24 * HOUR).unlink()
        await guild.until(lambda: heard(owner, "**Backups are below the limit again**"))
        await a_few_looks()

    assert len(owner.dms) == 2
