"""Files that are cut short, changed or made up are refused in a sentence, and nothing of them is stored."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raidbot.ops.backups.server_export import export_server
from raidbot.ops.backups.server_file import WrongServerFile
from raidbot.ops.backups.server_import import import_server
from tests.db.next_release_database import migrate
from tests.ops.backups import databases
from tests.raids.builders import GUILD

Lines = list[dict[str, object]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("whole")
    databases.put_filled(folder / "old.db")
    migrate(folder / "old.db")
    return export_server(GUILD, folder / "old.db", folder / "server.jsonl").path.read_bytes()


def refused(content: bytes, folder: Path) -> str:
    """Return why the file is refused, after checking that nothing of it is stored beside another server."""
    path, database = folder / "server.jsonl", folder / "new.db"
    path.write_bytes(content)
    with pytest.raises(WrongServerFile) as error:
        import_server(path, database)
    if database.exists():
        assert not any(found for table, found in databases.rows(database).items() if table != "facts")
    return str(error.value).removeprefix(f"{path} ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not a file that `raidbot export-server` wrote."),
        (b"\x00\xff" * 100, "is not a file that `raidbot export-server` wrote."),
        (b"SQLite format 3\x00", "is not a file that `raidbot export-server` wrote."),
        (b"[" * 100_000, "is not a file that `raidbot export-server` wrote."),
        (b"null\n", "cannot be imported: line 1 is not a row."),
        (b'{"format": "raidbot server", "version": 1}\n', "is not a file that `raidbot export-server` wrote."),
        (b"1" * 16_000_002, "cannot be imported: line 1 is too long."),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    assert refused(content, tmp_path) == said


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(WrongServerFile, match="cannot be read: No such file or directory"):
        import_server(tmp_path / "none", tmp_path / "new.db")


@pytest.mark.parametrize("part", [0.01, 0.3, 0.5, 0.9, 0.999])
def test_a_file_that_is_cut_short_is_refused(tmp_path: Path, whole: bytes, part: float) -> None:
    assert "cut short" in refused(whole[: int(len(whole) * part)], tmp_path) or part == 0.01


def test_a_file_without_its_last_line_or_a_row_is_refused(tmp_path: Path, whole: bytes) -> None:
    lines = whole.splitlines(keepends=True)

    assert "is cut short after line" in refused(b"".join(lines[:-1]), tmp_path)
    assert "but says that it has" in refused(b"".join([*lines[:-2], lines[-1]]), tmp_path)
    assert "comes after the end" in refused(whole + lines[1], tmp_path)


def _header(**changed: object) -> Callable[[Lines], None]:
    return lambda lines: lines[0].update(changed)


def _row(table: str, **changed: object) -> Callable[[Lines], None]:
    def change(lines: Lines) -> None:
        row = next(line["row"] for line in lines if line.get("table") == table)
        assert isinstance(row, dict)
        row.update(changed)

    return change


def _rename(lines: Lines) -> None:
    lines[1]["table"] = "sqlite_schema"


def _drop_a_column(lines: Lines) -> None:
    row = lines[1]["row"]
    assert isinstance(row, dict)
    row.popitem()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_header(version=2), "was written by a newer RaidBot"),
        (_header(schema=9999), "was written by a newer RaidBot (version 9999"),
        (_header(schema=0), "was written by a newer RaidBot"),
        (_header(guild=0), "names no server"),
        (_header(guild=2**70), "names no server"),
        (_header(guild="1"), "is not a file that"),
        (_header(guild=77), "has no rows of server 77."),
        (_rename, "line 2 is not a row of a table that servers have."),
        (_drop_a_column, "line 2 is not a row of a table that servers have."),
        (_row("raids", admin=1), "is not a row of a table that servers have."),
        (_row("raids", starts_at="soon"), "is not a row that raids can have"),
        (_row("raids", status="eternal"), "is not a row that raids can have"),
        (_row("raids", title=None), "is not a row that raids can have"),
        (_row("raids", title="\ud800"), "is not a row that raids can have"),
        (_row("raids", colour=2**80), "is not a row that raids can have"),
        (_row("raids", length_minutes=1.5), "neither text nor a whole number"),
        (_row("raids", hold=True), "neither text nor a whole number"),
        (_row("raids", title=["a"]), "neither text nor a whole number"),
        (_row("raids", guild=77), "that are not of server"),
        (_row("audit", guild=77), "has 1 rows that are not of server"),
        (_row("joint_reminders", raid=987_654), "has 1 rows that are not of server"),
        (_row("raid_roles", key="nobody's"), "has rows that refer to others it does not have"),
        (_row("audit", raid=-5), "it does not fit beside the other servers (audit.raid"),
        (_row("audit", id=2**62), "it does not fit beside the other servers (audit.id"),
        (
            _row("announcements", owner_kind="raid", owner="1; DROP TABLE raids"),
            "does not fit beside the other servers (announcements.own",
        ),
        (_row("outbox", payload="no JSON"), "is not a row that outbox can have"),
    ],
)
def test_a_file_that_was_changed_is_refused(
    tmp_path: Path, whole: bytes, change: Callable[[Lines], None], said: str
) -> None:
    lines: Lines = [json.loads(line) for line in whole.splitlines()]
    change(lines)

    assert said in refused("\n".join(map(json.dumps, lines)).encode(), tmp_path)


@settings(max_examples=30)
@given(st.data())
def test_any_byte_may_be_wrong(whole: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """It is refused in a sentence, or only a value differs."""
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:place] + bytes([data.draw(st.integers(0, 255))]) + whole[place + 1 :]
    folder = tmp_path_factory.mktemp("any")
    (folder / "server.jsonl").write_bytes(changed)

    try:
        import_server(folder / "server.jsonl", folder / "new.db")
    except WrongServerFile:
        assert not (folder / "new.db").exists() or not databases.rows(folder / "new.db")["raids"]
