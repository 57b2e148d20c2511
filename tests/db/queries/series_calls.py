"""Calls of the functions for series, for `calls.py`."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice

from raidbot.db import raids, series_occurrences
from raidbot.db import series as series_rows
from raidbot.raids.model import RaidId
from raidbot.raids.schedules.model import DatesOff
from raidbot.raids.schedules.occurrences import occurrences
from raidbot.raids.series.model import Series, SeriesCode, SeriesId
from tests.raids.builders import ALICE, GUILD, NOW
from tests.state.series.builders import everything as everything_of_a_series

Call = Callable[[sqlite3.Connection], object]


def _insert_series(tx: sqlite3.Connection) -> Series:
    plain = everything_of_a_series()
    return replace(plain, id=series_rows.insert(tx, replace(plain, code=SeriesCode("never")), next_at=NOW))


def series_calls() -> Iterator[tuple[str, Call]]:
    def inserted(tx: sqlite3.Connection) -> Series:
        found = series_rows.load(tx, _insert_series(tx).id)
        assert found is not None
        return found

    def save(tx: sqlite3.Connection) -> None:
        before = inserted(tx)
        series_rows.save(tx, before, replace(before, singles=(), standing=()), next_at=None)
        series_rows.note_look(tx, before, next_at=NOW)
        series_rows.delete(tx, before.id)

    yield "insert, load, save, note_look, delete", save
    yield "of_guild", partial(series_rows.of_guild, guild=GUILD)
    yield "next_looks", series_rows.next_looks
    yield "due", partial(series_rows.due, now=NOW)
    yield "members_standing", partial(series_rows.members_standing, guild=GUILD)
    yield "guilds_with_standing", series_rows.guilds_with_standing
    yield "standing_of", partial(series_rows.standing_of, guild=GUILD, member=ALICE)


def occurrence_calls(raid: RaidId) -> Iterator[tuple[str, Call]]:
    def claim(tx: sqlite3.Connection) -> None:
        series = _insert_series(tx)
        one, other, *_ = islice(occurrences(series.schedule, after=NOW), 3)
        series_occurrences.claim(tx, series.id, one, raid)
        series_occurrences.note_missed(tx, series.id, [other], None)
        series_occurrences.move_claims(tx, series.id, series.schedule, to=series.id)
        stored = raids.load(tx, raid)
        assert stored is not None
        series_occurrences.release(tx, replace(stored, series=series.id), NOW)
        series_rows.delete(tx, series.id)

    def series_of(tx: sqlite3.Connection) -> None:
        stored = raids.load(tx, raid)
        assert stored is not None
        series_occurrences.series_of(tx, replace(stored, series=1))

    yield "series_of", series_of
    off = (DatesOff(NOW.date(), NOW.date()),)
    yield "next_raid", partial(series_occurrences.next_raid, series=SeriesId(1), after=NOW)
    save = partial(series_occurrences.save_dates_off, guild=GUILD, now=NOW)
    yield "claim, note_missed, move_claims, release", claim
    yield "posted", partial(series_occurrences.posted, series=SeriesId(1))
    yield "posted_of", partial(series_occurrences.posted_of, series=[SeriesId(1)])
    yield "parts", partial(series_occurrences.parts, series=SeriesId(1))
    yield "attendance", partial(series_occurrences.attendance, series=SeriesId(1), before=NOW)
    yield "history", partial(series_occurrences.history, series=SeriesId(1), limit=10)
    yield "last_raid", partial(series_occurrences.last_raid, series=SeriesId(1), before=NOW)
    yield "save_dates_off", partial(save, before=(), after=off)
    yield "dates_off", partial(series_occurrences.dates_off, guild=GUILD)
    yield (
        "save_dates_off (back)",
        partial(save, before=off, after=()),
    )
    yield "delete_dates_off", partial(series_occurrences.delete_dates_off, guild=GUILD)
