"""Rows that cannot be read: they are set aside and named, and everything else runs."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.store import Channel
from raidbot.db.database import look_into
from raidbot.db.unreadable import unreadable_rows
from raidbot.raids.model import ChannelId, GuildId, MemberId, Source
from raidbot.state import Cause
from tests.chaos import cases
from tests.conftest import Start
from tests.db.memory_database import memory_database
from tests.e2e.unreadable.damaged_rows import KEYS, damage
from tests.raid_boards import board_text, dm_text, post_raid, run_create

ROWS = {
    "templates": "INSERT INTO templates (guild, key, own, enabled, payload) VALUES (?, 'custom-a', 1, 1, '{}')",
    "outbox": "INSERT INTO outbox (guild, kind, target, payload, dedupe, due_at, state, attempts)"
    " VALUES (?, 'dm', 5, '{}', 'x', 0, 'pending', 0)",
    "series": "INSERT INTO series (guild, code, name, schedule, rotation, creator, roster, old_boards, created_at,"
    " looked_at, next_at) VALUES (?, 'ABC234', 'Night', '{}', '[]', 5, 'empty', 'leave', 0, 0, 0)",
}


UNREAD = {
    "activity_defaults", "calendar_feeds", "job_runs", "opening_balances", "pictures", "silenced", "sqlite_sequence",
}  # fmt: skip
"""Tables that neither a start nor a job reads."""

LARGE = ("raids", "guilds", "outbox", "audit")
SMALL = [table for table in KEYS if table not in LARGE]
GROUPS = [*((table,) for table in LARGE), *(tuple(SMALL[start::5]) for start in range(5))]
"""Tables that one bot meets damaged in the suite; under `make chaos` each has a bot of its own."""


def test_every_table_is_damaged() -> None:
    with memory_database() as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}

    assert tables == KEYS.keys() | UNREAD


@pytest.mark.chaos
@pytest.mark.parametrize("tables", cases([(table,) for table in KEYS], short=GROUPS), ids="+".join)
async def test_no_cell_keeps_another_server_waiting(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, tables: Sequence[str]
) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild)
    for number, table in enumerate(tables):
        assert damage(database, table, sandbox.clock.now(), first=1000 * number)

    with capture_logs() as logs:
        async with start(dm_batch=100, dm_pause_seconds=0.01):
            await alice.react(board, "✅")
            await guild.until(lambda: "Alice" in board_text(board), timeout=60)
            assert "for you: " in (await run_create(guild)).text()
            sandbox.advance(timedelta(hours=2, minutes=55))
            await guild.until(lambda: "starts <t:" in dm_text(alice), timeout=60)
            sandbox.advance(timedelta(minutes=6))
            await guild.until(lambda: "Signups closed" in board_text(board), timeout=60)

    failures = [entry for entry in logs if entry.get("exc_info") or entry["log_level"] == "critical"]
    assert failures == [], Counter(entry["event"] for entry in failures)
    look_into(database, unreadable_rows)


@pytest.mark.parametrize(
    ("table", "column", "cell"),
    [
        ("raids", "sides", "5"),
        ("raids", "starts_at", 99_999_999_999_999),
        ("seats", "source", "magic"),
        ("guilds", "zone", "Mars/Olympus"),
        ("templates", "payload", "5"),
        ("outbox", "payload", "5"),
        ("series", "schedule", "5"),
    ],
)
async def test_managers_are_told_once_of_what_is_set_aside(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path, table: str, column: str, cell: object
) -> None:
    channel = guild.add_channel("reports")
    async with start() as bot:
        board = await post_raid(guild)
        await guild.add_member("alice").react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        cause = Cause(Source.COMMAND, MemberId(guild.owner.id))
        choose = partial(replace, audit_channel=ChannelId(channel.id))
        await bot.state.change_settings(GuildId(guild.id), choose, cause)
    with closing(sqlite3.connect(database)) as connection, connection:
        if statement := ROWS.get(table):
            connection.execute(statement, (guild.id,))
        assert connection.execute(" ".join(("UPDATE", table, "SET", column, "= ?")), (cell,)).rowcount
    named = [row for row in look_into(database, unreadable_rows) if row.table in (table, "raids")]
    assert len(named) == 1

    with capture_logs() as logs:
        for _ in range(2):
            async with start():
                await run_create(guild)
                sandbox.advance(timedelta(minutes=3))
                await guild.until(lambda: _told(guild, channel))

    assert {entry["row"] for entry in logs if entry["event"].startswith("row set aside")} == {named[0].row}
    assert len(_told(guild, channel)) == 1


async def test_a_raid_that_is_set_aside_says_so(guild: SandboxGuild, start: Start, database: Path) -> None:
    async with start():
        await post_raid(guild)
    with closing(sqlite3.connect(database)) as connection, connection:
        (code,) = connection.execute("UPDATE raids SET sides = '5' RETURNING code").fetchone()

    async with start():
        answer = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=code)

    assert "I cannot read, so I leave the raid alone" in answer.text()


def _told(guild: SandboxGuild, channel: Channel) -> list[str]:
    texts = [str(embed) for message in guild.messages(channel) for embed in message.embeds]
    return [text for text in texts if "cannot be read" in text]
