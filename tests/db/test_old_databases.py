"""Today's code opens databases of earlier versions and keeps their rows (tests/data/README.md)."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from raidbot.db import outbox, undo
from raidbot.db.database import Database
from raidbot.raids.model import GuildId, Kind, Presence, Raid, Status
from raidbot.raids.templates.catalogue import is_own_key
from raidbot.state import State
from tests.data.make import CLOSED, IMPORTED, LEADER_ROLE, NAMES, OF_A_SERIES, OPEN, THREAD, make
from tests.db.next_release_database import NEWEST, NEXT, add_migration, copy_of, migrate, version
from tests.raids.builders import ALICE, BOB, CAROL, DAVE, ERIN, GUILD, HEALER, NOW, TANK, seated, waiting

OLD = sorted((Path(__file__).parent.parent / "data").glob("version-*.db"))
Tables = dict[str, list[dict[str, object]]]
FIRST = 9
"""The oldest version of which a database was kept."""


OF_OLD_DEFAULT = [path for path in OLD if version(path) < 13]
"""Full raids closed early by default then."""
OF_SINGLE_LEADS = [path for path in OLD if version(path) < 16]
"""There was one reminder to participants then, and one to the creator."""


REPLACED = {
    "guilds": {
        "creator_reminders",
        "creator_reminder_minutes",
        "participant_reminders",
        "participant_reminder_minutes",
    },
    "raids": {"creator_reminded", "participants_reminded"},
    "undo": {"before", "after"},
    "attendance": {"presence"},
    "sqlite_sequence": {"seq"},
}
"""Columns that migrations 16, 18 and 19 replaced or wrote anew; what became of them has tests of its own."""


@pytest.fixture(params=OLD, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copy(request.param, tmp_path))


def rows(path: Path) -> Tables:
    """Return every table's rows, each by the names of its columns."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        queries = connection.execute(
            """SELECT name, printf('SELECT * FROM "%w"', name) FROM sqlite_schema WHERE type = 'table'"""
        ).fetchall()
        return {table: [dict(row) for row in connection.execute(query)] for table, query in queries}


def lost(before: Tables, after: Tables) -> list[str]:
    """Return the rows of `before` that have no row with the same values in `after`."""
    return [
        f"{table}: {row}"
        for table, old in before.items()
        for row in old
        if not any(_kept(table, row) <= new.items() for new in after.get(table, ()))
    ]


def _kept(table: str, row: dict[str, object]) -> set[tuple[str, object]]:
    return {(column, value) for column, value in row.items() if column not in REPLACED.get(table, ())}


def test_there_is_a_database_of_every_version_before_this_one() -> None:
    assert [path.stem for path in OLD if version(path) != int(path.stem.removeprefix("version-"))] == []
    assert {version(path) for path in OLD} >= set(range(FIRST, NEWEST))


def test_it_has_a_row_in_every_table(path: Path) -> None:
    assert [table for table, found in rows(path).items() if not found] == []


def test_today_s_code_makes_such_a_database(tmp_path: Path) -> None:
    make(tmp_path / "new.db")

    assert version(tmp_path / "new.db") == NEWEST
    assert [table for table, found in rows(tmp_path / "new.db").items() if not found] == []


def test_every_row_is_kept(path: Path) -> None:
    before = rows(path)

    migrate(path)

    assert version(path) == NEWEST
    assert lost(before, rows(path)) == []


@pytest.mark.parametrize("path", OLD[-1:], indirect=True)
def test_servers_are_told_once_of_hidden_commands_that_roles_hold(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM admin_roles")
        connection.execute("CREATE TEMP TABLE copied AS SELECT * FROM guilds LIMIT 1")
        for guild, targets in ((71, ("templates.edit", "setup", "raid")), (72, ("raid", "templatesque")), (73, ())):
            connection.execute("UPDATE copied SET id = ?", (guild,))
            connection.execute("INSERT INTO guilds SELECT * FROM copied")
            connection.executemany("INSERT INTO grants VALUES (?, ?, 5)", [(guild, target) for target in targets])
        connection.execute("INSERT INTO admin_roles VALUES (73, 6)")

    migrate(path)

    migrated = rows(path)
    told = {row["id"]: row["told_of_hidden_commands"] for row in migrated["guilds"]}
    entries = {row["guild"]: row["arguments"] for row in migrated["audit"] if row["action"] == "commands.hidden"}
    assert (told[71], told[72], told[73], told[GUILD]) == (0, 1, 0, 1)
    assert entries == {
        71: '{"commands":["setup","templates"]}',
        73: '{"commands":["setup","settings","permissions","setchannel","templates"]}',
    }


@pytest.mark.parametrize("path", OF_SINGLE_LEADS[-1:], indirect=True)
@pytest.mark.parametrize(("is_on", "minutes", "expected"), [(1, 45, "45m"), (0, 45, ""), (1, 0, "")])
def test_a_single_lead_becomes_a_list(path: Path, is_on: int, minutes: int, expected: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE guilds SET creator_reminders = ?, creator_reminder_minutes = ?", (is_on, minutes))

    migrate(path)

    assert {row["leader_leads"] for row in rows(path)["guilds"]} == {expected}
    assert {row["member_leads"] for row in rows(path)["guilds"]} == {"10m"}


@pytest.mark.parametrize("path", OF_SINGLE_LEADS[-1:], indirect=True)
@pytest.mark.parametrize(("creator", "participants", "until"), [(1, 0, -1800), (1, 1, -600), (0, 0, None)])
def test_what_was_reminded_is_not_reminded_again(
    path: Path, creator: int, participants: int, until: int | None
) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE raids SET creator_reminded = ?, participants_reminded = ?", (creator, participants))

    migrate(path)

    for row in rows(path)["raids"]:
        assert row["reminded_until"] == (None if until is None else int(str(row["starts_at"])) + until)


def test_every_row_is_kept_by_the_next_migration_and_in_the_copy_before_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, before = version(path) + 1, rows(path)
    add_migration(monkeypatch)

    migrate(path)

    assert version(path) == NEXT
    assert lost(before, rows(path)) == []
    assert rows(copy_of(path, first)) == before


def test_it_means_what_it_meant(path: Path) -> None:
    async def look() -> None:
        db = await Database.open(path)
        try:
            state = State(db, lambda: NOW)
            raids = {raid.title: raid for raid in await state.load()}
            assert set(raids) - {OF_A_SERIES} == {OPEN, CLOSED, IMPORTED}
            _check_rosters(raids)
            await _check_server(state, raids[OPEN])
        finally:
            await db.close()

    asyncio.run(look())


def _check_rosters(raids: dict[str, Raid]) -> None:
    open_raid, closed = raids[OPEN], raids[CLOSED]
    assert (seated(open_raid, TANK), seated(open_raid, HEALER)) == ([ALICE, BOB], [DAVE])
    assert waiting(open_raid, TANK) == [CAROL, DAVE]
    assert [(seat.member, seat.side) for seat in open_raid.seats if seat.forced] == [(BOB, "left")]
    assert {mark.member for mark in open_raid.marks} == {ALICE, CAROL, DAVE}
    assert [ask.member for ask in open_raid.asks] == [ERIN]
    assert (open_raid.leader, open_raid.thread) == (ALICE, THREAD)
    assert closed.status is Status.CLOSED
    assert {row.member: row.presence for row in closed.attendance} == {ALICE: Presence.PRESENT, BOB: Presence.NO_SHOW}


async def _check_server(state: State, raid: Raid) -> None:
    settings = await state.settings(GUILD)
    assert (settings.zone, settings.threads, settings.leader_role) == ("Europe/Berlin", True, LEADER_ROLE)
    assert set(settings.channels) == {Kind.RAID, Kind.KEY}
    changed, second, *others = (await state.templates(GUILD)).entries
    assert (changed.template.description, second.enabled) == ("Bring potions.", False)
    assert [entry.enabled for entry in others if is_own_key(entry.key)] == [True]
    assert await state.names(raid) == NAMES
    assert await state.leaders(GUILD) == {ALICE}
    counts = await state.db.read(outbox.counts)
    assert (counts["sent"], min(counts["refused"], 1), counts["claimed"]) == (1, 1, 1)
    step = await state.db.read(partial(undo.last, raid=raid, now=NOW))
    assert step is not None
    assert seated(step.before, TANK) == [ALICE]


@pytest.mark.parametrize(
    "path", [path for path in OLD if version(path) < 13], ids=lambda path: path.stem, indirect=True
)
def test_servers_that_were_here_keep_closing_full_raids_early_also_without_having_chosen_it(path: Path) -> None:
    unset = GuildId(7_777)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO members (guild, member, name) VALUES (?, ?, 'Ann')", (unset, ALICE))

    async def look() -> list[int]:
        db = await Database.open(path)
        try:
            state = State(db, lambda: NOW)
            return [(await state.settings(guild)).full_close_minutes for guild in (GUILD, unset, GuildId(7_778))]
        finally:
            await db.close()

    assert asyncio.run(look()) == [60, 60, 0]
