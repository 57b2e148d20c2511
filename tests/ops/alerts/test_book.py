"""The book knows after a restart of alerts that were told, however the rows are damaged."""

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from raidbot.db.database import Database
from raidbot.ops.alerts import rows
from raidbot.ops.alerts.book import Book
from raidbot.ops.alerts.model import Alert, Finding, Key
from raidbot.ops.alerts.standing import Standing
from raidbot.utils.words import say
from tests.suite.new_database import put_new

NOW = datetime(2026, 3, 18, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
JOB = Key(Alert.JOB, "closing")
TROUBLE = say("It fails.")


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    path = tmp_path / "raidbot.db"
    put_new(path)
    opened = await Database.open(path)
    yield opened
    await opened.close()


async def reopened(db: Database) -> Book:
    book = Book(db)
    await book.load()
    return book


async def test_every_standing_comes_back(db: Database) -> None:
    told = {
        Key(Alert.MEMORY): Standing(began_at=NOW, told=True, delivered_at=NOW, count=2),
        JOB: Standing(began_at=NOW, ended_at=NOW + MINUTE, owed="It fails.", count=1),
        Key(Alert.DISCORD, "messages"): Standing(delivered_at=NOW, cleared_at=NOW + MINUTE),
    }
    await db.write(partial(rows.save, changed=told))
    await db.write(partial(rows.note_report, day=date(2026, 3, 18)))

    book = await reopened(db)

    assert book.standings == told
    assert book.last_report == date(2026, 3, 18)


async def test_what_is_owed_is_told_after_a_restart(db: Database) -> None:
    book = Book(db)
    book.observe(Finding(JOB, TROUBLE), NOW)
    await book.save()

    after = await reopened(db)

    assert [(one.key, one.text) for one in after.news(NOW)] == [(JOB, "It fails.")]


async def test_what_was_told_is_not_told_again_and_its_end_is(db: Database) -> None:
    book = Book(db)
    book.observe(Finding(JOB, TROUBLE), NOW)
    book.delivered(book.news(NOW), NOW)
    await book.save()

    after = await reopened(db)
    after.observe(Finding(JOB, TROUBLE), NOW + MINUTE)
    assert after.news(NOW + MINUTE) == []
    after.observe(Finding(JOB), NOW + 2 * MINUTE)

    assert [one.is_over for one in after.news(NOW + 2 * MINUTE)] == [True]


async def test_what_was_observed_before_it_was_loaded_is_kept(db: Database) -> None:
    await db.write(partial(rows.save, changed={JOB: Standing(delivered_at=NOW, count=3)}))
    book = Book(db)
    book.observe(Finding(JOB, TROUBLE), NOW + MINUTE)

    await book.load()

    assert book.standings[JOB].count == 4
    assert book.standings[JOB].delivered_at == NOW
    assert book.standings[JOB].lasts


async def test_while_nothing_can_be_written_it_is_known_and_written_later(db: Database) -> None:
    book = Book(db)
    book.observe(Finding(JOB, TROUBLE), NOW)
    await db._writer.execute("PRAGMA query_only = ON")
    await book.save()
    assert [one.key for one in book.news(NOW)] == [JOB]
    await db._writer.execute("PRAGMA query_only = OFF")

    await book.save()

    assert (await reopened(db)).standings == book.standings


async def test_a_damaged_row_keeps_no_other_from_being_read(db: Database) -> None:
    await db.write(partial(rows.save, changed={JOB: Standing(count=1), Key(Alert.MEMORY): Standing(count=2)}))

    def damage(tx: sqlite3.Connection) -> None:
        tx.execute("UPDATE alerts SET count = -5 WHERE alert = 'job'")
        tx.execute("INSERT INTO alerts (alert, subject) VALUES ('of an older version', '')")
        tx.execute("INSERT INTO facts (name, value) VALUES ('daily report', 'yesterday')")

    await db.write(damage)

    book = await reopened(db)

    assert book.standings == {Key(Alert.MEMORY): Standing(count=2)}
    assert book.last_report is None


async def test_a_report_begins_the_counts_anew(db: Database) -> None:
    book = Book(db)
    book.observe(Finding(JOB, TROUBLE), NOW)
    book.reported(date(2026, 3, 18))
    await book.save()

    after = await reopened(db)

    assert after.standings[JOB].count == 0
    assert after.standings[JOB].lasts
    assert after.last_report == date(2026, 3, 18)
