"""A server's last choices for each activity of /create, and how often it was used."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from raidbot.db.timestamps import seconds
from raidbot.raids.model import ChannelId, GuildId


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityDefaults:
    """The last choices for an activity; None where the usual was taken. `length_minutes` are minutes."""

    channel: ChannelId | None = None
    mention_role: int | None = None
    length_minutes: int | None = None


def note(tx: sqlite3.Connection, guild: GuildId, activity: str, chosen: ActivityDefaults, now: datetime) -> None:
    """Store the choices for the next time, and count the use."""
    tx.execute(
        "INSERT INTO activity_defaults (guild, activity, channel, mention_role, length_minutes, uses, used_at)"
        " VALUES (?, ?, ?, ?, ?, 1, ?) ON CONFLICT (guild, activity) DO UPDATE SET channel = excluded.channel,"
        " mention_role = excluded.mention_role, length_minutes = excluded.length_minutes, uses = uses + 1,"
        " used_at = excluded.used_at",
        (guild, activity, chosen.channel, chosen.mention_role, chosen.length_minutes, seconds(now)),
    )


def load(connection: sqlite3.Connection, guild: GuildId, activity: str) -> ActivityDefaults:
    """Return the last choices, or those of an activity that was never used."""
    row = connection.execute(
        "SELECT channel, mention_role, length_minutes FROM activity_defaults WHERE guild = ? AND activity = ?",
        (guild, activity),
    ).fetchone()
    if row is None or not all(value is None or isinstance(value, int) for value in row):
        return ActivityDefaults()
    channel, mention_role, length = row
    return ActivityDefaults(
        channel=None if channel is None else ChannelId(channel), mention_role=mention_role, length_minutes=length
    )


def uses(connection: sqlite3.Connection, guild: GuildId) -> dict[str, int]:
    """Return how often each activity was used."""
    rows = connection.execute("SELECT activity, uses FROM activity_defaults WHERE guild = ?", (guild,)).fetchall()
    return {activity: count for activity, count in rows if isinstance(activity, str) and isinstance(count, int)}
