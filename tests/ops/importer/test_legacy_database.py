"""The importer reads only undamaged databases of the Node.js bot, and never writes to them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from raidbot.db.database import Database
from raidbot.db.errors import UnusableDatabase
from raidbot.ops.importer.legacy_database import NotALegacyDatabase
from raidbot.ops.importer.run import import_database
from tests.ops.importer.handwritten_database import GUILD, NOW, HandwrittenDatabase


@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\0" + b"x" * 4000])
def test_what_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "wizbot.db"
    path.write_bytes(content)

    with pytest.raises(NotALegacyDatabase, match=r"wizbot\.db is (not an SQLite database\.|damaged)"):
        import_database(path, tmp_path / "raidbot.db", now=NOW)

    assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["wizbot.db"]


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotALegacyDatabase, match="There is no file"):
        import_database(tmp_path / "wizbot.db", tmp_path / "raidbot.db", now=NOW)
    with pytest.raises(NotALegacyDatabase, match="cannot be read"):
        import_database(tmp_path, tmp_path / "raidbot.db", now=NOW)


def test_a_path_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop.db"
    loop.symlink_to(loop)

    for path in (loop, tmp_path / ("x" * 300), loop / "wizbot.db"):
        with pytest.raises(NotALegacyDatabase, match="cannot be read"):
            import_database(path, tmp_path / "raidbot.db", now=NOW)


def test_a_log_that_cannot_be_read_is_named(old: HandwrittenDatabase) -> None:
    old.old.with_name("wizbot.db-wal").mkdir()

    with pytest.raises(NotALegacyDatabase, match=r"wizbot\.db-wal cannot be read"):
        import_database(old.old, old.new, now=NOW)


async def test_our_own_database_is_not_theirs(tmp_path: Path) -> None:
    await (await Database.open(tmp_path / "ours.db")).close()

    with pytest.raises(NotALegacyDatabase, match=r"not one of the Node\.js bot’s"):
        import_database(tmp_path / "ours.db", tmp_path / "raidbot.db", now=NOW)


def test_their_database_is_not_where_ours_may_be(old: HandwrittenDatabase) -> None:
    before = old.old.read_bytes()

    with pytest.raises(UnusableDatabase, match="the old bot’s own database"):
        import_database(old.old, old.old, now=NOW)

    assert old.old.read_bytes() == before
    assert [file.name for file in old.folder.iterdir()] == ["wizbot.db"]


@pytest.mark.parametrize("dry_run", [False, True])
async def test_a_database_with_a_bot_on_it_is_left_alone(old: HandwrittenDatabase, *, dry_run: bool) -> None:
    db = await Database.open(old.new)
    try:
        with pytest.raises(UnusableDatabase, match="Another RaidBot already runs"):
            import_database(old.old, old.new, dry_run=dry_run, now=NOW)
    finally:
        await db.close()


def test_a_newer_database_is_left_alone(old: HandwrittenDatabase) -> None:
    old.run_import()
    with closing(sqlite3.connect(old.new)) as connection:
        connection.execute("PRAGMA user_version = 9999")

    with pytest.raises(UnusableDatabase, match="newer RaidBot"):
        old.run_import()


def test_a_database_of_another_program_is_left_alone(old: HandwrittenDatabase) -> None:
    with closing(sqlite3.connect(old.new)) as connection:
        connection.execute("CREATE TABLE things (name TEXT)")

    with pytest.raises(UnusableDatabase, match="database of another program"):
        old.run_import()


def test_a_damaged_page_refuses_it_whole(old: HandwrittenDatabase) -> None:
    for number in range(400):
        old.insert_row("guilds", id=str(GUILD + number), default_timezone="Europe/Berlin")
    size = old.old.stat().st_size
    with old.old.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xa5" * (size // 2))

    with pytest.raises(NotALegacyDatabase, match="is damaged"):
        old.run_import()

    assert not old.new.exists() or old.all("SELECT count(*) FROM guilds") == [(0,)]


def test_tables_without_row_numbers_or_indexes_are_read(old: HandwrittenDatabase) -> None:
    old.execute_script(
        "DROP TABLE admin_roles;"
        "CREATE TABLE admin_roles (guild_id TEXT, role_id TEXT, PRIMARY KEY (guild_id, role_id)) WITHOUT ROWID"
    )
    old.insert_row("admin_roles", guild_id=str(GUILD), role_id="31")

    old.run_import()

    assert old.settings().grants.admins == {31}
