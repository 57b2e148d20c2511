"""A server moves to another database with all of its rows."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from raidbot.db import database, pictures, process_lock
from raidbot.db.errors import UnusableDatabase
from raidbot.db.unreadable import unreadable_rows
from raidbot.ops.backups import server_file
from raidbot.ops.backups.backup import BackupFailed, WrongTarget
from raidbot.ops.backups.renumbering import Numbers
from raidbot.ops.backups.server_export import NoSuchServer, export_server
from raidbot.ops.backups.server_import import ServerIsThere, import_server
from raidbot.ops.backups.server_tables import LEFT_OUT, ServerTable, tables
from raidbot.raids.drafts import Draft
from raidbot.raids.model import Picture
from tests.db.next_release_database import migrate
from tests.ops.backups import databases
from tests.raids.builders import GUILD

OTHER = 4_242
OUTBOX = ServerTable(name="outbox", columns=("dedupe", "payload", "entries"), link="guild", numbered=False)
KEYS = {
    "raid:7:v3:joined:555": "raid:107:v3:joined:555",
    "raid:7:thread-intro": "raid:107:thread-intro",
    "raid:7:v3:timechanged:unreached:7:555": "raid:107:v3:timechanged:unreached:107:555",
    "reaction:7:tank:role": "reaction:107:tank:role",
    "refusal:7:RaidClosed:99:555": "refusal:107:RaidClosed:99:555",
    "set aside:7:1700000000:555": "set aside:107:1700000000:555",
    "series:7:1700000000:555": "series:207:1700000000:555",
    "outbox:7:0": "outbox:307:0",
    "owed_to_audit:7": "owed_to_audit:407",
    "owed_to_live:7": "owed_to_live:407",
    "snooze:7:555": "snooze:7:555",
}
"""Keys of messages, and what they become."""
PAYLOAD = (
    '{"content": "raid:7: ä", "reminds": [[7, 2], [8, 0]], "buttons": [{"address": "reply:7:out"},'
    ' {"address": "reply:7:sub:1:yes"}, {"address": "reply:7:snooze:2:8:0"}, {"address": "https://discord.com/7"}],'
    ' "menu": {"address": "reply:7:spec:1"}}'
)
MOVED_PAYLOAD = (
    '{"content": "raid:7: ä", "reminds": [[107, 2], [108, 0]], "buttons": [{"address": "reply:107:out"},'
    ' {"address": "reply:107:sub:1:yes"}, {"address": "reply:107:snooze:2:108:0"},'
    ' {"address": "https://discord.com/7"}], "menu": {"address": "reply:107:spec:1"}}'
)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    databases.put_filled(path)
    migrate(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO absences VALUES (?, 1)", (GUILD,))
    return path


@pytest.fixture
def file(tmp_path: Path, old: Path) -> Path:
    return export_server(GUILD, old, tmp_path / "server.jsonl").path


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return tmp_path / "new host" / "new.db"


def rows(path: Path, guild: int = GUILD) -> dict[str, databases.Rows]:
    """Return the rows of one server."""
    with closing(sqlite3.connect(path)) as connection:
        return {table.name: sorted(table.rows(connection, guild), key=repr) for table in tables(connection)}


def belong_to_another(path: Path) -> None:
    """Make the server of this database another one, with other messages."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in tables(connection):
            column = "id" if table.name == "guilds" else "guild"
            if column == "id" or "guild" in table.columns:
                _give(connection, table.name, column)
        connection.execute("UPDATE raids SET message = message + 100000, thread = thread + 100000")


def _give(connection: sqlite3.Connection, table: str, column: str) -> None:
    queries = connection.execute(
        """SELECT printf('UPDATE "%w" SET "%w" = ? WHERE "%w" = ?', ?, ?, ?)""", (table, column, column)
    ).fetchone()
    connection.execute(queries[0], (OTHER, GUILD))


def test_a_round_trip_gives_equal_rows(old: Path, file: Path, new: Path) -> None:
    done = import_server(file, new)

    assert rows(new) == rows(old)
    assert all(rows(new).values())
    assert done.rows == sum(map(len, rows(old).values()))
    assert (done.renumbered, list(done.unreadable)) == (False, [])
    assert not any(databases.rows(new).get(name) for name in LEFT_OUT if name != "facts")


def test_numbers_go_on_where_the_old_database_was(file: Path, new: Path) -> None:
    import_server(file, new)

    with closing(sqlite3.connect(new)) as connection:
        given = dict(connection.execute("SELECT name, seq FROM sqlite_sequence"))
        assert given["raids"] >= connection.execute("SELECT max(id) FROM raids").fetchone()[0]
        assert given["outbox"] >= connection.execute("SELECT max(id) FROM outbox").fetchone()[0]


def test_only_its_owner_may_read_the_file(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600


def test_beside_another_server_everything_gets_new_numbers(old: Path, file: Path, new: Path) -> None:
    databases.put_filled(new)
    migrate(new)
    belong_to_another(new)
    before = rows(new, OTHER)

    done = import_server(file, new)

    assert done.renumbered
    assert rows(new, OTHER) == before
    assert {table: len(found) for table, found in rows(new).items()} == {
        table: len(found) for table, found in rows(old).items()
    }
    assert _with_numbers_of(old, new) == rows(old)
    with closing(sqlite3.connect(new)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert [row for row in unreadable_rows(connection) if row.guild == GUILD] == []


def _with_numbers_of(old: Path, new: Path) -> dict[str, databases.Rows]:
    """Return the server's rows in `new` with the numbers that they had in `old`."""
    found: dict[str, databases.Rows] = {}
    with closing(sqlite3.connect(old)) as before, closing(sqlite3.connect(new)) as after:
        known = tables(after)
        numbers = Numbers(
            {table.name: _first(before, table) - _first(after, table) for table in known if table.numbered}
        )
        for table in known:
            assert not table.numbered or _first(before, table) < _first(after, table)
            moved = [numbers.row(table, table.row(values) or {}) for values in table.rows(after, GUILD)]
            if table.name == "moved_rows":  # each Node.js bot counts from one
                moved = [row | {"key": str(row["key"]).removesuffix(f" of {GUILD}")} for row in moved]
            found[table.name] = sorted((tuple(row.values()) for row in moved), key=repr)
    return found


def _first(connection: sqlite3.Connection, table: ServerTable) -> int:
    return min(number for number, *_ in table.rows(connection, GUILD) if isinstance(number, int))


def test_keys_buttons_and_payloads_get_the_new_numbers() -> None:
    numbers = Numbers({"raids": 100, "series": 200, "outbox": 300, "audit": 400})

    assert [numbers.key(key) for key in KEYS] == list(KEYS.values())
    assert numbers.row(OUTBOX, {"dedupe": "reaction:7:tank:role", "payload": PAYLOAD, "entries": '{"a": [1, 2]}'}) == {
        "dedupe": "reaction:107:tank:role",
        "payload": MOVED_PAYLOAD,
        "entries": '{"a": [401, 402]}',
    }
    drafts = ServerTable(name="drafts", columns=("payload",), link="guild", numbered=False)
    assert numbers.row(drafts, {"payload": '{"kind": "series", "editing": 7}'}) == {
        "payload": '{"kind": "series", "editing": 207}'
    }


def test_a_picture_s_file_does_not_move_and_an_address_does() -> None:
    numbers, raids = Numbers({}), ServerTable(name="raids", columns=("picture",), link="guild", numbered=False)
    address = pictures.written(Picture(url="https://example.org/map.png"))

    assert numbers.row(raids, {"picture": pictures.written(Picture(stored=7, file_type="png"))}) == {"picture": None}
    assert numbers.row(raids, {"picture": address}) == {"picture": address}
    assert numbers.row(raids, {"picture": None}) == {"picture": None}


def test_no_file_of_a_picture_is_left_in_what_can_be_undone_or_confirmed() -> None:
    numbers, file = Numbers({}), Picture(stored=7, file_type="png")
    undo, drafts = [ServerTable(name=name, columns=(), link="guild", numbered=False) for name in ("undo", "drafts")]
    was, became = [json.dumps({"title": "T", "picture": one}) for one in (pictures.written(file), None)]
    with_address = json.dumps(Draft(picture=Picture(url="https://example.org/map.png")).to_json())

    assert numbers.row(undo, {"before": was, "after": "torn"}) == {"before": became, "after": "torn"}
    assert numbers.row(drafts, {"payload": json.dumps(Draft(picture=file).to_json())}) == {
        "payload": json.dumps(Draft().to_json())
    }
    assert numbers.row(drafts, {"payload": with_address}) == {"payload": with_address}


@pytest.mark.parametrize(
    "damaged",
    ["no JSON", "[]", '{"reminds": [1]}', '{"buttons": [{}]}', '{"buttons": [{"address": 5}]}', '{"reminds": [["x"]]}'],
)
def test_what_the_bot_cannot_read_stays_as_it_is(damaged: str) -> None:
    numbers = Numbers({"raids": 100, "outbox": 300, "audit": 400, "series": 200})

    assert numbers.row(OUTBOX, {"dedupe": "x", "payload": damaged, "entries": None})["payload"] == damaged


def test_a_server_that_is_there_is_not_overwritten(file: Path, new: Path) -> None:
    import_server(file, new)
    before = databases.rows(new)

    with pytest.raises(ServerIsThere, match=f"has server {GUILD} already"):
        import_server(file, new)

    assert databases.rows(new) == before


def test_the_bot_must_be_stopped_for_an_import_only(old: Path, file: Path, new: Path) -> None:
    new.parent.mkdir()
    with closing(process_lock.claim(new)), pytest.raises(UnusableDatabase, match="Another RaidBot already runs"):
        import_server(file, new)
    assert not new.exists()

    with database.exclusive(old) as running:
        running.execute("BEGIN IMMEDIATE")
        export_server(GUILD, old, file.with_name("meanwhile.jsonl"))


def test_what_cannot_be_exported_is_said(old: Path, file: Path, tmp_path: Path) -> None:
    with pytest.raises(NoSuchServer, match="nothing about a server 12345"):
        export_server(12345, old, tmp_path / "none.jsonl")
    with pytest.raises(WrongTarget, match="no export replaces a file"):
        export_server(GUILD, old, file)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WrongTarget, match="no export replaces a file"):
        export_server(GUILD, old, link)
    with pytest.raises(WrongTarget, match="There is no folder"):
        export_server(GUILD, old, tmp_path / "nowhere" / "file.jsonl")
    with pytest.raises(UnusableDatabase, match="There is no database"):
        export_server(GUILD, tmp_path / "nothing.db", tmp_path / "none.jsonl")
    with pytest.raises(UnusableDatabase, match=r"of version 9, and only version \d+ is exported"):
        export_server(GUILD, databases.OLD[0], tmp_path / "none.jsonl")

    assert sorted(path.name for path in tmp_path.glob("*.jsonl*")) == [file.name]


def test_on_a_full_disk_no_half_file_is_left(old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(BackupFailed, match="The disk is full, so nothing was exported"):
        export_server(GUILD, old, tmp_path / "server.jsonl")

    assert list(tmp_path.glob("*.jsonl*")) == []


def test_a_file_of_an_older_version_is_updated(new: Path, tmp_path: Path) -> None:
    """A file as the version before would have written it."""
    (old,) = (path for path in databases.OLD if path.stem == "version-15")
    file = tmp_path / "older.jsonl"
    with closing(sqlite3.connect(old)) as connection, file.open("wb") as stream:
        listed = (
            (table.name, table.row(values) or {})
            for table in tables(connection)
            for values in table.rows(connection, GUILD)
        )
        server_file.write(stream, server_file.Header(guild=GUILD, schema=15), listed)

    import_server(file, new)

    with closing(sqlite3.connect(old)) as connection:
        seats = connection.execute("SELECT *, NULL AS spec FROM seats ORDER BY raid, member").fetchall()
    assert rows(new)["seats"] == sorted(seats, key=repr)
