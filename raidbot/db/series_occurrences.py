"""Rows of the occurrences of series, posted or missed, and of the dates off of all series of a guild."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from raidbot.db import cells
from raidbot.db.cells import SetAside
from raidbot.db.series import SeriesDeletedError, recurrence
from raidbot.db.timestamps import instant, seconds
from raidbot.raids.model import GuildId, MemberId, Presence, Raid, RaidId
from raidbot.raids.schedules.model import DatesOff, Schedule
from raidbot.raids.schedules.occurrences import Occurrence
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series.absent import Attended
from raidbot.raids.series.model import OccurrenceState, PastOccurrence, SeriesId, TroubleCode
from raidbot.raids.series.serialization import UnreadableSeriesError, dates_off_from_json, dates_off_to_json

_MISSED_KEPT = 100
"""Missed occurrences of a series whose dates are kept."""


class AlreadyPostedError(Exception):
    """The occurrence was posted before."""


# Dates off of all series of a guild


def dates_off(
    connection: sqlite3.Connection, guild: GuildId, faults: list[SetAside] | None = None
) -> tuple[DatesOff, ...]:
    """Return the guild's dates off; what cannot be read is added to `faults` and left out."""
    faults = [] if faults is None else faults
    found = []
    rows = connection.execute("SELECT first, last FROM series_dates_off WHERE guild = ?", (guild,)).fetchall()
    for first, last in rows:
        try:
            found.append(dates_off_from_json([first, last]))
        except UnreadableSeriesError as why:
            row = f"{guild} {cells.shown(first)}"
            faults.append(SetAside(table="series_dates_off", row=row, guild=guild, why=str(why)))
    return tuple(sorted(found))


def save_dates_off(
    tx: sqlite3.Connection, guild: GuildId, before: Iterable[DatesOff], after: Iterable[DatesOff], *, now: datetime
) -> None:
    """Write the difference, and let all series of the guild be looked at."""
    was, becomes = set(before), set(after)
    rows = [(guild, *dates_off_to_json(off)) for off in was - becomes]
    tx.executemany("DELETE FROM series_dates_off WHERE guild = ? AND first = ? AND last = ?", rows)
    rows = [(guild, *dates_off_to_json(off)) for off in becomes - was]
    tx.executemany("INSERT OR IGNORE INTO series_dates_off (guild, first, last) VALUES (?, ?, ?)", rows)
    tx.execute("UPDATE series SET next_at = ? WHERE guild = ?", (seconds(now), guild))


def delete_dates_off(tx: sqlite3.Connection, guild: GuildId) -> None:
    tx.execute("DELETE FROM series_dates_off WHERE guild = ?", (guild,))


# Occurrences


def claim(tx: sqlite3.Connection, series: SeriesId, occurrence: Occurrence, raid: RaidId) -> None:
    """Record that the occurrence is posted as this raid. Raises AlreadyPostedError or SeriesDeletedError."""
    if tx.execute("SELECT 1 FROM series WHERE id = ?", (series,)).fetchone() is None:
        raise SeriesDeletedError
    cursor = tx.execute(
        "INSERT INTO series_occurrences (series, planned_on, state, starts_at, raid) VALUES (?, ?, 'posted', ?, ?)"
        " ON CONFLICT (series, planned_on) DO UPDATE SET state = 'posted', starts_at = excluded.starts_at,"
        " raid = excluded.raid, reason = NULL WHERE state <> 'posted'",
        (series, str(occurrence.id), seconds(occurrence.starts_at), raid),
    )
    if cursor.rowcount != 1:
        raise AlreadyPostedError


def release(tx: sqlite3.Connection, raid: Raid, next_at: datetime) -> None:
    """Take back the claim of a raid that could not be posted; its series is looked at again at `next_at`.

    The raid stays with the series that had its claim, which is a later part if the series was cut meanwhile.
    """
    series = series_of(tx, raid)
    tx.execute("DELETE FROM series_occurrences WHERE raid = ?", (raid.id,))
    if series is not None:
        tx.execute("UPDATE raids SET series = ? WHERE id = ?", (series, raid.id))
        tx.execute("UPDATE series SET next_at = ? WHERE id = ?", (seconds(next_at), series))


def note_missed(
    tx: sqlite3.Connection, series: SeriesId, missed: Iterable[Occurrence], reason: TroubleCode | None
) -> None:
    """Record missed occurrences, and forget the oldest if there are more than `_MISSED_KEPT`."""
    tx.executemany(
        "INSERT OR IGNORE INTO series_occurrences (series, planned_on, state, starts_at, reason)"
        " VALUES (?, ?, 'missed', ?, ?)",
        [(series, str(one.id), seconds(one.starts_at), reason) for one in list(missed)[-_MISSED_KEPT:]],
    )
    tx.execute(
        "DELETE FROM series_occurrences WHERE id IN (SELECT id FROM series_occurrences"
        " WHERE series = ? AND state = 'missed' ORDER BY starts_at DESC LIMIT -1 OFFSET ?)",
        (series, _MISSED_KEPT),
    )


def posted(connection: sqlite3.Connection, series: SeriesId) -> frozenset[RecurrenceId]:
    """Return the occurrences that are posted. Rows that cannot be read are left out."""
    rows = connection.execute(
        "SELECT planned_on FROM series_occurrences WHERE series = ? AND state = 'posted'", (series,)
    ).fetchall()
    found = set()
    for (planned_on,) in rows:
        try:
            found.add(recurrence(planned_on))
        except cells.UnreadableCellError:
            continue
    return frozenset(found)


def posted_of(connection: sqlite3.Connection, series: Iterable[SeriesId]) -> dict[SeriesId, frozenset[RecurrenceId]]:
    """Return the occurrences that are posted of each of these series."""
    return {one: posted(connection, one) for one in series}


def history(connection: sqlite3.Connection, series: SeriesId, *, limit: int) -> list[PastOccurrence]:
    """Return what became of the last occurrences, latest start first. Rows that cannot be read are left out."""
    rows = connection.execute(
        "SELECT planned_on, state, starts_at, raid, reason FROM series_occurrences WHERE series = ?"
        " ORDER BY starts_at DESC LIMIT ?",
        (series, limit),
    ).fetchall()
    found = []
    for planned_on, state, starts_at, raid, reason in rows:
        try:
            posted_as = cells.optional(cells.snowflake)(raid)
            found.append(
                PastOccurrence(
                    id=recurrence(planned_on),
                    state=cells.one_of(OccurrenceState)(state),
                    starts_at=instant(starts_at),
                    raid=None if posted_as is None else RaidId(posted_as),
                    reason=cells.optional(cells.one_of(TroubleCode))(reason),
                )
            )
        except cells.UnreadableCellError:
            continue
    return found


def last_raid(connection: sqlite3.Connection, series: SeriesId, *, before: datetime) -> RaidId | None:
    """Return the last raid before an instant that was posted and not cancelled, of the series or those it continues."""
    row = connection.execute(
        "WITH RECURSIVE parts (id) AS (VALUES (:series) UNION SELECT series.continues FROM parts"
        " JOIN series ON series.id = parts.id WHERE series.continues IS NOT NULL)"
        " SELECT raids.id FROM parts CROSS JOIN raids ON raids.series = parts.id"
        " WHERE raids.status IN ('open', 'closed') AND raids.starts_at < :before ORDER BY raids.starts_at DESC LIMIT 1",
        {"series": series, "before": seconds(before)},
    ).fetchone()
    return None if row is None else RaidId(row[0])


def next_raid(connection: sqlite3.Connection, series: SeriesId, *, after: datetime) -> RaidId | None:
    """Return the first raid after an instant that was posted and not cancelled, of the series or those after it."""
    row = connection.execute(
        "WITH RECURSIVE parts (id) AS (VALUES (:series) UNION SELECT series.id FROM parts"
        " JOIN series ON series.continues = parts.id)"
        " SELECT raids.id FROM parts CROSS JOIN raids ON raids.series = parts.id"
        " WHERE raids.status IN ('open', 'closed') AND raids.starts_at > :after ORDER BY raids.starts_at LIMIT 1",
        {"series": series, "after": seconds(after)},
    ).fetchone()
    return None if row is None else RaidId(row[0])


def parts(connection: sqlite3.Connection, series: SeriesId) -> list[SeriesId]:
    """Return the series with all parts that it was cut into, or is one of, earliest first."""
    rows = connection.execute(
        "WITH RECURSIVE parts (id) AS (VALUES (:series)"
        " UNION SELECT series.id FROM parts JOIN series ON series.continues = parts.id"
        " UNION SELECT series.continues FROM parts JOIN series ON series.id = parts.id"
        " WHERE series.continues IS NOT NULL) SELECT id FROM parts ORDER BY id",
        {"series": series},
    ).fetchall()
    return [SeriesId(part) for (part,) in rows]


def attendance(
    connection: sqlite3.Connection, series: SeriesId, *, before: datetime, limit: int = 50
) -> list[Attended]:
    """Return who came to the last raids of the series, or of those it continues, latest first.

    Raids that do not count, and rows that cannot be read, are left out.
    """
    rows = connection.execute(
        "WITH RECURSIVE parts (id) AS (VALUES (:series) UNION SELECT series.continues FROM parts"
        " JOIN series ON series.id = parts.id WHERE series.continues IS NOT NULL), past (id, starts_at) AS"
        " (SELECT raids.id, raids.starts_at FROM parts CROSS JOIN raids ON raids.series = parts.id"
        " WHERE raids.status = 'closed' AND raids.counts AND raids.starts_at < :before"
        " ORDER BY raids.starts_at DESC LIMIT :limit)"
        " SELECT attendance.member, past.starts_at, attendance.presence FROM past"
        " CROSS JOIN attendance ON attendance.raid = past.id ORDER BY past.starts_at DESC",
        {"series": series, "before": seconds(before), "limit": limit},
    ).fetchall()
    found = []
    for member, starts_at, presence in rows:
        try:
            found.append(Attended(MemberId(cells.member(member)), instant(starts_at), cells.one_of(Presence)(presence)))
        except cells.UnreadableCellError:
            continue
    return found


def move_claims(tx: sqlite3.Connection, series: SeriesId, schedule: Schedule, *, to: SeriesId) -> None:
    """Hand over what became of the occurrences from the start of a later part of the series on, which continues it."""
    tx.execute("UPDATE series SET continues = ? WHERE id = ?", (series, to))
    first = RecurrenceId(schedule.start.date())
    rows = tx.execute("SELECT id, planned_on FROM series_occurrences WHERE series = ?", (series,)).fetchall()
    later = [(to, row) for row, planned_on in rows if RecurrenceId.parse(planned_on) >= first]
    tx.executemany("UPDATE series_occurrences SET series = ? WHERE id = ?", later)


def series_of(connection: sqlite3.Connection, raid: Raid) -> SeriesId | None:
    """Return the series that the raid belongs to; None if there is none, or if it was deleted.

    A series that is cut in two hands over its later dates, and with them their raids.
    """
    if raid.series is None:
        return None
    (series,) = connection.execute(
        "SELECT ifnull((SELECT series FROM series_occurrences WHERE raid = :raid),"
        " (SELECT series.id FROM raids JOIN series ON series.id = raids.series WHERE raids.id = :raid))",
        {"raid": raid.id},
    ).fetchone()
    return None if series is None else SeriesId(series)
