"""What was taken over from the Node.js bot, beside the rows it became."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from raidbot.db.timestamps import seconds_or_none
from raidbot.raids.model import GuildId, MemberId, RaidId


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a member had done on a server before, as far as no raid that was taken over tells it.

    A statistic is this plus what `attendance` says: of raids whose signups are closed and that count, those among
    them that were taken over included. `roles` and `templates` are counts by the names the old bot used, `weekdays`
    by day (0 is Sunday).
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
    """The raid was taken over; `compared` if nothing depends on the reactions on its board any more."""
    tx.execute("INSERT INTO moved_in (raid, compared) VALUES (?, ?)", (raid, int(compared)))


def uncompared(connection: sqlite3.Connection) -> set[RaidId]:
    """Raids taken over whose boards were not read in full since."""
    return {RaidId(raid) for (raid,) in connection.execute("SELECT raid FROM moved_in WHERE compared = 0").fetchall()}


def is_uncompared(connection: sqlite3.Connection, raid: RaidId) -> bool:
    found = connection.execute("SELECT 1 FROM moved_in WHERE raid = ? AND compared = 0", (raid,))
    return found.fetchone() is not None


def note_compared(tx: sqlite3.Connection, raid: RaidId) -> None:
    tx.execute("UPDATE moved_in SET compared = 1 WHERE raid = ?", (raid,))


def keep(tx: sqlite3.Connection, *, source: str, key: str, guild: int | None, payload: str) -> bool:
    """Keep a row for later; False if it was kept before."""
    cursor = tx.execute(
        "INSERT OR IGNORE INTO moved_rows (source, key, guild, payload) VALUES (?, ?, ?, ?)",
        (source, key, guild, payload),
    )
    return cursor.rowcount == 1


def open_balance(tx: sqlite3.Connection, balance: Balance) -> bool:
    """Write a member's opening balance; False if there was one before."""
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
