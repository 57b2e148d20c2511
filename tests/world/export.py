"""The rows that figures are made of, as JSON lines: one object per row, with the name of its table as `table`."""

import json
import sqlite3
from collections.abc import Iterator

TABLES = {
    "guilds": ("id", "zone"),
    "members": ("guild", "member", "name"),
    "raids": (
        "id",
        "guild",
        "code",
        "kind",
        "template",
        "title",
        "subject",
        "counts",
        "status",
        "not_held",
        "starts_at",
        "length_minutes",
        "creator",
        "leader",
    ),
    "raid_roles": ("raid", "key", "position", "name", "seats"),
    "seats": ("raid", "member"),
    "attendance": ("raid", "member", "role", "presence"),
    "opening_balances": ("guild", "member", "raids", "no_shows", "roles", "templates", "weekdays", "last_raid_at"),
}


def export(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield a line for each row of each table, as it is stored."""
    for table, columns in TABLES.items():
        for row in connection.execute(" ".join(("SELECT", ", ".join(columns), "FROM", table))):
            yield json.dumps({"table": table, **dict(zip(columns, row, strict=True))})
