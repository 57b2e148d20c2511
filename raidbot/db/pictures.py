"""Pictures of raids: as cells of raids, and the files that are uploaded with boards."""

import json
import sqlite3
from datetime import datetime

from raidbot.db.cells import UnreadableCellError, from_json, shown
from raidbot.db.timestamps import seconds
from raidbot.raids.model import GuildId, Picture
from raidbot.raids.pictures.files import FILE_TYPES, MAX_STORED_BYTES, NoRoomForPictures, file_type_of


def written(picture: Picture | None) -> str | None:
    if picture is None:
        return None
    parts = [picture.url, picture.stored, picture.file_type, picture.is_large, picture.text]
    return json.dumps(parts, ensure_ascii=False)


def read(stored: object) -> Picture:
    """Return the picture. Raises UnreadableCellError."""
    match from_json(stored):
        case [str(url), None, "", bool(is_large), str(text)]:
            return Picture(url=url, is_large=is_large, text=text)
        case [None, int(file), str(file_type), bool(is_large), str(text)] if file_type in FILE_TYPES:
            return Picture(stored=file, file_type=file_type, is_large=is_large, text=text)
    raise UnreadableCellError(f"{shown(stored)} is no picture")


def add(tx: sqlite3.Connection, guild: GuildId, content: bytes, now: datetime) -> Picture:
    """Store a file and return the picture of it. Raises NotAPicture, TooLargePicture or NoRoomForPictures."""
    file_type = file_type_of(content)
    (stored,) = tx.execute(
        "SELECT coalesce(sum(length(content)), 0) FROM pictures WHERE guild = ?", (guild,)
    ).fetchone()
    if stored + len(content) > MAX_STORED_BYTES:
        raise NoRoomForPictures
    cursor = tx.execute(
        "INSERT INTO pictures (guild, name, content, created_at) VALUES (?, ?, ?, ?)",
        (guild, f"picture.{file_type}", content, seconds(now)),
    )
    return Picture(stored=cursor.lastrowid, file_type=file_type)


def load(connection: sqlite3.Connection, guild: GuildId, picture: int) -> bytes | None:
    """Return the content of a file that the guild stored, or None if it is gone."""
    row = connection.execute("SELECT content FROM pictures WHERE id = ? AND guild = ?", (picture, guild)).fetchone()
    return row[0] if row is not None and isinstance(row[0], bytes) else None


def has(connection: sqlite3.Connection, guild: GuildId, picture: int) -> bool:
    return (
        connection.execute("SELECT 1 FROM pictures WHERE id = ? AND guild = ?", (picture, guild)).fetchone() is not None
    )


def touch(tx: sqlite3.Connection, guild: GuildId, picture: int, now: datetime) -> None:
    """Keep the file as long as a new one: a draft or an undo may need it again."""
    tx.execute("UPDATE pictures SET created_at = ? WHERE id = ? AND guild = ?", (seconds(now), picture, guild))


def unused(
    connection: sqlite3.Connection, *, after: int, before: datetime, started_before: datetime, window: int
) -> tuple[list[int], int | None]:
    """Return files stored or touched before that instant that no raid needs, and the last looked at (None: no more).

    Looks at `window` files behind the id `after`. A raid needs its file until `started_before` is behind its start.
    """
    rows = connection.execute(
        "SELECT id, created_at < :before AND NOT EXISTS (SELECT 1 FROM raids WHERE picture IS NOT NULL"
        " AND CASE WHEN json_valid(picture) THEN json_extract(picture, '$[1]') END = pictures.id"  # as `raids_by_file`
        " AND starts_at >= :started) FROM pictures WHERE id > :after ORDER BY id LIMIT :window",
        {"before": seconds(before), "started": seconds(started_before), "after": after, "window": window},
    ).fetchall()
    return [one for one, is_unused in rows if is_unused], rows[-1][0] if len(rows) == window else None


def delete(tx: sqlite3.Connection, files: list[int], *, before: datetime) -> None:
    """Delete these files, but for those that were touched since."""
    tx.executemany("DELETE FROM pictures WHERE id = ? AND created_at < ?", [(one, seconds(before)) for one in files])
