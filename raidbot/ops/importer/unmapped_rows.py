"""Keep rows that nothing here uses yet, for later features."""

import json
import math
import sqlite3
from pathlib import Path
from typing import Any

from raidbot.db import imported
from raidbot.ops.importer import columns
from raidbot.ops.importer.columns import Unusable
from raidbot.ops.importer.legacy_database import LegacyDatabase, Row
from raidbot.ops.importer.report import Report, RowNotes

_PURPOSES = {
    "availability": "weekly availability",
    "polls": "polls",
    "poll_votes": "polls",
    "user_stats": "nobody: these are sums over all servers, and each server’s own are taken",
}
ANALYTICS = "analytics.json"


def keep(source: LegacyDatabase, tx: sqlite3.Connection, table: str, row: Row, notes: RowNotes) -> None:
    """Store the whole row; a row stored by an earlier import stays as it was."""
    payload = json.dumps({name: _plain(cell) for name, cell in row.items() if name != "#"}, ensure_ascii=False)
    if imported.keep(tx, source=table, key=source.name(table, row), guild=_guild(row), payload=payload):
        notes.kept()
    else:
        notes.unchanged()


def keep_rest(source: LegacyDatabase, tx: sqlite3.Connection, report: Report, *, but: set[str]) -> None:
    """Store the rows of all tables except `but`."""
    for table in source.tables:
        if table in but:
            continue
        report.seen(table)
        for row in source.rows(table):
            keep(source, tx, table, row, report.row(table, source.name(table, row)))
        whom = _PURPOSES.get(table, "whatever may need them: the table is unknown")
        _note(report, table, report.tables[table].read, whom)


def keep_analytics(path: Path, tx: sqlite3.Connection, report: Report) -> None:
    """Store the old bot's weekly and monthly counts, one row per guild and one for all."""
    given = read_json(path)
    parts: dict[str, tuple[int | None, Any]] = {"global": (None, columns.mapping(given).get("global"))}
    for name, counts in columns.mapping(columns.mapping(given).get("guilds")).items():
        try:
            parts[f"guild {name}"] = (columns.snowflake(name), counts)
        except Unusable:
            parts[f"guild {name}"] = (None, counts)
    usable = 0
    for name, (guild, counts) in parts.items():
        notes = report.row(ANALYTICS, name)
        if not isinstance(counts, dict):
            notes.left("there is nothing in it")
            continue
        try:
            payload = json.dumps(_plain(counts))
        except RecursionError:
            notes.left("it is nested too deeply")
            continue
        usable += 1
        if imported.keep(tx, source=ANALYTICS, key=name, guild=guild, payload=payload):
            notes.kept()
        else:
            notes.unchanged()
    _note(report, ANALYTICS, usable, "statistics")


def _note(report: Report, table: str, number: int, whom: str) -> None:
    if number:
        report.note(table, "1 row" if number == 1 else f"{number} rows", f"kept in moved_rows for {whom}")


def read_json(path: Path) -> Any:
    """Return the file's JSON. Raises Unusable with the file's name."""
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise Unusable(f"{path} is no JSON.") from None


def _guild(row: Row) -> int | None:
    try:
        return columns.snowflake(row.get("guild_id"))
    except Unusable:
        return None


def _plain(cell: Any) -> Any:
    """Return the cell in a form that JSON can hold."""
    match cell:
        case bytes():
            return {"hex": cell.hex()}
        case float() if not math.isfinite(cell):
            return str(cell)
        case dict():
            return {_clean(str(name)): _plain(value) for name, value in cell.items()}
        case list():
            return [_plain(value) for value in cell]
        case str():
            return _clean(cell)
        case _:
            return cell


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
