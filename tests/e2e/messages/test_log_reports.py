"""Entries for the audit channel that Discord refuses, or that nobody knows about, are owed again."""

from datetime import timedelta
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.faults import Silence
from discord_sandbox.store import Channel
from raidbot.raids.audit.entry import AuditAction, Entry
from tests.conftest import Start
from tests.delivery.harness import until
from tests.e2e import database_facts
from tests.e2e.test_log_channels import choose, record_entries, titles

SEND = "POST /channels/{}/messages"
SEARCH = "GET /channels/{}/messages"
ENTRY = Entry(AuditAction.CLOSED, None, {"reason": "manual"})


@pytest.fixture
def reports(guild: SandboxGuild) -> Channel:
    return guild.add_channel("reports")


async def until_state(database: Path, state: str) -> None:
    """Wait until a message has this state."""

    async def reached() -> bool:
        return any(row.state == state for row in database_facts.read(database).outbox)

    await until(reached)


async def test_a_right_withdrawn_and_given_back_loses_no_entry(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, reports: Channel, database: Path
) -> None:
    async with start() as bot:
        await choose(bot, guild, audit=reports)
        fault = sandbox.faults.refuse(50013, route=SEND, about=reports)
        await record_entries(bot, guild, ENTRY)
        sandbox.advance(timedelta(minutes=2, seconds=1))
        await until_state(database, "refused")
        assert fault.met == 1

        fault.lift()
        sandbox.advance(timedelta(minutes=2, seconds=1))

        await guild.until(lambda: titles(guild, reports))
        assert titles(guild, reports) == ["Audit log changed", "Closed"]


async def test_entries_for_a_deleted_channel_go_to_the_one_chosen_next(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, reports: Channel, database: Path
) -> None:
    other = guild.add_channel("new-reports")
    async with start() as bot:
        await choose(bot, guild, audit=reports)
        fault = sandbox.faults.refuse(10003, route=SEND, about=reports)
        await record_entries(bot, guild, ENTRY)
        sandbox.advance(timedelta(minutes=2, seconds=1))
        await until_state(database, "refused")
        assert fault.met == 1

        await choose(bot, guild, audit=other)
        sandbox.advance(timedelta(minutes=2, seconds=1))

        await guild.until(lambda: "Closed" in titles(guild, other))


async def test_entries_that_nobody_knows_about_after_a_crash_are_owed_again(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, reports: Channel, database: Path
) -> None:
    async with start() as bot:
        await choose(bot, guild, audit=reports)
        await record_entries(bot, guild, ENTRY)
        fault = sandbox.faults.silence(Silence.HANG, route=SEND, about=reports)
        sandbox.advance(timedelta(minutes=2, seconds=1))
        await sandbox.until(lambda: fault.met)
    fault.lift()
    with database_facts.open_writable(database) as connection:
        connection.execute("UPDATE outbox SET state = 'claimed', attempts = 1 WHERE entries IS NOT NULL")
    sandbox.faults.refuse(50001, route=SEARCH, about=reports, calls=1)
    sandbox.advance(timedelta(minutes=30))

    async with start():
        await until_state(database, "unknown")
        sandbox.advance(timedelta(minutes=2, seconds=1))
        await guild.until(lambda: "Closed" in titles(guild, reports))
