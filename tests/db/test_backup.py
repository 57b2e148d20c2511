"""Every migration is preceded by a verified copy of the database."""

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from raidbot.db import database, process_lock
from raidbot.db.errors import UnusableDatabase
from tests.db.next_release_database import (
    BROKEN_STEP,
    NEWEST,
    NEXT,
    add_migration,
    copies,
    copy_of,
    facts,
    files,
    make,
    migrate,
    refusal,
    version,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "raids.db"


@pytest.fixture
def copy(path: Path) -> Path:
    return copy_of(path, NEXT)


def test_the_database_as_it_was_is_kept_beside_the_migrated_one(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(path, "kept")
    add_migration(monkeypatch)

    migrate(path)

    assert copies(path) == [copy.name]
    assert (version(copy), facts(copy)) == (NEWEST, ["kept"])
    assert (version(path), facts(path)) == (NEXT, ["kept"])


def test_rows_that_only_the_wal_holds_are_copied(path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = path.with_name("running.db")
    make(running)
    with database.exclusive(running) as connection:
        connection.execute("INSERT INTO facts VALUES ('in the wal', '')")
        for ending in ("", "-wal"):
            shutil.copyfile(f"{running}{ending}", f"{path}{ending}")
    assert b"in the wal" not in path.read_bytes()
    add_migration(monkeypatch)

    migrate(path)

    assert facts(copy) == ["in the wal"]


def test_a_copy_is_one_file_that_an_older_bot_opens_under_the_old_name(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(path, "kept")
    with monkeypatch.context() as newer:
        add_migration(newer)
        migrate(path)

    path.unlink()
    copy.rename(path)
    migrate(path)

    assert (version(path), facts(path)) == (NEWEST, ["kept"])
    assert set(files(path.parent)) == {path.name}


def test_new_and_current_databases_are_not_copied(path: Path) -> None:
    migrate(path)
    migrate(path)

    assert copies(path) == []


def test_a_tool_makes_a_copy_unless_it_works_on_a_throw_away(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(path)
    throw_away = path.with_name("throw-away.db")
    shutil.copyfile(path, throw_away)
    add_migration(monkeypatch)

    with database.exclusive(throw_away, keep_copy=False):
        pass
    with database.exclusive(path):
        pass

    assert (version(path), version(throw_away)) == (NEXT, NEXT)
    assert copies(path) == [copy.name]


def test_three_copies_are_kept_and_nothing_else_is_removed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(path)
    others = [f"{path.name}.before-lunch", f"{path.name}.old", f"other-{path.name}.before-01"]
    for name in others:
        path.with_name(name).write_text("mine")

    for number in range(5):
        add_migration(monkeypatch, f"CREATE TABLE later_{number} (id INTEGER);")
        migrate(path)

    kept = [copy_of(path, NEXT + age).name for age in (2, 3, 4)]
    assert copies(path) == sorted([*kept, others[0], others[2]])
    assert all(path.with_name(name).read_text() == "mine" for name in others)


def test_going_back_keeps_the_copy_that_was_just_made(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(path)
    for age in (1, 2, 3):
        copy_of(path, NEXT + age).write_text("of a newer bot")
    add_migration(monkeypatch)

    migrate(path)

    assert copies(path) == sorted(copy_of(path, NEXT + age).name for age in (0, 2, 3))


def test_a_new_attempt_replaces_the_copy_of_one_that_failed(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(path, "first")
    with monkeypatch.context() as newer:
        add_migration(newer, BROKEN_STEP)
        assert f"cannot be brought to version {NEXT}: no such table" in refusal(path)
    assert (version(path), facts(copy)) == (NEWEST, ["first"])
    make(path, "second, by the older bot")
    add_migration(monkeypatch)

    migrate(path)

    assert facts(copy) == ["first", "second, by the older bot"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_a_copy_may_be_read_by_those_who_may_read_the_database(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    make(path)
    path.chmod(mode)
    add_migration(monkeypatch)

    migrate(path)

    assert stat.S_IMODE(copy.stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_copy_made_by_root_is_the_owner_s(path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(path)
    os.chown(path, 4321, 4322)
    add_migration(monkeypatch)

    migrate(path)

    assert (copy.stat().st_uid, copy.stat().st_gid) == (4321, 4322)


def test_what_a_killed_attempt_left_is_removed_at_the_next_start(path: Path) -> None:
    make(path)
    for ending in ("", "-journal", "-wal", "-shm"):
        Path(f"{copy_of(path, NEXT)}.part{ending}").write_text("half")
    other = path.with_name(f"other.db.before-{NEXT:02d}.part")
    other.write_text("of another bot")

    migrate(path)

    assert copies(path) == [other.name]


def test_a_copy_is_never_opened_as_the_database(path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(path)
    shutil.copyfile(path, copy)
    add_migration(monkeypatch)
    before = files(path.parent)

    assert f"Rename it to {path.name}" in refusal(copy)
    with pytest.raises(UnusableDatabase, match="is a copy"):
        database.inspect(copy)
    with pytest.raises(UnusableDatabase, match="is a copy"), database.exclusive(copy):
        pass
    with pytest.raises(UnusableDatabase, match="is a copy"), process_lock.hold_if_locked(copy):
        pass
    assert files(path.parent) == before


def test_rows_that_refer_to_nothing_are_no_reason_not_to_start(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO signup_roles VALUES (1, 'raid', 2)")
    add_migration(monkeypatch)

    migrate(path)

    assert copies(path) == [copy.name]
    assert "signup_roles" in capsys.readouterr().out
