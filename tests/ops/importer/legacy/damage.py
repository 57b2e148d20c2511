"""Break cells of an old database as crashes, manual edits and older releases did."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from random import Random

from tests.ops.importer.legacy.model import OldBot, OldGuild, OldRaid

BROKEN_VALUES: tuple[tuple[str, str, str], ...] = (
    ("raids", "template_data", "'{\"name\": '"),
    ("raids", "type", "'dungeon'"),
    ("raids", "type", "x'00ff'"),
    ("raids", "guild_id", "NULL"),
    ("raids", "guild_id", "'home'"),
    ("raids", "channel_id", "-4"),
    ("raids", "creator_id", "CAST(x'ff31' AS TEXT)"),
    ("raids", "raid_id", "NULL"),
    ("raids", "created_at", "'long ago'"),
    ("raids", "timestamp", "9999999999999999999"),
    ("raids", "timestamp", "'soon'"),
    ("raids", "closed_at", "x'01'"),
    ("signups", "user_id", "NULL"),
    ("signups", "user_id", "'nobody'"),
    ("signups", "user_id", "x'0102'"),
    ("signups", "role_emoji", "CAST(x'ff' AS TEXT)"),
    ("museum_waitlist", "user_id", "'1e99'"),
    ("guilds", "creator_reminder_seconds", "-1"),
    ("guilds", "participant_reminder_seconds", "'often'"),
    ("guilds", "raid_channel_id", "'general'"),
    ("guilds", "thread_auto_archive_minutes", "5"),
    ("guilds", "default_timezone", "'Mars/Base'"),
    ("signup_roles", "role_id", "'helpers'"),
    ("admin_roles", "role_id", "NULL"),
    ("command_permissions", "role_id", "x'00'"),
    ("custom_templates", "role_groups", "'[{'"),
    ("guild_user_stats", "total_raids", "'many'"),
    ("guild_user_stats", "role_counts", "'{'"),
)


_WHERE_IT_MATTERS = {"raids": "type = 'raid'", "guilds": "id NOT LIKE '%:%'", "signups": "role_name <> 'Museum'"}
_KEYS = {
    "raids": ("message_id",),
    "guild_user_stats": ("guild_id", "user_id"),
    "signup_roles": ("guild_id", "role_id"),
    "admin_roles": ("guild_id", "role_id"),
    "command_permissions": ("guild_id", "command_name", "role_id"),
}


@dataclass(frozen=True, slots=True)
class BrokenCell:
    """A broken cell; `key` holds the other cells that identify its row."""

    table: str
    column: str
    number: int
    key: tuple[str, ...]
    raid: str | None
    guild: str | None

    def is_named_by(self, row: str) -> bool:
        """Return True if `row`, as a report names it, is the row of this cell."""
        words = row.replace(",", " ").split()
        return row == f"row {self.number}" or all(word in words for word in self.key)


def break_cells(connection: sqlite3.Connection, rng: Random, number: int) -> list[BrokenCell]:
    """Break up to `number` cells, each in a row of its own, and return them."""
    broken: dict[tuple[str, int], BrokenCell] = {}
    for table, column, value in rng.choices(BROKEN_VALUES, k=number):
        found = _pick(connection, rng, table, {number for name, number in broken if name == table})
        if found is None:
            continue
        told = _broken(connection, table, column, found)
        query = f"UPDATE OR IGNORE {table} SET {column} = {value} WHERE rowid = ?"  # noqa: S608 - trusted names
        if connection.execute(query, (found,)).rowcount:
            broken[table, found] = told
    connection.commit()
    return list(broken.values())


def _pick(connection: sqlite3.Connection, rng: Random, table: str, taken: set[int]) -> int | None:
    known = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()}
    wanted = _WHERE_IT_MATTERS.get(table, "1")
    if table not in known:
        return None
    found = connection.execute(f"SELECT rowid FROM {table} WHERE {wanted} ORDER BY rowid").fetchall()  # noqa: S608
    free = [number for (number,) in found if number not in taken]
    return rng.choice(free) if free else None


def _broken(connection: sqlite3.Connection, table: str, column: str, number: int) -> BrokenCell:
    cursor = connection.execute(f"SELECT * FROM {table} WHERE rowid = ?", (number,))  # noqa: S608
    row = dict(zip([name for name, *_ in cursor.description], cursor.fetchone(), strict=True))
    key = tuple(str(row[name]) for name in _KEYS.get(table, ("id",)) if name != column)
    guild = row["id"] if table == "guilds" else row.get("guild_id")
    return BrokenCell(table, column, number, key, row.get("message_id"), guild)


def undamaged_guilds(bot: OldBot, broken: Collection[BrokenCell]) -> list[OldGuild]:
    """Return the guilds whose settings must be imported unchanged."""
    tables = ("guilds", "signup_roles", "admin_roles", "command_permissions")
    touched = {one.guild for one in broken if one.table in tables}
    return [guild for guild in bot.guilds if not touched & {str(guild.id), f"{guild.id}:museum"}]


def undamaged_raids(bot: OldBot, broken: Collection[BrokenCell]) -> list[OldRaid]:
    """Return the raids that must be imported unchanged."""
    raids = {one.raid for one in broken}
    zones = {one.guild for one in broken if one.column == "default_timezone"}
    return [raid for raid in bot.raids if str(raid.message) not in raids and str(raid.guild) not in zones]
