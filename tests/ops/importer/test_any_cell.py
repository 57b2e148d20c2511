"""Any value in any cell: the import takes the rest, accounts for every row, and takes only what can be shown."""

import json
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from raidbot.db import guilds, raids, templates
from raidbot.delivery.drawing import render
from raidbot.ops.importer.report import Report
from raidbot.ops.importer.run import import_database
from raidbot.raids.emoji.model import parse_emoji
from raidbot.raids.model import RaidId
from tests.chaos import rounds
from tests.ops.importer.legacy.generator import NOW, random_bot
from tests.ops.importer.legacy.schema import RELEASES, Release

CELLS = (
    *("NULL", "''", "0", "-1", "1", "9223372036854775807", "-9223372036854775808", "1e400", "1.5", "x''", "x'ff00'"),
    *("CAST(x'fffe' AS TEXT)", "'abc'", "char(0)||'x'", "printf('%.*c', 5000, 'x')", "'1731196800000'", "'٣'"),
    *("'{}'", "'[]'", "'null'", "'[[[['", "'{\"name\":null}'", '\'{"roleGroups":{"a":1}}\'', "'{\"teamCount\":0}'"),
    '\'{"roleGroups":[{"name":{},"roles":[{"slots":1e999,"emoji":[],"name":"\\ud800"}]}]}\'',
    '\'{"teamCount":9,"maxPerTeam":0,"bossName":[1]}\'',
    *("'🐉'", "'9️⃣'", "'Team 9'", "'raid-0'", "'custom-'", "'2 myth 1 storm'", "'Etc/GMT+5'", "'IST'"),
    *("'raid'", "'museum'", "'key'", "'challenge'"),
)
ROOMY = ("raids", "raids", "signups", "signups", "guilds")


def overwrite_cells(path: Path, rng: Random, cells: int) -> dict[str, int]:
    """Overwrite up to `cells` random cells; return the number of rows of each table."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        columns = {
            table: [column[1] for column in connection.execute(f"PRAGMA table_info({table})").fetchall()]
            for (table,) in found.fetchall()
        }
        for _ in range(cells):
            table = rng.choice((*ROOMY, *columns))
            (rows,) = connection.execute(f"SELECT max(rowid) FROM {table}").fetchone()  # noqa: S608 - trusted names
            column, cell = rng.choice(columns[table]), rng.choice(CELLS)
            with suppress(sqlite3.IntegrityError):  # an INTEGER PRIMARY KEY takes only integers
                connection.execute(
                    f"UPDATE OR IGNORE {table} SET {column} = {cell} WHERE rowid = ?",  # noqa: S608
                    (rng.randint(1, rows or 1),),
                )
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in columns}  # noqa: S608


def check_report(report: Report, rows: dict[str, int]) -> None:
    assert {table: report.tables[table].read for table in rows} == rows
    for told in report.tables.values():
        assert told.read == told.taken + told.repaired + told.kept + told.left + told.unchanged
    assert len(report.losses) == sum(told.left for told in report.tables.values())
    json.dumps(report.to_json())
    report.text().encode()


def check_usable(connection: sqlite3.Connection) -> None:
    """Assert that all imported guilds, templates and raids can be loaded, and every board rendered."""
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    for (guild,) in connection.execute("SELECT id FROM guilds").fetchall():
        assert guilds.settings(connection, guild).tzinfo is not None
    for (guild,) in connection.execute("SELECT DISTINCT guild FROM templates").fetchall():
        templates.catalogue(connection, guild)
    for (number,) in connection.execute("SELECT id FROM raids").fetchall():
        raid = raids.load(connection, RaidId(number))
        assert raid is not None
        assert len(render.board(raid, {}).embed()) <= 6000
        for role in raid.roles:
            parse_emoji(role.emoji)
            assert not (raid.is_open and raid.waitlist(role.key) and raid.has_room(role))


@settings(max_examples=rounds(6, 300))
@given(seed=st.integers(0, 10**9), release=st.sampled_from(RELEASES), cells=st.integers(1, 60))
def test_whatever_stands_in_whichever_cell(seed: int, release: Release, cells: int) -> None:
    rng = Random(seed)
    with TemporaryDirectory() as name:
        old, new = Path(name) / "wizbot.db", Path(name) / "raidbot.db"
        random_bot(rng, guilds=2, raids=10, release=release).write(old, release, constraints=False)
        rows = overwrite_cells(old, rng, cells)

        report = import_database(old, new, now=NOW)

        check_report(report, rows)
        with closing(sqlite3.connect(new)) as connection:
            check_usable(connection)
            before = list(connection.iterdump())
        again = import_database(old, new, now=NOW)
        with closing(sqlite3.connect(new)) as connection:
            assert list(connection.iterdump()) == before
        assert again.losses == report.losses
