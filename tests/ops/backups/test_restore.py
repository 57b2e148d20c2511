"""A restored database is what the backup holds, and the one before it is kept as it was."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from raidbot.db import process_lock
from raidbot.db.errors import UnusableDatabase
from raidbot.ops.backups import backup
from raidbot.ops.backups.restore import NoBackup, RestoreFailed, restore
from tests.db.next_release_database import NEWEST, files, migrate, version
from tests.ops.backups import databases
from tests.ops.backups.databases import OLD, rows, without_nonces

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
ASIDE = "raids.db.replaced-2026-12-01T09-30-00Z"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "raids.db"
    databases.put_filled(path)
    return path


@pytest.fixture
def saved(path: Path, tmp_path: Path) -> Path:
    """A backup with something in it that the database has no longer, and without what it has since."""
    return backup.make(path, tmp_path / "saved").path


def test_the_database_is_as_in_the_backup_and_the_old_one_is_beside(path: Path, saved: Path) -> None:
    databases.leave_in_the_wal(path, "since the backup")
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    assert {"raids.db-wal", "raids.db-shm"} <= before.keys()

    done = restore(saved, path, now=NOW)

    assert without_nonces(rows(path)) == without_nonces(rows(saved))
    assert (done.aside, done.version) == (path.with_name(ASIDE), NEWEST)
    kept = {file.name: file.read_bytes() for file in path.parent.iterdir() if file.name.startswith(ASIDE)}
    assert kept == {name.replace(path.name, ASIDE): before[name] for name in before if not name.endswith(".lock")}
    assert "since the backup" in databases.facts(path.with_name(ASIDE))


def test_no_old_row_comes_back_at_the_next_start(path: Path, saved: Path) -> None:
    """A -wal that is left over would be replayed over the restored file."""
    databases.leave_in_the_wal(path, "since the backup")
    restore(saved, path, now=NOW)

    migrate(path)

    assert "since the backup" not in databases.facts(path)
    assert without_nonces(rows(path)) == without_nonces(rows(saved))


def test_it_works_where_there_is_no_database_yet(saved: Path, tmp_path: Path) -> None:
    path = tmp_path / "new host" / "raids.db"

    done = restore(saved, path, now=NOW)
    migrate(path)

    assert done.aside is None
    assert without_nonces(rows(path)) == without_nonces(rows(saved))
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_damaged_database_is_replaced_and_kept(path: Path, saved: Path) -> None:
    path.write_bytes(b"nothing that SQLite knows")

    restore(saved, path, now=NOW)

    assert without_nonces(rows(path)) == without_nonces(rows(saved))
    assert path.with_name(ASIDE).read_bytes() == b"nothing that SQLite knows"


def test_a_database_behind_a_link_is_replaced_where_it_lies(path: Path, saved: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(path)

    restore(saved, link, now=NOW)

    assert link.is_symlink()
    assert without_nonces(rows(path)) == without_nonces(rows(saved))
    assert path.with_name(ASIDE).exists()


@pytest.mark.parametrize("old", OLD, ids=lambda path: path.stem)
def test_backups_of_every_earlier_version_come_up_at_this_one(old: Path, path: Path, tmp_path: Path) -> None:
    saved = Path(shutil.copy(old, tmp_path / "saved"))
    done = restore(saved, path, now=NOW)
    assert done.is_older
    assert without_nonces(rows(path)) == without_nonces(rows(old))

    migrate(path)

    assert version(path) == NEWEST
    assert len(rows(path)["raids"]) == len(rows(old)["raids"])
    assert len(rows(path)["seats"]) == len(rows(old)["seats"])
    assert (path.parent / f"raids.db.before-{version(old) + 1:02d}").exists()


def _cut_to_half(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[: saved.stat().st_size // 2])


def _cut_a_byte(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:-1])


def _cut_to_a_page(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:512])


def _damage(saved: Path) -> None:
    with closing(sqlite3.connect(saved)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'raids'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with saved.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


def _foreign(saved: Path) -> None:
    saved.unlink()
    with closing(sqlite3.connect(saved)) as connection:
        connection.execute("CREATE TABLE mine (id INTEGER)")


def _newer(saved: Path) -> None:
    with closing(sqlite3.connect(saved)) as connection:
        connection.execute("PRAGMA user_version = 9999")


def _of_no_version(saved: Path) -> None:
    with closing(sqlite3.connect(saved)) as connection:
        connection.execute("PRAGMA user_version = 0")


def _with_a_trigger(saved: Path) -> None:
    with closing(sqlite3.connect(saved)) as connection:
        connection.execute("CREATE TRIGGER mine AFTER INSERT ON audit BEGIN DELETE FROM raids; END")


def _without_a_table(saved: Path) -> None:
    with closing(sqlite3.connect(saved)) as connection:
        connection.execute("DROP TABLE audit")


def _make_folder(saved: Path) -> None:
    saved.unlink()
    saved.mkdir()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_cut_to_half, "is cut short"),
        (_cut_a_byte, "is cut short"),
        (_cut_to_a_page, "is cut short"),
        (lambda saved: saved.write_bytes(b""), "is not a database"),
        (lambda saved: saved.write_bytes(b"{}\n" * 2000), "is not a database"),
        (_damage, "is damaged"),
        (_foreign, "is no database of RaidBot"),
        (_newer, r"newer RaidBot \(version 9999"),
        (_of_no_version, "is no database of RaidBot"),
        (_with_a_trigger, "its schema is another"),
        (_without_a_table, "its schema is another"),
        (_make_folder, "is no file"),
        (Path.unlink, "There is no file"),
    ],
)
def test_what_is_no_whole_backup_of_this_bot_is_refused(
    path: Path, saved: Path, spoil: Callable[[Path], None], said: str
) -> None:
    databases.leave_in_the_wal(path, "kept")
    spoil(saved)
    before = files(path.parent)

    with pytest.raises(NoBackup, match=said):
        restore(saved, path, now=NOW)

    assert files(path.parent) == before
    assert "kept" in databases.facts(path)


def test_the_database_is_no_backup_of_itself(path: Path) -> None:
    with pytest.raises(NoBackup, match="is the database itself"):
        restore(path, path, now=NOW)


def test_it_is_refused_while_a_bot_runs(path: Path, saved: Path) -> None:
    before = files(path.parent)

    with (
        closing(process_lock.claim(path)),
        pytest.raises(UnusableDatabase, match=r"Another RaidBot already runs on .*\. Stop it first"),
    ):
        restore(saved, path, now=NOW)

    assert files(path.parent) == before


def test_on_a_full_disk_the_database_stays(path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = files(path.parent)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", fail)
        with pytest.raises(RestoreFailed, match=r"The disk is full, so nothing was restored\. Make 1 MB free in "):
            restore(saved, path, now=NOW)

    assert files(path.parent) == before


def test_the_restored_file_has_the_rights_of_the_old_one(path: Path, saved: Path) -> None:
    path.chmod(0o640)

    restore(saved, path, now=NOW)

    assert path.stat().st_mode & 0o777 == 0o640


def test_numbers_given_again_are_no_repetitions_to_discord(path: Path, saved: Path) -> None:
    """Discord takes two messages of one nonce for one; rows since the backup had the numbers that come next."""
    assert "nonce_prefix" not in databases.facts(saved)
    with closing(sqlite3.connect(saved)) as connection, connection:
        connection.execute("INSERT INTO facts VALUES ('nonce_prefix', '0123abcd')")

    restore(saved, path, now=NOW)

    assert "nonce_prefix" not in databases.facts(path)


def test_what_the_bot_did_since_is_not_taken_for_another_process(path: Path, saved: Path) -> None:
    with closing(sqlite3.connect(saved)) as connection, connection:
        connection.execute("INSERT INTO facts VALUES ('session starts', '{}'), ('commands of 12345', 'abc 1.2')")

    restore(saved, path, now=NOW)

    assert not {"session starts", "commands of 12345"} & databases.facts(path)


def test_the_replaced_database_can_be_brought_back_with_its_wal(path: Path, saved: Path) -> None:
    databases.leave_in_the_wal(path, "since the backup")
    aside = restore(saved, path, now=NOW).aside
    assert aside is not None

    restore(aside, path, now=NOW.replace(hour=10))

    assert "since the backup" in databases.facts(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_makes_is_the_owner_s(path: Path, tmp_path: Path) -> None:
    os.chown(path, 4321, 4322)
    backup.ensure_folder(tmp_path / "backups", path)
    saved = backup.make(path, tmp_path / "backups" / "saved").path

    restore(saved, path, now=NOW)

    for made in (path, saved, saved.parent):
        assert (made.stat().st_uid, made.stat().st_gid) == (4321, 4322)
