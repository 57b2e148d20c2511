"""Recurring raids of the old bot that an earlier import kept: a start takes them over once, whatever happens to it."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.db import guilds
from raidbot.db.database import Database
from raidbot.ops.importer.series.takeover import take_over_kept_rows
from raidbot.raids.model import GuildId
from tests.conftest import Start
from tests.e2e.series.scene import audited, boards, posted, starts
from tests.raids.builders import NOW

DATA = Path(__file__).parent.parent.parent / "data"


def keep(database: Path, guild: int, **rows: dict[str, object]) -> None:
    """Add daily museums at midnight UTC to what was kept, with other cells where they are given."""
    usual = {
        "guild_id": str(guild),
        "template_slug": "museum",
        "schedule_type": "daily",
        "time_of_day": "00:00",
        "timezone": "UTC",
        "creator_id": "5",
        "enabled": 1,
    }
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        for name, cells in rows.items():
            payload = json.dumps(usual | {"id": name} | cells)
            connection.execute(
                "INSERT INTO moved_rows (source, key, guild, payload) VALUES ('recurring_raids', ?, ?, ?)",
                (f"id {name}", guild, payload),
            )


async def test_a_start_of_the_new_version_takes_over_what_was_kept(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    shutil.copyfile(DATA / "version-15.db", database)
    keep(database, guild.id, daily={}, lost={"timezone": "Narnia"}, off={"enabled": 0})
    midnight = sandbox.clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)

    async with start():
        (board,) = await posted(sandbox, guild, 1)
    async with start() as again:
        series = await again.state.series.of(GuildId(guild.id))

    assert (len(boards(guild)), starts(board)) == (1, midnight.timestamp())
    assert [one.schedule.pause is None for one in series] == [True, False]
    assert len(audited(database, "series.brought")) == 2
    (left,) = audited(database, "series.not_brought")
    assert left == {"name": "id lost", "remarks": [["no-zone", "'Narnia'"]]}


def keep_grant(database: Path, guild: int, command: str, role: int) -> None:
    cells = {"guild_id": str(guild), "command_name": command, "role_id": str(role)}
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO moved_rows (source, key, guild, payload) VALUES ('command_permissions', ?, ?, ?)",
            (f"command_name {command}", guild, json.dumps(cells)),
        )


async def test_roles_get_the_commands_that_were_still_missing_when_their_server_moved_in(database: Path) -> None:
    await (await Database.open(database)).close()
    keep_grant(database, 7, "raid", 71)
    keep_grant(database, 7, "dance", 72)

    await _take_over(database)
    await _take_over(database)

    with closing(sqlite3.connect(database)) as connection:
        assert guilds.settings(connection, GuildId(7)).grants.roles == {"raid": frozenset({71})}
        assert connection.execute("SELECT key, fate FROM moved_rows ORDER BY key").fetchall() == [
            ("command_name dance", None),
            ("command_name raid", "taken"),
        ]
        assert connection.execute("SELECT count(*) FROM audit").fetchone() == (1,)


async def test_a_kill_at_any_moment_of_it_costs_and_doubles_nothing(tmp_path: Path) -> None:
    database, killed = tmp_path / "whole.db", tmp_path / "killed"
    await (await Database.open(database)).close()
    keep(database, 7, first={}, second={"timezone": "Narnia"})
    killed.mkdir()

    await _take_over(database, killed)

    expected = _outcome(database)
    moments = sorted(killed.iterdir())
    assert len(moments) > 20
    for moment in moments:
        await _take_over(moment / "raidbot.db")
        assert _outcome(moment / "raidbot.db") == expected, moment.name


async def _take_over(database: Path, killed: Path | None = None) -> None:
    """Take the rows over, and keep in `killed` what a kill before each statement would have left of the database."""
    db = await Database.open(database)

    def snapshot(_statement: str) -> None:
        assert killed is not None
        folder = killed / f"{len(list(killed.iterdir())):04}"
        folder.mkdir()
        for ending in ("", "-wal"):
            shutil.copyfile(f"{database}{ending}", folder / f"raidbot.db{ending}")

    if killed is not None:
        await db.write(lambda tx: tx.set_trace_callback(snapshot))
    await take_over_kept_rows(db, NOW)
    await db.close()


def _outcome(database: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return [
            *connection.execute("SELECT name, schedule, rotation, creator FROM series ORDER BY id").fetchall(),
            *connection.execute("SELECT key, fate, payload FROM moved_rows ORDER BY key").fetchall(),
            *connection.execute("SELECT action, arguments FROM audit ORDER BY id").fetchall(),
        ]
