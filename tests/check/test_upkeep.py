"""The clock, the backups, and the last run of each job."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from raidbot.check import clock, jobs
from raidbot.check.backups import backups
from raidbot.check.findings import Grade
from raidbot.db import audit
from raidbot.db.database import Database
from raidbot.jobs.schedule import JOB_NAMES
from raidbot.raids.audit.announcement_entries import unheard_entry
from raidbot.raids.model import Source
from tests.raids.builders import GUILD, NOW

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("ahead", "grade", "said"),
    [
        (timedelta(seconds=2), Grade.OK, "agrees with Discord's"),
        (timedelta(seconds=40), Grade.WARNING, "is 40 seconds ahead of Discord's"),
        (timedelta(seconds=-40), Grade.WARNING, "is 40 seconds behind Discord's"),
        (timedelta(hours=-2), Grade.WRONG, "is 2 hours behind Discord's"),
    ],
)
def test_the_clock_is_compared_with_discords(ahead: timedelta, grade: Grade, said: str) -> None:
    finding = clock.against_discord(NOW, NOW + ahead)

    assert finding.grade is grade
    assert said in finding.sentence


@pytest.mark.parametrize(("behind", "is_said"), [(timedelta(minutes=1), False), (timedelta(days=3), True)])
async def test_a_clock_behind_the_database_is_named(tmp_path: Path, behind: timedelta, is_said: bool) -> None:
    path = tmp_path / "raidbot.db"
    db = await Database.open(path)
    await db.write(
        lambda tx: audit.record(
            tx, entries=[unheard_entry(6, 5)], guild=GUILD, raid=None, at=NOW, actor=None, source=Source.CLOCK
        )
    )
    await db.close()

    found = list(clock.against_database(path, NOW - behind))

    assert [finding.grade for finding in found] == ([Grade.WRONG] if is_said else [])
    assert all("3 days before the last entry in the database" in finding.sentence for finding in found)


def test_without_backups_it_says_how_to_make_one(tmp_path: Path) -> None:
    (finding,) = backups(tmp_path / "raidbot.db", NOW)

    assert finding.grade is Grade.WARNING
    assert "`raidbot backup` makes one now" in finding.sentence


@pytest.mark.parametrize(("age", "grade"), [(20 * HOUR, Grade.OK), (40 * HOUR, Grade.WARNING)])
def test_the_last_backup_is_named_with_the_number_and_size_of_all(tmp_path: Path, age: timedelta, grade: Grade) -> None:
    for made_at in (NOW - age, NOW - 3 * age):
        make_backup(tmp_path, made_at)
    (tmp_path / "backups" / "notes.txt").write_text("not ours")

    (finding,) = backups(tmp_path / "raidbot.db", NOW)

    assert finding.grade is grade
    assert f"{NOW - age:%Y-%m-%d %H:%M} UTC" in finding.sentence
    assert f"2 are kept in {tmp_path / 'backups'}, 4 kB together." in finding.sentence
    assert ("overdue" in finding.sentence) is (grade is Grade.WARNING)


def make_backup(folder: Path, made_at: datetime) -> None:
    path = folder / "backups" / f"raidbot.db.auto-{made_at:%Y-%m-%dT%H-%M-%SZ}"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(bytes(2000))
    os.utime(path, (made_at.timestamp(), made_at.timestamp()))


async def note_runs(path: Path, **runs: tuple[datetime | None, datetime | None, int]) -> None:
    """Store the last runs of jobs; all others ran at NOW."""
    stored = dict.fromkeys(JOB_NAMES, (NOW, None, 0)) | runs
    rows = [
        (name, *(None if at is None else int(at.timestamp()) for at in (ran_at, failed_at)), failures)
        for name, (ran_at, failed_at, failures) in stored.items()
        if ran_at or failed_at
    ]
    db = await Database.open(path)
    await db.write(lambda tx: tx.executemany("INSERT OR REPLACE INTO job_runs VALUES (?, ?, ?, ?)", rows))
    await db.close()


async def test_the_last_run_of_all_jobs_is_one_line(tmp_path: Path) -> None:
    await note_runs(tmp_path / "raidbot.db")

    (finding,) = jobs.jobs(tmp_path / "raidbot.db", NOW + HOUR)

    assert finding.grade is Grade.OK
    assert finding.sentence == f"{len(JOB_NAMES)} jobs ran last {NOW:%Y-%m-%d %H:%M} UTC, 1 hour ago or later."


async def test_a_job_that_fails_is_named(tmp_path: Path) -> None:
    await note_runs(tmp_path / "raidbot.db", closing=(NOW - 2 * HOUR, NOW, 7), audit=(None, NOW, 3))

    first, second, third = jobs.jobs(tmp_path / "raidbot.db", NOW + HOUR)

    assert (first.check, second.check) == ("audit", "closing")
    assert "failed 3 times in a row" in first.sentence
    assert "It has never succeeded." in first.sentence
    assert "failed 7 times in a row, last " in second.sentence
    assert "It last succeeded " in second.sentence
    assert {first.grade, second.grade} == {Grade.WARNING}
    assert third.grade is Grade.OK


async def test_a_job_that_was_never_started_is_named(tmp_path: Path) -> None:
    await note_runs(tmp_path / "raidbot.db", closing=(None, None, 0))

    first, _ = jobs.jobs(tmp_path / "raidbot.db", NOW + HOUR)

    assert first.grade is Grade.WARNING
    assert first.sentence.startswith("These jobs have never run: closing.")


async def test_a_job_that_stopped_while_the_bot_runs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = NOW + 3 * HOUR
    await note_runs(tmp_path / "raidbot.db", **{name: (now, None, 0) for name in JOB_NAMES if name != "closing"})
    monkeypatch.setattr(jobs, "running_since", lambda _path: NOW - HOUR)

    first, second = jobs.jobs(tmp_path / "raidbot.db", now)

    assert (first.grade, first.check) == (Grade.WARNING, "closing")
    assert "3 hours ago, although the bot runs." in first.sentence
    assert second.grade is Grade.OK


async def test_before_the_first_run_nothing_is_missing(tmp_path: Path) -> None:
    await (await Database.open(tmp_path / "raidbot.db")).close()

    (finding,) = jobs.jobs(tmp_path / "raidbot.db", NOW)

    assert finding.sentence == "No job has run yet."
