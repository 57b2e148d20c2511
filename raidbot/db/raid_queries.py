"""Queries that find raids. They return ids; load the raids through `State`."""

import json
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from raidbot.db import cells
from raidbot.db.raids import instant, seconds
from raidbot.raids.model import ChannelId, GuildId, Kind, MemberId, MessageId, RaidCode, RaidId

_MAX_LISTED = 1000
_KINDS = frozenset(Kind)

# In two parts, so that each uses its index. `+` keeps the second from reading all past raids of the guild.
_AHEAD = (
    "SELECT id FROM raids WHERE guild = :guild AND starts_at > :after AND status <> 'cancelled'"
    " AND channel = ifnull(:channel, channel)"
    " UNION ALL SELECT id FROM raids WHERE +guild = :guild AND status IN ('posting', 'open') AND starts_at <= :after"
    " AND channel = ifnull(:channel, channel)"
)
_LISTED_AHEAD = (
    "SELECT code, title, subject, starts_at, creator, leader FROM raids"
    " WHERE guild = ? AND starts_at >= ? AND (status = 'cancelled') = ? ORDER BY starts_at, id LIMIT ?"
)
_LISTED_PAST = (
    "SELECT code, title, subject, starts_at, creator, leader FROM raids"
    " WHERE guild = ? AND starts_at < ? AND (status = 'cancelled') = ? ORDER BY starts_at DESC, id DESC LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A raid as autocomplete lists it, with those who may manage it whatever else they may."""

    code: RaidCode
    name: str
    starts_at: datetime
    creator: MemberId
    leader: MemberId | None


def id_of(connection: sqlite3.Connection, guild: GuildId, code: str) -> RaidId | None:
    """Return the id of the guild's raid with this normalised code."""
    row = connection.execute("SELECT id FROM raids WHERE guild = ? AND code = ?", (guild, code)).fetchone()
    return None if row is None else RaidId(row[0])


def closing_candidates(connection: sqlite3.Connection, *, now: datetime, until: datetime) -> list[RaidId]:
    """Return open raids starting by `until` or past their deadline, and closed ones that are in a wrong state by `now`.

    Raids have begun, or closed by their deadline, too early if the machine's clock was ahead for a while.
    """
    return _ids(
        connection,
        "SELECT id FROM (SELECT id, starts_at FROM raids WHERE status = 'open' AND starts_at <= :until"
        " UNION ALL SELECT id, starts_at FROM raids INDEXED BY raids_to_close"
        " WHERE status = 'open' AND closes_at <= :now AND starts_at > :until"
        " UNION ALL SELECT id, starts_at FROM raids INDEXED BY raids_past_deadline"
        " WHERE status = 'closed' AND closed_reason = 'deadline' AND begun = 0 AND closes_at > :now"
        " UNION ALL SELECT id, starts_at FROM raids INDEXED BY raids_to_begin"  # not the closed raids of years
        " WHERE status = 'closed' AND begun = 0 AND starts_at <= :now"
        " UNION ALL SELECT id, starts_at FROM raids WHERE status = 'closed' AND starts_at > :now AND begun = 1)"
        " ORDER BY starts_at, id",
        until=seconds(until),
        now=seconds(now),
    )


def live_ahead(connection: sqlite3.Connection, *, after: datetime) -> list[RaidId]:
    """Return the open and closed raids that start after `after`, soonest first."""
    query = "SELECT id FROM raids WHERE status IN ('open', 'closed') AND starts_at > :after ORDER BY starts_at, id"
    return _ids(connection, query, after=seconds(after))


def live_ahead_in(connection: sqlite3.Connection, guild: GuildId, *, after: datetime) -> list[RaidId]:
    """Return the guild's open and closed raids that start after `after`."""
    query = "SELECT id FROM raids WHERE guild = :guild AND status IN ('open', 'closed') AND starts_at > :after"
    return _ids(connection, query, guild=guild, after=seconds(after))


def live_around(
    connection: sqlite3.Connection, guild: GuildId, start: datetime, within: timedelta, *, besides: RaidId
) -> list[RaidId]:
    """Return the guild's open and closed raids that start within this time of `start`, soonest first."""
    return _ids(
        connection,
        "SELECT id FROM raids WHERE guild = :guild AND starts_at BETWEEN :first AND :last"
        " AND status IN ('open', 'closed') AND id <> :besides ORDER BY starts_at, id",
        guild=guild,
        first=seconds(start - within),
        last=seconds(start + within),
        besides=besides,
    )


def closed(connection: sqlite3.Connection, *, since: datetime, until: datetime) -> list[RaidId]:
    """Return closed raids with a start in [`since`, `until`)."""
    return _ids(
        connection,
        "SELECT id FROM raids WHERE status = 'closed' AND starts_at >= :since AND starts_at < :until",
        since=seconds(since),
        until=seconds(until),
    )


def in_channel(connection: sqlite3.Connection, guild: GuildId, channel: ChannelId, *, after: datetime) -> list[RaidId]:
    """Return raids in the channel that start after `after`, or that are being posted or open whenever they start."""
    return _ids(connection, _AHEAD, guild=guild, after=seconds(after), channel=channel)


def boards(connection: sqlite3.Connection, *, after: datetime) -> list[tuple[RaidId, GuildId, ChannelId, MessageId]]:
    """Return the place of each board whose raid is open, or closed and starts after `after`, without damaged rows."""
    rows = connection.execute(
        "SELECT id, guild, channel, message FROM raids WHERE status = 'open' OR (status = 'closed' AND starts_at >= ?)",
        (seconds(after),),
    ).fetchall()
    return [
        (RaidId(raid), GuildId(guild), ChannelId(channel), MessageId(message))
        for raid, guild, channel, message in rows
        if all(isinstance(one, int) for one in (guild, channel, message))
    ]


def with_thread(connection: sqlite3.Connection, guild: GuildId, thread: ChannelId) -> list[RaidId]:
    """Return raids with this discussion thread."""
    query = "SELECT id FROM raids WHERE thread = :thread AND +guild = :guild"  # + rules out all raids of the guild
    return _ids(connection, query, thread=thread, guild=guild)


def with_message(connection: sqlite3.Connection, message: MessageId) -> RaidId | None:
    """Return the raid whose board this message is, however old it is."""
    row = connection.execute("SELECT id FROM raids WHERE message = ?", (message,)).fetchone()
    return None if row is None else RaidId(row[0])


def coming_with_member(
    connection: sqlite3.Connection, guild: GuildId, member: MemberId, *, after: datetime
) -> list[RaidId]:
    """Return raids in which the member has a seat, waits, or was asked to substitute.

    Only raids that start after `after`, or that are open to latecomers.
    """
    return _ids(
        connection,
        "SELECT id FROM raids WHERE +guild = :guild AND status <> 'cancelled'"  # + rules out all raids of the guild
        " AND (starts_at > :after OR status = 'open') AND id IN ("
        "SELECT raid FROM seats WHERE member = :member UNION SELECT raid FROM waits WHERE member = :member"
        " UNION SELECT raid FROM asks WHERE member = :member)",
        guild=guild,
        after=seconds(after),
        member=member,
    )


def coming_naming(connection: sqlite3.Connection, guild: GuildId, member: MemberId, *, after: datetime) -> list[RaidId]:
    """Return the raids of `coming_with_member`, and those that the member created or leads."""
    query = "SELECT id FROM raids WHERE id IN (SELECT value FROM json_each(:ahead)) AND :member IN (creator, leader)"
    ahead = json.dumps(_ids(connection, _AHEAD, guild=guild, after=seconds(after), channel=None))
    led = _ids(connection, query, ahead=ahead, member=member)
    return list(dict.fromkeys([*coming_with_member(connection, guild, member, after=after), *led]))


def listed(connection: sqlite3.Connection, guild: GuildId, *, now: datetime) -> list[Listed]:
    """Return up to `_MAX_LISTED` raids: upcoming (soonest first), then past (latest first), then cancelled likewise."""
    found: list[Listed] = []
    for cancelled in (0, 1):
        for query in (_LISTED_AHEAD, _LISTED_PAST):
            rows = connection.execute(query, (guild, seconds(now), cancelled, _MAX_LISTED - len(found)))
            for code, title, subject, starts_at, creator, leader in rows.fetchall():
                with suppress(cells.UnreadableCellError):
                    found.append(Listed(RaidCode(code), _name(title, subject), instant(starts_at), creator, leader))
    return found


def lacking_thread(connection: sqlite3.Connection, *, since: datetime, intro: str) -> list[RaidId]:
    """Return raids created since `since`, in guilds that want threads, whose thread's first message was never queued.

    `intro` is the `dedupe` key of that message, with `{}` for the raid's id. Imported raids are left out.
    `since` is younger than `outbox.KEPT`, so that row is not deleted yet.
    """
    return _ids(
        connection,  # no raid starts before it is created: the start is what there is an index of
        "SELECT raids.id FROM raids JOIN guilds ON guilds.id = raids.guild"
        " WHERE guilds.threads = 1 AND raids.status IN ('open', 'closed') AND raids.starts_at >= :since"
        " AND raids.created_at >= :since"
        " AND NOT EXISTS (SELECT 1 FROM outbox WHERE dedupe = replace(:intro, '{}', raids.id))"
        " AND NOT EXISTS (SELECT 1 FROM moved_in WHERE moved_in.raid = raids.id)",
        since=seconds(since),
        intro=intro,
    )


def guilds_with_coming(connection: sqlite3.Connection, *, after: datetime) -> list[GuildId]:
    """Return guilds with a raid that is being posted or open, or that is closed and starts after `after`.

    Guilds that removed the bot are among them, as it may be back.
    """
    rows = connection.execute(
        "SELECT DISTINCT guild FROM raids"
        " WHERE status IN ('posting', 'open') OR (status = 'closed' AND starts_at > ?)"
        " UNION SELECT guild FROM absences ORDER BY guild",
        (seconds(after),),
    ).fetchall()
    return [GuildId(guild) for (guild,) in rows if isinstance(guild, int)]


def expected(connection: sqlite3.Connection, guild: GuildId, *, after: datetime) -> dict[MemberId, list[RaidId]]:
    """Return each member's raids with a seat, a wait or a substitute request of theirs.

    Only raids that start after `after`, or that are open to latecomers.
    """
    coming = _ids(connection, _AHEAD, guild=guild, after=seconds(after), channel=None)
    members: dict[MemberId, list[RaidId]] = {}
    for member, raid in connection.execute(
        "WITH coming AS (SELECT value FROM json_each(?))"
        " SELECT member, raid FROM seats WHERE raid IN coming"
        " UNION SELECT member, raid FROM waits WHERE raid IN coming"
        " UNION SELECT member, raid FROM asks WHERE raid IN coming ORDER BY member, raid",
        (json.dumps(coming),),
    ).fetchall():
        if member > 0:  # no former member
            members.setdefault(MemberId(member), []).append(RaidId(raid))
    return members


def leading(connection: sqlite3.Connection, guild: GuildId, *, after: datetime) -> dict[MemberId, list[RaidId]]:
    """Return the raids that each member created or leads, of those that `expected` looks at."""
    coming = json.dumps(_ids(connection, _AHEAD, guild=guild, after=seconds(after), channel=None))
    members: dict[MemberId, list[RaidId]] = {}
    for raid, creator, leader in connection.execute(
        "SELECT id, creator, ifnull(leader, creator) FROM raids WHERE id IN (SELECT value FROM json_each(?))", (coming,)
    ).fetchall():
        for member in {one for one in (creator, leader) if one > 0}:
            members.setdefault(MemberId(member), []).append(RaidId(raid))
    return members


def open_count(connection: sqlite3.Connection, guild: GuildId, *, now: datetime) -> int:
    """Return the number of open raids in the guild; the result does not depend on `now`, only its speed does."""
    # In two parts, so that each uses its index.
    count: int = connection.execute(
        "SELECT (SELECT count(*) FROM raids WHERE guild = :guild AND starts_at > :now AND status = 'open')"
        " + (SELECT count(*) FROM raids WHERE +guild = :guild AND starts_at <= :now AND status = 'open')",
        {"guild": guild, "now": seconds(now)},
    ).fetchone()[0]
    return count


def live_kinds(connection: sqlite3.Connection, guild: GuildId, *, now: datetime) -> frozenset[Kind]:
    """Return the kinds of the guild's raids that lie ahead and are not cancelled."""
    rows = connection.execute(
        "SELECT DISTINCT kind FROM raids WHERE guild = ? AND starts_at > ? AND status <> 'cancelled'",
        (guild, seconds(now)),
    ).fetchall()
    return frozenset(Kind(kind) for (kind,) in rows if kind in _KINDS)


def hosted_count(connection: sqlite3.Connection) -> int:
    """Return the number of open raids in all guilds that the bot is in."""
    count: int = connection.execute(
        "SELECT count(*) FROM raids WHERE status = 'open' AND guild NOT IN (SELECT guild FROM absences)"
    ).fetchone()[0]
    return count


def unsent_count(connection: sqlite3.Connection, guild: GuildId) -> int:
    """Return the number of unsent messages of this guild."""
    # Two queries, so that each uses its partial index: sent rows stay in the table.
    count: int = connection.execute(
        "SELECT (SELECT count(*) FROM outbox WHERE state = 'pending' AND guild = :guild)"
        " + (SELECT count(*) FROM outbox WHERE state = 'claimed' AND guild = :guild)",
        {"guild": guild},
    ).fetchone()[0]
    return count


def _name(title: object, subject: object) -> str:
    return f"{title} — {subject}" if subject else str(title)


def _ids(connection: sqlite3.Connection, query: str, **values: str | int | None) -> list[RaidId]:
    return [RaidId(row[0]) for row in connection.execute(query, values).fetchall()]
