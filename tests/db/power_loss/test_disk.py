"""The test disk can tell what a kill cannot: a COMMIT that was synced from one that was only written."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.db.power_loss.disk import Disk, Operation, PowerCut, Survival

RNG = random.Random(1)


@pytest.mark.parametrize(("synchronous", "kept"), [("NORMAL", []), ("FULL", ["a", "b"])])
def test_a_power_cut_takes_what_was_not_synced(
    disk: Disk, path: Path, tmp_path: Path, synchronous: str, kept: list[str]
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE facts (name)")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        for name in ("a", "b"):
            connection.execute("INSERT INTO facts VALUES (?)", (name,))
        at_the_end = len(disk.operations)

    assert facts_left(disk, at_the_end, Survival.SYNCED, tmp_path / "cut") == kept
    assert facts_left(disk, at_the_end, Survival.ALL, tmp_path / "killed") == ["a", "b"]


def facts_left(disk: Disk, point: int, survival: Survival, folder: Path) -> list[str]:
    ((_, cut),) = disk.cuts([point])
    cut.leave(folder, survival, RNG)
    with closing(sqlite3.connect(folder / "raids.db")) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM facts ORDER BY name")]


def test_a_file_whose_folder_was_not_synced_vanishes() -> None:
    cut = after(Operation("create", "log"), Operation("write", "log", 0, b"x"), Operation("sync", "log", 2))

    assert cut.left(Survival.SYNCED, RNG).keys() == {"old"}
    cut.follow(3, Operation("sync folder"))
    assert cut.left(Survival.SYNCED, RNG) == {"old": b"", "log": b"x"}


def test_a_sync_covers_only_what_was_written_before_it_began() -> None:
    cut = after(Operation("write", "old", 0, b"ab"), Operation("write", "old", 2, b"cd"), Operation("sync", "old", 1))

    assert cut.left(Survival.SYNCED, RNG) == {"old": b"ab"}
    assert cut.left(Survival.TORN, RNG) == {"old": b"abc"}


def test_what_a_failed_sync_took_is_not_there_after_the_next() -> None:
    cut = after(
        Operation("write", "old", 0, b"a"),
        Operation("lost sync", "old", 1),
        Operation("write", "old", 1, b"b"),
        Operation("sync", "old", 3),
    )

    assert cut.left(Survival.SYNCED, RNG) == {"old": b"\0b"}


def test_a_renamed_file_has_its_old_name_until_the_folder_is_synced() -> None:
    cut = after(Operation("rename", "old", target="new"))

    assert cut.left(Survival.SYNCED, RNG) == {"old": b""}
    assert cut.left(Survival.ALL, RNG) == {"new": b""}


def test_some_sectors_of_an_unsynced_write_stay() -> None:
    cut = after(Operation("write", "old", 100, b"x" * 2000))

    left = {cut.left(Survival.SOME, random.Random(seed))["old"] for seed in range(50)}

    assert {content.count(b"x") for content in left} > {0, 412, 2000}


def after(*operations: Operation) -> PowerCut:
    cut = PowerCut({"old": b""})
    for number, operation in enumerate(operations):
        cut.follow(number, operation)
    return cut
