"""The import keeps everything the Node.js bot knew; errors, kills and repeats change nothing else."""

import asyncio
import hashlib
import json
import os
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raidbot.db import guilds, templates
from raidbot.db.database import Database
from raidbot.db.statistics.counted import CAME, COUNTED, ROLE_NAME
from raidbot.ops.importer.report import Report
from raidbot.ops.importer.run import import_database
from raidbot.raids.model import GuildId
from raidbot.state import State
from tests.chaos import cases, rounds
from tests.ops.importer import comparable
from tests.ops.importer.legacy.damage import BrokenCell, break_cells, undamaged_guilds, undamaged_raids
from tests.ops.importer.legacy.generator import COMMANDS_TO_COME, NOW, random_bot
from tests.ops.importer.legacy.model import LEMURIA_SIDES, OldBot, OldRole, OldTemplate, insert
from tests.ops.importer.legacy.schema import RELEASES, Release

SEEDS = st.integers(0, 1 << 32)
KEPT = ("availability", "polls", "poll_votes")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return an iterator of new empty folders, one per example."""
    return (tmp_path_factory.mktemp(f"example{number}") for number in count())


def run_import(old: Path, new: Path, *, dry_run: bool = False) -> Report:
    return import_database(old, new, dry_run=dry_run, now=NOW)


@contextmanager
def looking(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def dump(path: Path) -> str:
    with looking(path) as connection:
        return "\n".join(connection.iterdump())


def compare(bot: OldBot, connection: sqlite3.Connection, *, broken: Collection[BrokenCell] = ()) -> None:
    """Assert that every guild and raid is as the model describes, except those with a broken cell."""
    for guild in undamaged_guilds(bot, broken):
        assert comparable.of_settings(guilds.settings(connection, GuildId(guild.id))) == comparable.of_old_guild(guild)
    for raid in undamaged_raids(bot, broken):
        new = comparable.raid_by_code(connection, raid.guild, raid.code)
        assert new is not None
        assert comparable.of_raid(new) == comparable.of_old_raid(raid, bot.zones[raid.guild])


def compare_templates(bot: OldBot, connection: sqlite3.Connection) -> None:
    """Assert that every guild has its templates, and that its raids refer to them."""
    for guild in bot.guilds:
        catalogue = templates.catalogue(connection, GuildId(guild.id))
        assert comparable.of_catalogue(catalogue) == comparable.of_old_templates(guild)
        for raid in bot.raids:
            if raid.guild == guild.id and raid.template is not None:
                new = comparable.raid_by_code(connection, raid.guild, raid.code)
                assert new is not None
                entry = catalogue.entry(new.template)
                known = raid.template.name if entry.is_own else raid.template.slug
                assert known == (entry.template.name if entry.is_own else entry.key)


def compare_counters(bot: OldBot, connection: sqlite3.Connection) -> None:
    """Assert that each old counter equals the opening balance plus what figures sum up of the imported raids."""
    counted = {raid.code for raid in bot.raids if not raid.is_open}
    for row in bot.rows["guild_user_stats"]:
        guild, member = int(row["guild_id"]), int(row["user_id"])
        raids, no_shows, *told = connection.execute(
            "SELECT raids, no_shows, roles, templates FROM opening_balances WHERE guild = ? AND member = ?",
            (guild, member),
        ).fetchone()
        here = [one for one in _summed(connection, guild, member) if one.code in counted]
        assert raids + sum(one.came or one.missed for one in here) == row["total_raids"]
        assert no_shows + sum(one.missed for one in here) == row["no_shows"]
        roles, templates = (Counter(json.loads(counts)) for counts in told)
        assert roles + Counter(one.role for one in here if one.came) == Counter(json.loads(row["role_counts"]))
        assert templates + Counter(one.name for one in here if one.came) == Counter(json.loads(row["template_counts"]))


class Summed(NamedTuple):
    code: str
    name: str
    role: str
    came: int
    missed: int


def _summed(connection: sqlite3.Connection, guild: int, member: int) -> list[Summed]:
    """Return the member's rows that figures are made of once all the raids are over."""
    parts = (
        "SELECT raids.code, raids.title || ifnull(' — ' || raids.subject, ''),",
        f"{ROLE_NAME}, {CAME}, attendance.presence = 'no-show'",
        "FROM attendance JOIN raids ON raids.id = attendance.raid",
        "JOIN raid_roles ON raid_roles.raid = raids.id AND raid_roles.key = attendance.role",
        f"WHERE {COUNTED} AND raids.guild = :guild AND attendance.member = :member",
    )
    rows = connection.execute(" ".join(parts), {"now": 2**40, "guild": guild, "member": member}).fetchall()
    return [Summed(*row) for row in rows]


def check_report(old: Path, report: Report) -> None:
    """Assert that the report accounts for every row of the old database exactly once."""
    with looking(old) as connection:
        for (table,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        ).fetchall():
            (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - trusted names
            told = report.tables[table]
            assert told.read == rows, table
            assert told.read == told.taken + told.repaired + told.kept + told.left + told.unchanged, table
    assert len({(line.table, line.row) for line in report.losses}) == sum(told.left for told in report.tables.values())
    json.dumps(report.to_json())


@settings(max_examples=rounds(8, 500))
@given(seed=SEEDS, release=st.sampled_from(RELEASES), servers=st.integers(1, 3), number=st.integers(0, 6))
def test_every_roster_order_setting_template_and_counter_equals_the_source(
    folders: Iterator[Path], seed: int, release: Release, servers: int, number: int
) -> None:
    folder = next(folders)
    bot = random_bot(Random(seed), guilds=servers, raids=number, release=release)
    bot.write(folder / "wizbot.db", release)

    report = run_import(folder / "wizbot.db", folder / "raidbot.db")

    check_report(folder / "wizbot.db", report)
    assert report.losses == []
    with looking(folder / "raidbot.db") as connection:
        compare(bot, connection)
        compare_templates(bot, connection)
        compare_counters(bot, connection)


@pytest.mark.chaos
@pytest.mark.parametrize("release", cases(RELEASES, short=RELEASES[:1]))
async def test_forty_servers_with_five_hundred_raids(tmp_path: Path, release: Release) -> None:
    bot = random_bot(Random(7), guilds=40, raids=500, release=release)
    bot.write(tmp_path / "wizbot.db", release)

    report = run_import(tmp_path / "wizbot.db", tmp_path / "raidbot.db")

    assert report.losses == []
    db = await Database.open(tmp_path / "raidbot.db")
    try:
        state = State(db, lambda: NOW)
        await state.load()
        await db.read(lambda connection: compare(bot, connection))
        for raid in bot.raids:
            found = await state.find(GuildId(raid.guild), f" {raid.code.lower()} ")
            assert found.message == raid.message
    finally:
        await db.close()


def test_what_has_no_place_yet_is_kept_row_by_row(tmp_path: Path) -> None:
    bot = random_bot(Random(3), guilds=5, raids=10)
    bot.write(tmp_path / "wizbot.db")

    report = run_import(tmp_path / "wizbot.db", tmp_path / "raidbot.db")

    with looking(tmp_path / "raidbot.db") as connection:
        kept = connection.execute("SELECT source, payload FROM moved_rows").fetchall()
    rows = [(table, json.loads(payload)) for table, payload in kept]
    for guild in bot.guilds:
        for table in KEPT:
            for row in guild.rows[table]:
                assert any(name == table and row.items() <= found.items() for name, found in rows)
        for command in COMMANDS_TO_COME:
            for role in guild.commands.get(command, ()):
                assert any(name == "command_permissions" and str(role) in found.values() for name, found in rows)
    assert all(report.tables[table].kept == report.tables[table].read for table in KEPT)


@settings(max_examples=rounds(8, 500))
@given(seed=SEEDS, breaks=st.integers(1, 12))
def test_a_broken_cell_costs_its_row_and_is_named(folders: Iterator[Path], seed: int, breaks: int) -> None:
    folder = next(folders)
    bot = random_bot(Random(seed), guilds=3, raids=10)
    bot.write(folder / "wizbot.db", constraints=False)
    with looking(folder / "wizbot.db") as connection:
        broken = break_cells(connection, Random(seed), breaks)

    report = run_import(folder / "wizbot.db", folder / "raidbot.db")

    check_report(folder / "wizbot.db", report)
    lines = (*report.repairs, *report.losses)
    for one in broken:
        assert any(line.table == one.table and one.is_named_by(line.row) for line in lines), one
    with looking(folder / "raidbot.db") as connection:
        compare(bot, connection, broken=broken)


def test_moving_in_twice_changes_nothing(tmp_path: Path) -> None:
    old, new = tmp_path / "wizbot.db", tmp_path / "raidbot.db"
    random_bot(Random(5), guilds=8, raids=60).write(old, constraints=False)
    with looking(old) as connection:
        break_cells(connection, Random(5), 20)
    first = run_import(old, new)
    before = dump(new)

    again = run_import(old, new)

    assert dump(new) == before
    check_report(old, again)
    assert {(line.table, line.row) for line in again.losses} <= {(line.table, line.row) for line in first.losses}
    for table, told in again.tables.items():
        assert (told.taken, told.repaired, told.kept) == (0, 0, 0), table


def test_the_old_bots_own_templates_are_taken_once(tmp_path: Path) -> None:
    old, new, file = tmp_path / "wizbot.db", tmp_path / "raidbot.db", tmp_path / "raid_templates.json"
    bot = random_bot(Random(12), guilds=2, raids=0)
    bot.write(old)
    roles = [OldRole(name="Mob Pulling", emoji="1️⃣"), OldRole(name="Jade", emoji="⚔️", slots=3)]
    used = OldTemplate(id="", slug="", name="The Ghastly Conspiracy Raid", roles=roles)
    file.write_text(json.dumps([used.snapshot(), used.snapshot(), {"name": "Nothing"}]), encoding="utf-8")

    first = import_database(old, new, templates=file, now=NOW)
    before = dump(new)
    again = import_database(old, new, templates=file, now=NOW)

    assert dump(new) == before
    assert (first.tables[file.name].taken, first.tables[file.name].left) == (1, 2)
    assert (again.tables[file.name].unchanged, again.tables[file.name].left) == (1, 2)
    with looking(new) as connection:
        lemuria = templates.catalogue(connection, GuildId(bot.guilds[0].id)).entry("lemuria").template
    assert [(role.name, role.seats) for role in lemuria.roles] == [("Mob Pulling", 1), ("Jade", 3)]
    assert lemuria.sides == LEMURIA_SIDES


def test_a_dry_run_tells_the_same_and_writes_nothing(tmp_path: Path) -> None:
    old, new = tmp_path / "wizbot.db", tmp_path / "data" / "raidbot.db"
    random_bot(Random(6), guilds=3, raids=20).write(old)

    dry = run_import(old, new, dry_run=True)

    assert not new.parent.exists()
    wet = run_import(old, new)
    assert dry.to_json() | {"dry_run": False} == wet.to_json()
    before = files(new.parent)
    run_import(old, new, dry_run=True)
    assert files(new.parent) == before


def test_the_old_file_is_read_with_its_log_and_not_a_byte_beside_it_changes(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    bot = random_bot(Random(8), guilds=2, raids=5)
    bot.write(folder / "wizbot.db")
    with closing(sqlite3.connect(folder / "wizbot.db")) as running:
        running.execute("PRAGMA wal_autocheckpoint = 0")
        insert(running, "admin_roles", {"guild_id": str(bot.guilds[0].id), "role_id": "777000777000777000"})
        running.commit()
        before = files(folder)

        run_import(folder / "wizbot.db", tmp_path / "raidbot.db")

        assert files(folder) == before
        assert (folder / "wizbot.db-wal").stat().st_size > 0
    bot.guilds[0].admins.append(777000777000777000)
    with looking(tmp_path / "raidbot.db") as connection:
        compare(bot, connection)


def files(folder: Path) -> dict[str, str]:
    """Return SHA-256 and modification time (nanoseconds) of each file, by name."""
    return {
        file.name: f"{hashlib.sha256(file.read_bytes()).hexdigest()} {file.stat().st_mtime_ns}"
        for file in sorted(folder.iterdir())
        if not file.name.endswith("-shm")  # shared memory of the process that has the database open
    }


def test_an_error_half_way_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    old, new = tmp_path / "wizbot.db", tmp_path / "raidbot.db"
    random_bot(Random(9), guilds=3, raids=20).write(tmp_path / "before.db")
    run_import(tmp_path / "before.db", new)
    random_bot(Random(10), guilds=3, raids=40).write(old)
    with looking(new) as connection:
        connection.execute(
            "CREATE TRIGGER disk BEFORE INSERT ON raids WHEN (SELECT count(*) FROM raids) > 40"
            " BEGIN SELECT RAISE(ABORT, 'the disk is gone'); END"
        )
    before = dump(new)

    with pytest.raises(sqlite3.Error):
        run_import(old, new)

    assert dump(new) == before


async def test_whoever_kills_it_finds_all_or_nothing(tmp_path: Path) -> None:
    old = tmp_path / "wizbot.db"
    random_bot(Random(11), guilds=10, raids=1000).write(old)
    for pages in (1, 300):
        new = tmp_path / f"raidbot-{pages}.db"
        await (await Database.open(new)).close()
        nothing = dump(new)

        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from raidbot.cli import main; main()", "import", str(old)),
            env=os.environ | {"RAIDBOT_DATABASE": str(new)},
            stdout=asyncio.subprocess.DEVNULL,
        )
        await _written(process, new, pages * 4096)
        if process.returncode is None:
            process.kill()
        await process.wait()

        with looking(new) as connection:
            (found,) = connection.execute("SELECT count(*) FROM raids").fetchone()
        assert found == 1000 or dump(new) == nothing, pages


async def test_whoever_interrupts_it_is_told_what_that_means(tmp_path: Path) -> None:
    old, new = tmp_path / "wizbot.db", tmp_path / "raidbot.db"
    random_bot(Random(11), guilds=rounds(2, 10), raids=rounds(20, 1000)).write(old)
    await (await Database.open(new)).close()

    analytics = tmp_path / "analytics.json"
    os.mkfifo(analytics)
    program = "import sys; from raidbot.cli import main; sys.exit(main())"

    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, "import", str(old), "--analytics", str(analytics)),
        env=os.environ | {"RAIDBOT_DATABASE": str(new)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    held = await asyncio.to_thread(os.open, analytics, os.O_WRONLY)  # returns once the import reads its last file
    process.send_signal(signal.SIGINT)
    _, said = await process.communicate()
    os.close(held)

    assert process.returncode == 1
    assert said.decode().splitlines() == [
        "Interrupted: all of it was written, or nothing. Run it again; that changes nothing twice."
    ]
    with looking(new) as connection:
        assert connection.execute("SELECT count(*) FROM raids").fetchone() == (0,)


async def _written(process: asyncio.subprocess.Process, new: Path, size: int) -> None:
    """Wait until the WAL has `size` bytes of a transaction too large for memory, or the process has ended."""
    log = new.with_name(f"{new.name}-wal")
    while process.returncode is None and not (log.exists() and log.stat().st_size >= size):  # noqa: ASYNC110
        await asyncio.sleep(0.005)
