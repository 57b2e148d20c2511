"""Pictures of raids: as cells of raids, and the files that are uploaded with boards."""

import json
import sqlite3
from datetime import datetime

from raidbot.db.cells import UnreadableCellError, from_json, shown
from raidbot.db.timestamps import seconds
from raidbot.raids.model import GuildId, Picture


def written(picture: Picture | None) -> str | None:
    if picture is None:
        return None
    return json.dumps([picture.url, picture.stored, picture.is_large, picture.text], ensure_ascii=False)


def read(stored: object) -> Picture:
    """Return the picture. Raises UnreadableCellError."""
    match from_json(stored):
        case [str(url), None, bool(is_large), str(text)]:
            return Picture(url=url, is_large=is_large, text=text)
        case [None, int(file), bool(is_large), str(text)]:
            return Picture(stored=file, is_large=is_large, text=text)
    raise UnreadableCellError(f"{shown(stored)} is no picture")


def add(tx: sqlite3.Connection, guild: GuildId, name: str, content: bytes, now: datetime) -> int:
    """Store a file and return its id."""
    cursor = tx.execute(
        "INSERT INTO pictures (guild, name, content, created_at) VALUES (?, ?, ?, ?)",
        (guild, name, content, seconds(now)),
    )
    assert cursor.lastrowid is not None  # noqa: S101
    return cursor.lastrowid


def load(connection: sqlite3.Connection, picture: int) -> tuple[str, bytes] | None:
    """Return the name and the content of a stored file, or None if it is gone."""
    row = connection.execute("SELECT name, content FROM pictures WHERE id = ?", (picture,)).fetchone()
    return row if row is not None and isinstance(row[0], str) and isinstance(row[1], bytes) else None
