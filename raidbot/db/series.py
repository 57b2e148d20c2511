"""Series as rows: what is planned, single changes, standing places, dates off, and what became of occurrences."""

import json
import sqlite3
from dataclasses import replace
from datetime import datetime

from raidbot.db import cells
from raidbot.db.cells import SetAside
from raidbot.db.timestamps import instant, instant_or_none, seconds, seconds_or_none
from raidbot.raids.model import ChannelId, GuildId, MemberId, RoleKey
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series.model import (
    OldBoards,
    RosterMode,
    Series,
    SeriesCode,
    SeriesId,
    SingleChange,
    StandingPlace,
    Trouble,
    TroubleCode,
    Turn,
)
from raidbot.raids.series.rules import checked
from raidbot.raids.series.serialization import (
    UnreadableSeriesError,
    schedule_from_json,
    schedule_to_json,
    turn_from_json,
    turn_to_json,
)
from raidbot.utils.errors import Refusal
from raidbot.utils.words import say

_minutes = cells.number(1, 366 * 24 * 60)


class UnreadableSeries(Refusal):
    """The rows of a series hold something that the bot cannot work with, so it leaves the series alone."""

    def __init__(self, row: SetAside) -> None:
        super().__init__(
            say(
                "I can't read this series in my database, so I leave it alone."
                " Tell whoever runs the bot: their log and `raidbot check` say more."
            )
        )
        self.row = row


class SeriesCodeTakenError(Exception):
    """The guild already has a series with this code."""


class SeriesDeletedError(Exception):
    """The series is not there any more."""


# The series


def load(connection: sqlite3.Connection, series: SeriesId) -> Series | None:
    """Return the series, or None for an unknown id. Raises UnreadableSeries."""
    row = connection.execute(
        "SELECT guild, code, name, schedule, rotation, channel, creator, leader, mention, roster, old_boards,"
        " created_at, looked_at, failures, trouble, revision, changed_at, next_at FROM series WHERE id = ?",
        (series,),
    ).fetchone()
    if row is None:
        return None
    try:
        return checked(_series(connection, series, *row[:-1]))
    except (cells.UnreadableCellError, UnreadableSeriesError, Refusal) as why:
        guild, code = row[0], row[1]
        name = f"{series} ({code})" if isinstance(code, str) else str(series)
        known = GuildId(guild) if isinstance(guild, int) else None
        raise UnreadableSeries(SetAside(table="series", row=name, guild=known, why=str(why))) from why


def _series(
    connection: sqlite3.Connection,
    series: SeriesId,
    guild: object,
    code: object,
    name: object,
    schedule: object,
    rotation: object,
    channel: object,
    creator: object,
    leader: object,
    mention: object,
    roster: object,
    old_boards: object,
    created_at: object,
    looked_at: object,
    failures: object,
    trouble: object,
    revision: object,
    changed_at: object,
) -> Series:
    """Raises UnreadableCellError, UnreadableSeriesError or Refusal."""
    posted_in = cells.optional(cells.snowflake)(channel)
    return Series(
        id=series,
        guild=GuildId(cells.snowflake(guild)),
        code=SeriesCode(cells.text(code)),
        name=cells.text(name),
        schedule=schedule_from_json(cells.from_json(schedule)),
        rotation=_rotation(rotation),
        channel=None if posted_in is None else ChannelId(posted_in),
        creator=MemberId(cells.member(creator)),
        leader=_member(leader),
        mention=cells.optional(cells.snowflake)(mention),
        roster=cells.one_of(RosterMode)(roster),
        old_boards=cells.one_of(OldBoards)(old_boards),
        created_at=instant(created_at),
        looked_at=instant(looked_at),
        singles=_singles(connection, series),
        standing=_standing(connection, series),
        failures=cells.counter(failures),
        trouble=_trouble(trouble),
        revision=cells.counter(revision),
        changed_at=instant_or_none(changed_at),
    )


def insert(tx: sqlite3.Connection, series: Series, *, next_at: datetime | None) -> SeriesId:
    """Insert a new series and return its id; `series.id` is ignored. Raises SeriesCodeTakenError."""
    try:
        cursor = tx.execute(
            "INSERT INTO series (name, schedule, rotation, channel, leader, mention, roster, old_boards, looked_at,"
            " failures, trouble, next_at, revision, changed_at, guild, code, creator, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*_values(series, next_at), series.guild, series.code, series.creator, seconds(series.created_at)),
        )
    except sqlite3.IntegrityError as error:
        if "series.guild, series.code" in str(error):
            raise SeriesCodeTakenError from error
        raise
    stored = replace(series, id=SeriesId(cursor.lastrowid or 0))
    _insert_singles(tx, stored)
    _insert_standing(tx, stored)
    return stored.id


def save(tx: sqlite3.Connection, before: Series, after: Series, *, next_at: datetime | None) -> None:
    """Write the series. Raises SeriesDeletedError."""
    cursor = tx.execute(
        "UPDATE series SET name = ?, schedule = ?, rotation = ?, channel = ?, leader = ?, mention = ?, roster = ?,"
        " old_boards = ?, looked_at = ?, failures = ?, trouble = ?, next_at = ?, revision = ?, changed_at = ?"
        " WHERE id = ?",
        (*_values(after, next_at), after.id),
    )
    if cursor.rowcount != 1:
        raise SeriesDeletedError
    if after.singles != before.singles:
        tx.execute("DELETE FROM series_changes WHERE series = ?", (after.id,))
        _insert_singles(tx, after)
    if after.standing != before.standing:
        tx.execute("DELETE FROM series_standing WHERE series = ?", (after.id,))
        _insert_standing(tx, after)


def note_look(tx: sqlite3.Connection, series: Series, *, next_at: datetime | None) -> None:
    """Write what a look of the clock changes, and nothing else. Raises SeriesDeletedError."""
    cursor = tx.execute(
        "UPDATE series SET looked_at = ?, failures = ?, trouble = ?, next_at = ? WHERE id = ?",
        (seconds(series.looked_at), series.failures, _stored(series.trouble), seconds_or_none(next_at), series.id),
    )
    if cursor.rowcount != 1:
        raise SeriesDeletedError


def delete(tx: sqlite3.Connection, series: SeriesId) -> None:
    """Delete a series with everything but the raids that were posted for it."""
    tx.execute("DELETE FROM series_changes WHERE series = ?", (series,))
    tx.execute("DELETE FROM series_occurrences WHERE series = ?", (series,))
    tx.execute("DELETE FROM series_standing WHERE series = ?", (series,))
    tx.execute("DELETE FROM series WHERE id = ?", (series,))


def of_guild(connection: sqlite3.Connection, guild: GuildId) -> list[SeriesId]:
    """Return the guild's series, oldest first."""
    rows = connection.execute("SELECT id FROM series WHERE guild = ? ORDER BY id", (guild,)).fetchall()
    return [SeriesId(series) for (series,) in rows]


def next_looks(connection: sqlite3.Connection) -> list[tuple[SeriesId, datetime | None]]:
    """Return all series of guilds that have the bot, and when each is looked at next."""
    found = connection.execute(
        "SELECT id, next_at FROM series WHERE NOT EXISTS (SELECT 1 FROM absences WHERE absences.guild = series.guild)"
        " ORDER BY id"
    ).fetchall()
    return [(SeriesId(series), _next_look(at)) for series, at in found]


def unreadable(connection: sqlite3.Connection) -> list[SetAside]:
    """Return the series that cannot be read, for `raidbot check`."""
    found = []
    for (series,) in connection.execute("SELECT id FROM series ORDER BY id").fetchall():
        try:
            load(connection, SeriesId(series))
        except UnreadableSeries as error:
            found.append(error.row)
    return found


def _next_look(stored: object) -> datetime | None:
    try:
        return instant_or_none(stored)
    except cells.UnreadableCellError:
        return None


def due(connection: sqlite3.Connection, *, now: datetime) -> list[SeriesId]:
    """Return the series whose time has come, of guilds that have the bot."""
    rows = connection.execute(
        "SELECT id FROM series WHERE next_at <= ? AND next_at IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM absences WHERE absences.guild = series.guild) ORDER BY next_at",
        (seconds(now),),
    ).fetchall()
    return [SeriesId(series) for (series,) in rows]


def _values(series: Series, next_at: datetime | None) -> tuple[object, ...]:
    return (
        series.name,
        _json(schedule_to_json(series.schedule)),
        _json([turn_to_json(turn) for turn in series.rotation]),
        series.channel,
        series.leader,
        series.mention,
        series.roster,
        series.old_boards,
        seconds(series.looked_at),
        series.failures,
        _stored(series.trouble),
        seconds_or_none(next_at),
        series.revision,
        seconds_or_none(series.changed_at),
    )


def _stored(trouble: Trouble | None) -> str | None:
    return None if trouble is None else _json([trouble.code, trouble.detail])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _rotation(stored: object) -> tuple[Turn, ...]:
    found = cells.from_json(stored)
    if not isinstance(found, list):
        raise cells.UnreadableCellError(f"{cells.shown(stored)} is no list")
    return tuple(map(turn_from_json, found))


def _trouble(stored: object) -> Trouble | None:
    if stored is None:
        return None
    match cells.from_json(stored):
        case [code, detail]:
            return Trouble(cells.one_of(TroubleCode)(code), cells.text(detail))
    raise cells.UnreadableCellError(f"{cells.shown(stored)} is no trouble")


def _member(stored: object) -> MemberId | None:
    member = cells.optional(cells.member)(stored)
    return None if member is None else MemberId(member)


def recurrence(stored: object) -> RecurrenceId:
    """Raises UnreadableCellError."""
    try:
        return RecurrenceId.parse(cells.text(stored))
    except ValueError as why:
        raise cells.UnreadableCellError(str(why)) from None


# Single changes and standing places


def _singles(connection: sqlite3.Connection, series: SeriesId) -> tuple[SingleChange, ...]:
    rows = connection.execute(
        "SELECT planned_on, leader, title, note, strategy, length_minutes FROM series_changes WHERE series = ?"
        " ORDER BY planned_on",
        (series,),
    ).fetchall()
    text = cells.optional(cells.text)
    found = (
        SingleChange(
            id=recurrence(planned_on),
            leader=_member(leader),
            title=text(title),
            note=text(note),
            strategy=text(strategy),
            length_minutes=cells.optional(_minutes)(minutes),
        )
        for planned_on, leader, title, note, strategy, minutes in rows
    )
    return tuple(sorted(found, key=lambda one: one.id))


def _insert_singles(tx: sqlite3.Connection, series: Series) -> None:
    tx.executemany(
        "INSERT INTO series_changes (series, planned_on, leader, title, note, strategy, length_minutes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (series.id, str(one.id), one.leader, one.title, one.note, one.strategy, one.length_minutes)
            for one in series.singles
        ],
    )


def _standing(connection: sqlite3.Connection, series: SeriesId) -> tuple[StandingPlace, ...]:
    rows = connection.execute(
        "SELECT member, role, since, place, not_on, is_role_gone FROM series_standing WHERE series = ?"
        " ORDER BY place, member",
        (series,),
    ).fetchall()
    return tuple(
        StandingPlace(
            member=MemberId(cells.member(member)),
            role=RoleKey(cells.text(role)),
            since=instant(since),
            place=cells.counter(place),
            not_on=frozenset(cells.json_list(recurrence)(not_on)),
            is_role_gone=cells.flag(is_role_gone),
        )
        for member, role, since, place, not_on, is_role_gone in rows
    )


def _insert_standing(tx: sqlite3.Connection, series: Series) -> None:
    tx.executemany(
        "INSERT INTO series_standing (series, member, role, since, place, not_on, is_role_gone)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(series.id, one.member, one.role, seconds(one.since), one.place),
                _json(sorted(map(str, one.not_on))),
                one.is_role_gone,
            )
            for one in series.standing
        ],
    )


def members_standing(connection: sqlite3.Connection, guild: GuildId) -> list[MemberId]:
    """Return the members with standing places in the guild."""
    rows = connection.execute(
        "SELECT DISTINCT member FROM series_standing WHERE series IN (SELECT id FROM series WHERE guild = ?)", (guild,)
    ).fetchall()
    return [MemberId(member) for (member,) in rows if isinstance(member, int)]


def guilds_with_standing(connection: sqlite3.Connection) -> list[GuildId]:
    """Return the guilds in which somebody has a standing place."""
    rows = connection.execute(
        "SELECT DISTINCT guild FROM series WHERE EXISTS (SELECT 1 FROM series_standing WHERE series = series.id)"
    ).fetchall()
    return [GuildId(guild) for (guild,) in rows if isinstance(guild, int)]


def standing_of(connection: sqlite3.Connection, guild: GuildId, member: MemberId) -> list[SeriesId]:
    """Return the series of the guild in which the member has a standing place."""
    rows = connection.execute(
        "SELECT series FROM series_standing JOIN series ON series.id = series WHERE member = ? AND guild = ?"
        " ORDER BY series",
        (member, guild),
    ).fetchall()
    return [SeriesId(series) for (series,) in rows]
