"""Take over kept rows of recurring raids, each once, in one transaction with what became of it.

A date for which the old bot had posted is claimed by its raid, and not posted again. So is a date for which somebody
put up a raid of the same template by hand. If the raid that the old bot posted is gone, its date is skipped.
"""

import json
import random
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from raidbot.db import audit, guilds, imported, series_occurrences, templates
from raidbot.db import series as rows
from raidbot.db.database import Database, Unwritable
from raidbot.db.series import SeriesCodeTakenError
from raidbot.db.series_occurrences import AlreadyPostedError
from raidbot.ops.importer import columns, legacy_templates
from raidbot.ops.importer.columns import Unusable
from raidbot.ops.importer.role_layouts import LegacyTemplates
from raidbot.ops.importer.rosters import Cells
from raidbot.ops.importer.series import convert, grants
from raidbot.ops.importer.series.schedules import has_posting_time, last_posting
from raidbot.raids.audit import series_entries
from raidbot.raids.audit.entry import Entry
from raidbot.raids.model import GuildId, RaidId, Source
from raidbot.raids.schedules import edits
from raidbot.raids.schedules.occurrences import Occurrence, raids
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series.brought import Noted, Remark, TakeOverError
from raidbot.raids.series.model import MAX_SERIES, Series, SeriesCode
from raidbot.utils.errors import Refusal
from raidbot.utils.ids import new_code

log = structlog.get_logger(__name__)

TABLE = "recurring_raids"
"""The old bot's table."""
TAKEN = "taken"
"""The fate of a row that became a series; otherwise it is the code of the reason."""
_SLACK = timedelta(minutes=2)
"""Time by which the old bot posted later than planned; it looked once a minute."""
_NO_FILE = LegacyTemplates({}, legacy_templates.SHARED_TEMPLATES)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a row: a series with remarks, or the reason why there is none."""

    series: Series | None
    remarks: tuple[Noted, ...] = ()
    reason: Noted | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A raid that is here already, with the instant of its start. `is_last` is the last that the old bot posted."""

    raid: RaidId
    starts_at: datetime
    is_last: bool = False


@dataclass(slots=True, kw_only=True)
class TakeOver:
    """Takes rows over. `posted` has the messages of the raids of each old series, by its id."""

    now: datetime
    known: LegacyTemplates = _NO_FILE
    posted: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def take(self, tx: sqlite3.Connection, key: str) -> Outcome | None:
        """Take over a row that waits, with its fate and the audit; None if it does not wait."""
        payload = imported.waiting_row(tx, TABLE, key)
        if payload is None:
            return None
        guild: GuildId | None = None
        remarks: list[Noted] = []
        try:
            cells = _cells(payload)
            guild = convert.guild_of(cells)
            stored = self._store(tx, key, guild, cells, remarks)
        except (TakeOverError, Refusal) as error:
            reason = error.noted if isinstance(error, TakeOverError) else Noted(Remark.REFUSED, str(error))
            imported.settle(tx, TABLE, key, fate=reason.remark, used=False)
            _record(tx, guild, series_entries.not_brought(key, reason), self.now)
            return Outcome(None, (), reason)
        imported.settle(tx, TABLE, key, fate=TAKEN, used=True)
        _record(tx, guild, series_entries.brought(stored, remarks), self.now)
        return Outcome(stored, tuple(remarks))

    def _store(self, tx: sqlite3.Connection, key: str, guild: GuildId, cells: Cells, remarks: list[Noted]) -> Series:
        """Insert the series of a row, and claim what was posted for it. Raises TakeOverError or Refusal."""
        others = imported.series_names(tx, guild)
        if len(others) >= MAX_SERIES:
            raise TakeOverError(Remark.TOO_MANY, str(MAX_SERIES))
        series = convert.series_of(
            cells,
            guilds.settings(tx, guild),
            templates.catalogue(tx, guild),
            known=self.known,
            names=others,
            now=self.now,
            note=remarks.append,
        )
        found = list(self._found(tx, series, cells))
        last = self._posted_last(series, cells)
        claims = dict(_claims(series, found, last))
        if last is not None and has_posting_time(cells) and not any(one.is_last for one in found):
            remarks.append(Noted(Remark.DATE_CANCELLED, str(last.id)))
            series = replace(series, schedule=edits.skip(series.schedule, last.id))
        series = _insert(tx, series, random.Random(key), self.now)
        for one in found:
            imported.give_to_series(tx, one.raid, series.id)
        for occurrence, raid in claims.values():
            with suppress(AlreadyPostedError):
                series_occurrences.claim(tx, series.id, occurrence, raid)
        return series

    def _found(self, tx: sqlite3.Connection, series: Series, cells: Cells) -> Iterator[Found]:
        """Yield the raids that the old bot posted for it, and those ahead of the same template that belong to none."""
        last = _id(cells.get("last_message_id"))
        messages = dict.fromkeys([*self.posted.get(str(cells.get("id")), ()), *([last] if last else [])])
        seen = set()
        for message in messages:
            if raid := imported.raid_of_message(tx, series.guild, message):
                seen.add(raid[0])
                yield Found(*raid, is_last=message == last)
        for raid_id, starts_at in imported.raids_ahead(tx, series.guild, series.rotation[0].template, after=self.now):
            if raid_id not in seen and _starting_at(series, starts_at):
                yield Found(raid_id, starts_at)

    def _posted_last(self, series: Series, cells: Cells) -> Occurrence | None:
        """Return the occurrence for which the old bot posted last, if it lies ahead."""
        posted = last_posting(cells)
        if posted is None or posted > self.now:
            return None
        plain = replace(series.schedule, pause=None)
        one = next(raids(plain, after=posted - _SLACK), None)
        return one if one is not None and one.starts_at > self.now else None


async def take_over_kept_rows(db: Database, now: datetime) -> None:
    """Take over what earlier imports kept. What a kill or an error leaves is taken over at the next start."""
    work = TakeOver(now=now)
    for table, take in ((TABLE, work.take), (grants.TABLE, partial(grants.take, now=now))):
        for key in await db.read(partial(imported.waiting, source=table)):
            try:
                await db.write(partial(take, key=key))
            except Unwritable:
                return
            except Exception:  # a single row must not keep the bot from starting
                log.exception("row of the old bot not taken over", table=table, row=key)


def _cells(payload: str) -> Cells:
    try:
        cells = columns.mapping(json.loads(columns.text(payload) or ""))
    except (Unusable, ValueError, RecursionError):
        cells = {}
    if not cells:
        raise TakeOverError(Remark.UNREADABLE, columns.shown(payload))
    return cells


def _claims(
    series: Series, found: Sequence[Found], last: Occurrence | None
) -> Iterator[tuple[RecurrenceId, tuple[Occurrence, RaidId]]]:
    """Yield the occurrences that were posted with their raids; the last posted one also if it was moved since."""
    for one in found:
        occurrence = _starting_at(series, one.starts_at)
        if occurrence is None and one.is_last and last is not None and one.starts_at > series.looked_at:
            occurrence = last
        if occurrence is not None:
            yield occurrence.id, (occurrence, one.raid)


def _starting_at(series: Series, starts_at: datetime) -> Occurrence | None:
    plain = replace(series.schedule, pause=None)
    return next(raids(plain, after=starts_at, before=starts_at + timedelta(seconds=1)), None)


def _insert(tx: sqlite3.Connection, series: Series, codes: random.Random, now: datetime) -> Series:
    """Insert the series under a code that is the same in a dry run."""
    while True:
        coded = replace(series, code=SeriesCode(new_code(codes)))
        with suppress(SeriesCodeTakenError):
            return replace(coded, id=rows.insert(tx, coded, next_at=now))


def _record(tx: sqlite3.Connection, guild: GuildId | None, entry: Entry, now: datetime) -> None:
    if guild is not None:
        audit.record(tx, [entry], guild=guild, raid=None, at=now, actor=None, source=Source.COPY)


def _id(cell: object) -> int | None:
    try:
        return columns.snowflake(cell)
    except Unusable:
        return None
