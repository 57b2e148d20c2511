"""Write a series with its audit and its messages in one transaction."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from raidbot.db import announcements, audit, outbox, series_occurrences
from raidbot.db import series as rows
from raidbot.db.outbox_rows import payload_of
from raidbot.db.timestamps import seconds
from raidbot.raids.announcements.model import Owner
from raidbot.raids.audit import series_entries
from raidbot.raids.audit.entry import Entry
from raidbot.raids.events import Cause
from raidbot.raids.model import GuildId
from raidbot.raids.schedules.model import DatesOff
from raidbot.raids.schedules.occurrences import Occurrence
from raidbot.raids.series.messages import News, news, trouble_begins
from raidbot.raids.series.model import Series

_USEFUL = timedelta(days=7)
"""Time for which a message about a series is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The end of a look at a series by the clock: the series as it is now, and the `missed` to report.

    It may differ from the series before in `looked_at`, `failures` and `trouble` only.

    At `next_at` it is looked at again. `entries` are further audit entries.
    """

    after: Series
    next_at: datetime | None
    missed: Sequence[Occurrence] = ()
    entries: Sequence[Entry] = ()


def create(tx: sqlite3.Connection, series: Series, cause: Cause, now: datetime) -> tuple[Series, bool]:
    """Insert a series; return it with its id, and True if messages were queued. Raises SeriesCodeTakenError."""
    stored = replace(series, id=rows.insert(tx, series, next_at=now))
    _record(tx, stored.guild, [series_entries.created(stored)], cause, now)
    return stored, _tell(tx, stored, news(None, stored, cause), now)


def save(tx: sqlite3.Connection, before: Series, after: Series, cause: Cause, now: datetime) -> bool:
    """Write a changed series, which is looked at again at once; return True if messages were queued."""
    rows.save(tx, before, after, next_at=now)
    _record(tx, after.guild, series_entries.changes(before, after), cause, now)
    return _tell(tx, after, news(before, after, cause), now)


def split(
    tx: sqlite3.Connection, whole: Series, before: Series, later: Series, cause: Cause, now: datetime
) -> tuple[Series, bool]:
    """Cut a series in two, with what became of the later occurrences; both have its announcements.

    Raises SeriesCodeTakenError.
    """
    rows.save(tx, whole, before, next_at=now)
    stored = replace(later, id=rows.insert(tx, later, next_at=now))
    series_occurrences.move_claims(tx, whole.id, stored.schedule, to=stored.id)
    found = (*series_entries.changes(whole, before), series_entries.created(stored))
    _record(tx, whole.guild, found, cause, now)
    of_whole, of_later = Owner.of_series(whole.id), Owner.of_series(stored.id)
    announcements.copy(tx, whole.guild, of_whole, of_later, cause, now, name=stored.name)
    return stored, _tell(tx, stored, news(whole, stored, cause), now)


def delete(tx: sqlite3.Connection, series: Series, cause: Cause, now: datetime) -> None:
    rows.delete(tx, series.id)
    announcements.forget(tx, series.guild, [Owner.of_series(series.id)])
    _record(tx, series.guild, [series_entries.deleted(series)], cause, now)


def save_dates_off(
    tx: sqlite3.Connection,
    guild: GuildId,
    before: Iterable[DatesOff],
    after: Iterable[DatesOff],
    cause: Cause,
    now: datetime,
) -> None:
    series_occurrences.save_dates_off(tx, guild, before, after, now=now)
    _record(tx, guild, [series_entries.dates_off(before, after)], cause, now)


def note_look(tx: sqlite3.Connection, before: Series, look: Look, cause: Cause, now: datetime) -> bool:
    """Write what a look found, with one audit entry for all that was missed; return True if messages were queued."""
    after, found = look.after, list(look.entries)
    rows.note_look(tx, after, next_at=look.next_at)
    if look.missed:
        reason = None if before.trouble is None else before.trouble.code
        series_occurrences.note_missed(tx, after.id, look.missed, reason)
        found.append(series_entries.missed(after, look.missed, before.trouble))
    queued = False
    if after.trouble is not None and after.failures > before.failures:
        if after.is_stopped:
            found.append(series_entries.stopped(after, after.trouble))
        elif after.failures == 1:
            found.append(series_entries.failed(after, after.trouble))
            queued = _tell(tx, after, [News(after.creator, "trouble", trouble_begins(after, after.trouble))], now)
    _record(tx, after.guild, found, cause, now)
    return queued


def _record(tx: sqlite3.Connection, guild: GuildId, found: Sequence[Entry], cause: Cause, now: datetime) -> None:
    audit.record(tx, found, guild=guild, raid=None, at=now, actor=cause.actor, source=cause.source)


def _tell(tx: sqlite3.Connection, series: Series, told: Sequence[News], now: datetime) -> bool:
    for one in told:
        message = outbox.OutboxMessage(
            kind="dm",
            target=one.member,
            payload=payload_of(one.text, one.buttons),
            dedupe=f"series:{series.id}:{one.about}:{seconds(now)}:{one.member}",
            due_at=now,
            expires_at=now + _USEFUL,
            guild=series.guild,
        )
        outbox.enqueue(tx, message)
    return bool(told)
