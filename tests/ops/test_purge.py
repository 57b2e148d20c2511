"""`raidbot purge` deletes one server, to the last byte, and nothing else."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from raidbot.db.database import exclusive
from raidbot.db.errors import UnusableDatabase
from raidbot.db.process_lock import claim
from raidbot.ops.backups.server_tables import tables
from raidbot.ops.purge import NothingKnown, purge_server
from raidbot.raids.model import GuildId
from tests.ops.backups.databases import put_filled
from tests.raids.builders import GUILD

OTHER = GuildId(7_900)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "raids.db"
    put_filled(path)
    with exclusive(path) as connection:
        connection.execute("INSERT INTO members VALUES (?, 1, 'Unmistakable Other')", (OTHER,))
        connection.execute("INSERT INTO members VALUES (?, 1, 'Unmistakable One')", (GUILD,))
    return path


def rows_of(path: Path, guild: GuildId) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        found = {table.name: len(list(table.rows(connection, guild))) for table in tables(connection)}
    return {name: number for name, number in found.items() if number}


def test_one_server_goes_and_the_others_stay(path: Path) -> None:
    others = rows_of(path, OTHER)

    assert purge_server(GUILD, path) > 20

    assert rows_of(path, GUILD) == {"forgotten": 1}  # a tag, which names nobody, for backups from before
    assert rows_of(path, OTHER) == others
    content = path.read_bytes()
    assert b"Unmistakable One" not in content
    assert b"Unmistakable Other" in content


def test_what_it_cannot_do_it_says(path: Path) -> None:
    with pytest.raises(NothingKnown, match="holds nothing of server 5"):
        purge_server(GuildId(5), path)
    with pytest.raises(NothingKnown, match="no database"):
        purge_server(GUILD, path.with_name("other.db"))
    with closing(claim(path)), pytest.raises(UnusableDatabase):
        purge_server(GUILD, path)
