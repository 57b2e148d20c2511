"""No page of the files holds what was deleted, also not what SQLite only moved."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from raidbot.db.database import Database
from tests.raids.builders import GUILD

PEOPLE = [900_000_000_000_000_000 + 7_919 * number for number in range(3_000)]
SOME = PEOPLE[::7]


def needles() -> list[bytes]:
    return [one for member in SOME for one in (member.to_bytes(8, "big"), f"Unmistakable {member}".encode())]


def found(path: Path) -> list[str]:
    files = {file.name: file.read_bytes() for file in path.parent.iterdir() if file.is_file()}
    return [name for name, content in files.items() if any(one in content for one in needles())]


def fill(tx: sqlite3.Connection) -> None:
    """Insert in no order, so that pages are split, and delete in between, so that they are joined."""
    shuffled = random.Random(3).sample(PEOPLE, len(PEOPLE))
    for number, member in enumerate(shuffled):
        tx.execute("INSERT INTO members VALUES (?, ?, ?)", (GUILD, member, f"Unmistakable {member}"))
        if number % 3 == 0:
            tx.execute("DELETE FROM members WHERE guild = ? AND member = ?", (GUILD, shuffled[number // 2]))


def delete(tx: sqlite3.Connection) -> None:
    tx.executemany("DELETE FROM members WHERE guild = ? AND member = ?", [(GUILD, member) for member in SOME])


@pytest.mark.parametrize("knows_whom", [True, False])
async def test_nothing_is_left_of_what_was_deleted(tmp_path: Path, knows_whom: bool) -> None:
    db = await Database.open(tmp_path / "raidbot.db")
    try:
        await db.write(fill)
        assert found(db.path) != []
        await db.write(delete)

        await db.scrub(needles() if knows_whom else None)

        assert found(db.path) == []
        (left,) = await db.read(lambda connection: connection.execute("SELECT count(*) FROM members").fetchone())
        assert left > 1_000
    finally:
        await db.close()


async def test_a_reader_of_another_program_delays_it(tmp_path: Path) -> None:
    db = await Database.open(tmp_path / "raidbot.db")
    try:
        await db.write(fill)
        db.hurry()  # wait for a moment only
        with closing(sqlite3.connect(db.path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM members").fetchone()
            await db.write(delete)

            with pytest.raises(sqlite3.OperationalError, match="reader"):
                await db.scrub(needles())

            reader.execute("ROLLBACK")
        await db.scrub(needles())
        assert found(db.path) == []
    finally:
        await db.close()
