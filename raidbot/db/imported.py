"""Records of the import from the Node.js bot: imported raids, unmapped rows and opening balances."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from raidbot.db.timestamps import seconds_or_none
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
