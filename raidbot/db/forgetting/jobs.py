"""Members who are being forgotten, those who were, and reactions of theirs that may still stand."""

import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from raidbot.db import guilds as guild_rows
from raidbot.db.forgetting import registered
from raidbot.db.forgetting.erasing import Whom
from raidbot.db.timestamps import seconds
from raidbot.raids.model import GuildId, MemberId, RaidId, RoleKey

UNCLEAN = "unclean pages"
"""A fact: members were forgotten, and pages of the file may still hold their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A line of the list of those who were forgotten: on which server, by their tag, and when (UTC, whole seconds)."""

    guild: GuildId
    tag: str
    at: int


def ask(tx: sqlite3.Connection, member: MemberId, guilds: Iterable[GuildId], *, now: datetime) -> None:
    """Note that the member is to be forgotten on these servers; if that is under way, once more after it."""
    again = "UPDATE forgetting SET asked_at = max(asked_at + 1, ?) WHERE guild = ? AND member = ?"
    for guild in guilds:
        if tx.execute(again, (seconds(now), guild, member)).rowcount == 0:
            _note(tx, member, [guild], seconds(now))


def _note(tx: sqlite3.Connection, member: int, guilds: Iterable[GuildId], at: int) -> None:
    tx.executemany(
        "INSERT INTO forgetting (guild, member, stand_in, asked_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(guild, member, -1 - secrets.randbelow(2**52), at) for guild in guilds],
    )


def pending(connection: sqlite3.Connection) -> list[tuple[Whom, int]]:
    """Return whom to forget, and since when, in seconds; what is known on no server comes last.

    Damaged rows, which say nothing that could be done, are left out.
    """
    rows = connection.execute(
        "SELECT guild, member, stand_in, asked_at FROM forgetting WHERE typeof(guild) = 'integer'"
        " AND guild >= 0 AND typeof(member) = 'integer' AND member > 0 AND typeof(stand_in) = 'integer'"
        " AND stand_in < 0 AND typeof(asked_at) = 'integer' ORDER BY guild = 0, asked_at, guild, member"
    ).fetchall()
    return [(_whom(connection, *row[:3]), row[3]) for row in rows]


def is_pending(connection: sqlite3.Connection, member: MemberId) -> bool:
    found = connection.execute("SELECT 1 FROM forgetting WHERE member = ? LIMIT 1", (member,))
    return found.fetchone() is not None


def _whom(connection: sqlite3.Connection, guild: GuildId, member: MemberId, stand_in: int) -> Whom:
    known = guild_rows.names(connection, guild, [member]).values()
    return Whom(guild=guild, member=member, stand_in=stand_in, names=frozenset(known))


def note_forgotten(tx: sqlite3.Connection, whom: Whom, line: Forgotten) -> None:
    """Note that the member is forgotten, and delete the row that names them, unless they asked again meanwhile."""
    tx.execute("INSERT INTO forgotten (guild, tag, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", _values(line))
    done = "DELETE FROM forgetting WHERE guild = ? AND member = ? AND asked_at = ?"
    tx.execute(done, (whom.guild, whom.member, line.at))
    guild_rows.note_fact(tx, UNCLEAN, "1")


def is_unclean(connection: sqlite3.Connection) -> bool:
    return guild_rows.fact(connection, UNCLEAN) is not None


def note_clean(tx: sqlite3.Connection) -> None:
    tx.execute("DELETE FROM facts WHERE name = ?", (UNCLEAN,))


def forgotten(connection: sqlite3.Connection) -> list[Forgotten]:
    """Return all lines that are not damaged."""
    rows = connection.execute(
        "SELECT guild, tag, at FROM forgotten WHERE typeof(guild) = 'integer' AND typeof(tag) = 'text'"
        " AND typeof(at) = 'integer' ORDER BY at, guild, tag"
    ).fetchall()
    return [Forgotten(guild=GuildId(guild), tag=tag, at=at) for guild, tag, at in rows]


def lacking(connection: sqlite3.Connection, listed: Iterable[Forgotten]) -> list[Forgotten]:
    """Return those of the list whom this database does not know to be forgotten: it is from before."""
    known = set(map(_values, forgotten(connection)))
    return [line for line in listed if _values(line) not in known]


def note_again(tx: sqlite3.Connection, lines: Iterable[Forgotten], tags: Mapping[str, int]) -> None:
    """Note that members are to be forgotten again. `tags` are the ids of those that the database names."""
    for line in lines:
        member = tags.get(line.tag)
        if member is not None:
            _note(tx, member, [line.guild], line.at)
        tx.execute("INSERT INTO forgotten (guild, tag, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", _values(line))


def members(connection: sqlite3.Connection, lines: Iterable[Forgotten]) -> set[int]:
    """Return all members that are named on the servers of these lines, and other ids that stand in texts."""
    found: set[int] = set()
    for guild in {line.guild for line in lines}:
        found |= registered.members(connection, guild) | registered.ids_in_texts(connection, guild)
    return found


# Reactions of before


def note_old_reactions(tx: sqlite3.Connection, guild: GuildId, tag: str, *, since: datetime) -> list[RaidId]:
    """Note for each board that is followed that the member's reactions on it are old; return the raids.

    Followed are those of raids that are posted or open, and of closed ones that start at `since` or later.
    """
    rows = tx.execute(
        "SELECT id FROM raids WHERE guild = ? AND message IS NOT NULL"
        " AND (status IN ('posting', 'open') OR (status = 'closed' AND starts_at >= ?)) ORDER BY id",
        (guild, seconds(since)),
    ).fetchall()
    tx.executemany(
        "INSERT INTO old_reactions (raid, tag, role) SELECT raid, ?, key FROM raid_roles WHERE raid = ?"
        " ON CONFLICT DO NOTHING",
        [(tag, raid) for (raid,) in rows],
    )
    return [RaidId(raid) for (raid,) in rows]


def old_reactions(connection: sqlite3.Connection) -> list[tuple[RaidId, str, RoleKey]]:
    rows = connection.execute("SELECT raid, tag, role FROM old_reactions").fetchall()
    return [(RaidId(raid), tag, RoleKey(role)) for raid, tag, role in rows]


def end_old_reaction(tx: sqlite3.Connection, raid: RaidId, tag: str, role: RoleKey) -> None:
    """Note that the member has reacted anew."""
    tx.execute("DELETE FROM old_reactions WHERE raid = ? AND tag = ? AND role = ?", (raid, tag, role))


def raids_with_old_reactions(connection: sqlite3.Connection, *, before: datetime) -> list[RaidId]:
    """Return the raids whose boards nobody compares any more: those that are over and started before that instant."""
    rows = connection.execute(
        "SELECT DISTINCT raid FROM old_reactions JOIN raids ON raids.id = raid"
        " WHERE starts_at < ? AND +status IN ('closed', 'cancelled')",
        (seconds(before),),
    ).fetchall()
    return [RaidId(raid) for (raid,) in rows]


def delete_old_reactions(tx: sqlite3.Connection, raid: RaidId) -> None:
    tx.execute("DELETE FROM old_reactions WHERE raid = ?", (raid,))


def _values(line: Forgotten) -> tuple[int, str, int]:
    return line.guild, line.tag, line.at
