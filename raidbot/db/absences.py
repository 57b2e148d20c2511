"""Guilds that removed the bot, since when, and the deletion of what is known of them."""

import sqlite3
from datetime import datetime

from raidbot.db.raids import seconds
from raidbot.raids.model import GuildId, RaidId

_OF_A_RAID = (
    "DELETE FROM added_to_threads WHERE raid = ?",
    "DELETE FROM announcements WHERE owner_kind = 'raid' AND owner = CAST(? AS TEXT)",
    "DELETE FROM asks WHERE raid = ?",
    "DELETE FROM attendance WHERE raid = ?",
    "DELETE FROM drafts WHERE raid = ?",
    "DELETE FROM given_up WHERE raid = ?",
    "DELETE FROM joint_reminders WHERE raid = ?",
    "DELETE FROM marks WHERE raid = ?",
    "DELETE FROM moved_in WHERE raid = ?",
    "DELETE FROM old_reactions WHERE raid = ?",
    "DELETE FROM seats WHERE raid = ?",
    "DELETE FROM signup_texts WHERE raid = ?",
    "DELETE FROM undo WHERE raid = ?",
    "DELETE FROM unreached WHERE raid = ?",
    "DELETE FROM waits WHERE raid = ?",
    "DELETE FROM raid_roles WHERE raid = ?",
    "DELETE FROM raids WHERE id = ?",
)
"""Queries that delete a raid, in an order that foreign keys allow."""
_OF_A_GUILD = (
    "DELETE FROM activity_defaults WHERE guild = ?",
    "DELETE FROM admin_roles WHERE guild = ?",
    "DELETE FROM announcements WHERE guild = ?",
    "DELETE FROM calendar_feeds WHERE guild = ?",
    "DELETE FROM drafts WHERE guild = ?",
    "DELETE FROM forgetting WHERE guild = ?",
    "DELETE FROM grants WHERE guild = ?",
    "DELETE FROM guild_channels WHERE guild = ?",
    "DELETE FROM heard_reactions WHERE guild = ?",
    "DELETE FROM leaders WHERE guild = ?",
    "DELETE FROM members WHERE guild = ?",
    "DELETE FROM message_choices WHERE guild = ?",
    "DELETE FROM moved_rows WHERE guild = ?",
    "DELETE FROM opening_balances WHERE guild = ?",
    "DELETE FROM outbox WHERE guild = ?",
    "DELETE FROM pictures WHERE guild = ?",
    "DELETE FROM refused_forms WHERE guild = ?",
    "DELETE FROM series_changes WHERE series IN (SELECT id FROM series WHERE guild = ?)",
    "DELETE FROM series_dates_off WHERE guild = ?",
    "DELETE FROM series_occurrences WHERE series IN (SELECT id FROM series WHERE guild = ?)",
    "DELETE FROM series_standing WHERE series IN (SELECT id FROM series WHERE guild = ?)",
    "DELETE FROM series WHERE guild = ?",
    "DELETE FROM signup_roles WHERE guild = ?",
    "DELETE FROM silenced WHERE guild = ?",
    "DELETE FROM templates WHERE guild = ?",
    "DELETE FROM guilds WHERE id = ?",
    "DELETE FROM absences WHERE guild = ?",
)
"""Queries that delete a guild without raids and audit."""
PURGED_TABLES = frozenset({"audit", *(query.split()[2] for query in (*_OF_A_RAID, *_OF_A_GUILD))})


def is_absent(connection: sqlite3.Connection, guild: GuildId) -> bool:
    """Return True if the guild is known to have removed the bot."""
    return connection.execute("SELECT 1 FROM absences WHERE guild = ?", (guild,)).fetchone() is not None


def guilds(connection: sqlite3.Connection) -> set[GuildId]:
    """Return the guilds that removed the bot."""
    return {GuildId(guild) for (guild,) in connection.execute("SELECT guild FROM absences").fetchall()}


def before(connection: sqlite3.Connection, at: datetime) -> list[GuildId]:
    """Return guilds that removed the bot before that instant."""
    rows = connection.execute("SELECT guild FROM absences WHERE since < ? ORDER BY guild", (seconds(at),)).fetchall()
    return [GuildId(guild) for (guild,) in rows]


def note(tx: sqlite3.Connection, guild: GuildId, at: datetime) -> bool:
    """Note that the guild removed the bot; return False if that is known."""
    cursor = tx.execute(
        "INSERT INTO absences (guild, since) VALUES (?, ?) ON CONFLICT DO NOTHING", (guild, seconds(at))
    )
    return cursor.rowcount == 1


def note_long_gone(tx: sqlite3.Connection, guild: GuildId, since: datetime) -> None:
    """Note that the guild removed the bot so long ago that its data goes now."""
    tx.execute("INSERT OR REPLACE INTO absences (guild, since) VALUES (?, ?)", (guild, seconds(since)))


def end(tx: sqlite3.Connection, guild: GuildId) -> bool:
    """Note that the bot is in the guild; return False if it was not away."""
    return tx.execute("DELETE FROM absences WHERE guild = ?", (guild,)).rowcount == 1


def drop_messages(tx: sqlite3.Connection, guild: GuildId, now: datetime) -> int:
    """Let the unsent messages of the guild expire; return how many there were."""
    return tx.execute(
        "UPDATE outbox SET state = 'expired', done_at = ? WHERE state = 'pending' AND guild = ?", (seconds(now), guild)
    ).rowcount


def raids(connection: sqlite3.Connection, guild: GuildId, limit: int) -> list[RaidId]:
    """Return up to `limit` raids of the guild."""
    rows = connection.execute("SELECT id FROM raids WHERE guild = ? LIMIT ?", (guild, limit)).fetchall()
    return [RaidId(raid) for (raid,) in rows]


def delete_raid(tx: sqlite3.Connection, raid: RaidId) -> None:
    """Delete a raid with everything about it."""
    for query in _OF_A_RAID:
        tx.execute(query, (raid,))


def delete_audit(tx: sqlite3.Connection, guild: GuildId, limit: int) -> int:
    """Delete up to `limit` audit rows of the guild; return how many."""
    return tx.execute(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE guild = ? LIMIT ?)", (guild, limit)
    ).rowcount


def delete_guild(tx: sqlite3.Connection, guild: GuildId) -> None:
    """Delete what is left of a guild without raids and audit, and the note of its absence."""
    for query in _OF_A_GUILD:
        tx.execute(query, (guild,))
