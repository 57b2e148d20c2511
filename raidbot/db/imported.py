"""Records of the import from the Node.js bot: imported raids, unmapped rows and opening balances."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from raidbot.db.timestamps import instant, seconds, seconds_or_none
from raidbot.raids.model import GuildId, MemberId, RaidId


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A member's totals in a guild from before the import, without the raids that were imported.

    A statistic is this balance plus the `attendance` of closed raids that count, including imported ones.
    `roles` and `templates` are counts by the old bot's names, `weekdays` are counts by day (0 is Sunday).
    """

    guild: GuildId
    member: MemberId
    raids: int = 0
    no_shows: int = 0
    roles: Mapping[str, int] = field(default_factory=dict)
    templates: Mapping[str, int] = field(default_factory=dict)
    weekdays: Mapping[str, int] = field(default_factory=dict)
    last_raid_at: datetime | None = None


def note(tx: sqlite3.Connection, raid: RaidId, *, compared: bool) -> None:
    """Record that the raid was imported. `compared` is True if the reactions on its board no longer matter."""
    tx.execute("INSERT INTO moved_in (raid, compared) VALUES (?, ?)", (raid, int(compared)))


def uncompared(connection: sqlite3.Connection) -> set[RaidId]:
    """Return imported raids whose boards were not read in full since the import."""
    return {RaidId(raid) for (raid,) in connection.execute("SELECT raid FROM moved_in WHERE compared = 0").fetchall()}


def is_uncompared(connection: sqlite3.Connection, raid: RaidId) -> bool:
    found = connection.execute("SELECT 1 FROM moved_in WHERE raid = ? AND compared = 0", (raid,))
    return found.fetchone() is not None


def note_compared(tx: sqlite3.Connection, raid: RaidId) -> None:
    tx.execute("UPDATE moved_in SET compared = 1 WHERE raid = ?", (raid,))


def keep(tx: sqlite3.Connection, *, source: str, key: str, guild: int | None, payload: str) -> bool:
    """Keep an unmapped row for later; return False if it was kept before."""
    cursor = tx.execute(
        "INSERT OR IGNORE INTO moved_rows (source, key, guild, payload) VALUES (?, ?, ?, ?)",
        (source, key, guild, payload),
    )
    return cursor.rowcount == 1


def waiting(connection: sqlite3.Connection, source: str) -> list[str]:
    """Return the keys of the kept rows of an old table that nothing was made of yet, in order of keys.

    Damaged rows that could not be settled are left out.
    """
    rows = connection.execute(
        "SELECT key FROM moved_rows WHERE source = ? AND fate IS NULL AND typeof(key) = 'text'"
        " AND typeof(guild) IN ('integer', 'null') ORDER BY key",
        (source,),
    ).fetchall()
    return [key for (key,) in rows]


def waiting_row(connection: sqlite3.Connection, source: str, key: str) -> str | None:
    """Return the payload of a kept row that nothing was made of yet."""
    row = connection.execute(
        "SELECT payload FROM moved_rows WHERE source = ? AND key = ? AND fate IS NULL", (source, key)
    ).fetchone()
    return None if row is None else row[0]


def settle(tx: sqlite3.Connection, source: str, key: str, *, fate: str, used: bool) -> None:
    """Record what became of a kept row, once and for all; the content of a `used` one is elsewhere now."""
    tx.execute(
        "UPDATE moved_rows SET fate = ?, payload = iif(?, '{}', payload) WHERE source = ? AND key = ?",
        (fate, used, source, key),
    )


def raid_of_message(connection: sqlite3.Connection, guild: GuildId, message: int) -> tuple[RaidId, datetime] | None:
    """Return the guild's raid with this board, and its start."""
    row = connection.execute(
        "SELECT id, starts_at FROM raids WHERE message = ? AND guild = ?", (message, guild)
    ).fetchone()
    return None if row is None else (RaidId(row[0]), instant(row[1]))


def raids_ahead(
    connection: sqlite3.Connection, guild: GuildId, template: str, *, after: datetime
) -> list[tuple[RaidId, datetime]]:
    """Return the guild's raids of a template that start later, with their starts, without those of a series."""
    rows = connection.execute(
        "SELECT id, starts_at FROM raids WHERE guild = ? AND template = ? AND starts_at > ? AND series IS NULL"
        " AND status IN ('posting', 'open', 'closed') ORDER BY starts_at",
        (guild, template, seconds(after)),
    ).fetchall()
    return [(RaidId(raid), instant(starts_at)) for raid, starts_at in rows]


def series_names(connection: sqlite3.Connection, guild: GuildId) -> list[str]:
    return [str(name) for (name,) in connection.execute("SELECT name FROM series WHERE guild = ?", (guild,)).fetchall()]


def give_to_series(tx: sqlite3.Connection, raid: RaidId, series: int) -> None:
    tx.execute("UPDATE raids SET series = ? WHERE id = ?", (series, raid))


def open_balance(tx: sqlite3.Connection, balance: Balance) -> bool:
    """Write a member's opening balance; return False if there was one already."""
    counts = (balance.roles, balance.templates, balance.weekdays)
    cursor = tx.execute(
        "INSERT OR IGNORE INTO opening_balances"
        " (guild, member, raids, no_shows, roles, templates, weekdays, last_raid_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            balance.guild,
            balance.member,
            balance.raids,
            balance.no_shows,
            *(json.dumps(dict(count), ensure_ascii=False) for count in counts),
            seconds_or_none(balance.last_raid_at),
        ),
    )
    return cursor.rowcount == 1


def has_balance(connection: sqlite3.Connection, guild: GuildId, member: MemberId) -> bool:
    found = connection.execute("SELECT 1 FROM opening_balances WHERE guild = ? AND member = ?", (guild, member))
    return found.fetchone() is not None
