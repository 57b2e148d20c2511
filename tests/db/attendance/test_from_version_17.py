"""Migration 18 on databases of version 17 that hold what nobody thought of.

The closed raid in it is number 2, with seats and attendance of members 11 and 12 as tanks.
"""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.db.next_release_database import NEWEST, migrate, version

OLD = Path(__file__).parents[2] / "data" / "version-17.db"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copy(OLD, tmp_path / "old.db"))


def by_hand(path: Path, *statements: str) -> None:
    """Change rows as a shell of SQLite does, which holds to no reference."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def found(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_only_presence_is_renamed_in_what_can_be_undone(path: Path) -> None:
    """A title, a text and a role may be called "signed" as well."""
    ((stored,),) = found(path, "SELECT before FROM undo WHERE raid = 2")
    before = json.loads(str(stored)) | {
        "title": "signed",
        "description": 'They "signed", [11, "tank", "signed"]',
        "seats": [[11, "signed", 1, 1773835200, "reaction", 0, None]],
        "attendance": [[2**62 + 1, "signed", "signed", None, None], [12, "tank", "no-show", 2, 1774008000]],
    }
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE undo SET before = ?", (json.dumps(before),))

    migrate(path)

    expected = before | {
        "attendance": [[2**62 + 1, "signed", "present", None, None], [12, "tank", "no-show", 2, 1774008000]]
    }
    for (stored,) in found(path, "SELECT before FROM undo"):
        assert json.loads(str(stored)) == expected
    for (stored,) in found(path, "SELECT after FROM undo WHERE raid = 2"):
        assert [row[:3] for row in json.loads(str(stored))["attendance"]] == [
            [11, "tank", "present"],
            [12, "tank", "no-show"],
        ]


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        ("UPDATE seats SET role = 'gone'", [(11, "present"), (12, "no-show")]),
        ("UPDATE waits SET raid = 2, role = 'gone'", [(11, "present"), (12, "no-show")]),
        ("UPDATE attendance SET role = 'gone' WHERE member = 12", [(11, "present"), (12, "present")]),
        ("DELETE FROM raid_roles WHERE raid = 2", []),
        ('UPDATE undo SET before = \'["signed"]\', after = \'{"attendance": ["signed", 1, [2]]}\'', [11, 12]),
        ("UPDATE raids SET starts_at = 9223372036854775807", [11, 12]),
        ("UPDATE raids SET length_minutes = 9223372036854775807", [11, 12]),
        ("UPDATE raids SET starts_at = -9223372036854775807, length_minutes = -9223372036854775807", [11, 12]),
    ],
)
def test_a_row_that_fits_nothing_keeps_no_bot_from_starting(path: Path, statement: str, kept: list[object]) -> None:
    by_hand(path, statement)

    migrate(path)

    assert version(path) == NEWEST
    assert found(path, "PRAGMA integrity_check") == [("ok",)]
    rows = found(path, "SELECT member, presence FROM attendance WHERE raid = 2")
    assert (rows if kept and isinstance(kept[0], tuple) else [member for member, _ in rows]) == kept


def test_who_was_there_and_who_waited_gets_a_row_of_each_raid_that_was_closed_without(path: Path) -> None:
    """One for somebody who waited in two roles: the first in line. A seat counts for more, and a mark for the most."""
    by_hand(
        path,
        "INSERT INTO raid_roles VALUES (2, 'healer', 1, 'Healer', '2️⃣', 1, '', '')",
        "DELETE FROM attendance WHERE raid = 2 AND member = 11",
        "INSERT INTO waits VALUES (2, 11, 'healer', 1, 1, 'reaction'),"
        " (2, 20, 'tank', 9, 1, 'reaction'), (2, 20, 'healer', 3, 1, 'reaction')",
        "INSERT INTO attendance VALUES (2, 30, 'tank', 'called off', NULL, NULL), (2, 31, 'tank', 'excused', 2, 5)",
        "UPDATE raids SET status = 'cancelled', cancelled_reason = 'manual', not_held = 1 WHERE id = 1",
        "INSERT INTO attendance VALUES (1, 12, 'tank', 'signed', NULL, NULL)",
    )

    migrate(path)

    assert found(path, "SELECT raid, member, role, presence, marked_by FROM attendance") == [
        (1, 12, "tank", "present", None),
        (2, 11, "tank", "present", None),
        (2, 12, "tank", "no-show", 2),
        (2, 20, "healer", "benched", None),
        (2, 30, "tank", "called off", None),
        (2, 31, "tank", "excused", 2),
    ]
