"""The clock, the backups, and the last run of each job."""

import ast
import os
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

import raidbot.jobs
from discord_sandbox import SandboxGuild
from raidbot.check import clock, jobs
from raidbot.check.backups import backups
from raidbot.check.findings import Grade
from raidbot.db import audit, job_runs
from raidbot.db.database import Database
from raidbot.db.job_runs import JobRun
from raidbot.jobs.schedule import JOB_NAMES
from raidbot.raids.audit.announcement_entries import unheard_entry
from raidbot.raids.model import Source
from tests.conftest import Start
from tests.raids.builders import GUILD, NOW

JOBS = Path(raidbot.jobs.__file__).parent
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
    (finding,) = backups(tmp_path / "raidbot.db", NOW, makes_backups=True)

    assert finding.grade is Grade.WARNING
    assert "A running bot makes one a day; `raidbot backup` makes one now." in finding.sentence


@pytest.mark.parametrize("ages", [(), (40 * HOUR,)])
def test_switched_off_backups_are_named(tmp_path: Path, ages: tuple[timedelta, ...]) -> None:
    for age in ages:
        make_backup(tmp_path, NOW - age)

    (finding,) = backups(tmp_path / "raidbot.db", NOW, makes_backups=False)

    assert finding.grade is Grade.WARNING
    assert finding.sentence.endswith("RAIDBOT_BACKUPS=off: the bot makes none; `raidbot backup` makes one now.")


@pytest.mark.parametrize(("age", "grade"), [(20 * HOUR, Grade.OK), (40 * HOUR, Grade.WARNING)])
def test_the_last_backup_is_named_with_the_number_and_size_of_all(tmp_path: Path, age: timedelta, grade: Grade) -> None:
    for made_at in (NOW - age, NOW - 3 * age):
        make_backup(tmp_path, made_at)
    (tmp_path / "backups" / "notes.txt").write_text("not ours")

    (finding,) = backups(tmp_path / "raidbot.db", NOW, makes_backups=True)

    assert finding.grade is grade
    assert f"{NOW - age:%Y-%m-%d %H:%M} UTC" in finding.sentence
    assert f"2 are kept in {tmp_path / 'backups'}, 4 kB together." in finding.sentence
    assert ("overdue" in finding.sentence) is (grade is Grade.WARNING)


def make_backup(folder: Path, made_at: datetime) -> None:
    path = folder / "backups" / f"raidbot.db.auto-{made_at:%Y-%m-%dT%H-%M-%SZ}"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(bytes(2000))
    os.utime(path, (made_at.timestamp(), made_at.timestamp()))


async def note_runs(path: Path, *others: JobRun, without: str = "") -> None:
    """Store the last runs of jobs; all others but `without` ran at NOW."""
    runs = {name: JobRun(job=name, ran_at=NOW) for name in JOB_NAMES if name != without}
    runs |= {run.job: run for run in others}
    db = await Database.open(path)
    await db.write(partial(job_runs.save, runs=runs.values()))
    await db.close()


async def test_the_last_run_of_all_jobs_is_one_line(tmp_path: Path) -> None:
    await note_runs(tmp_path / "raidbot.db")

    (finding,) = jobs.jobs(tmp_path / "raidbot.db", NOW + HOUR)

    assert finding.grade is Grade.OK
    assert finding.sentence == f"{len(JOB_NAMES)} jobs have run since {NOW:%Y-%m-%d %H:%M} UTC, 1 hour ago."


async def test_a_job_that_fails_is_named(tmp_path: Path) -> None:
    await note_runs(
        tmp_path / "raidbot.db",
        JobRun(job="closing", ran_at=NOW, failed_at=NOW, failures=7),
        JobRun(job="audit", failures=1),
    )

    first, second, third = jobs.jobs(tmp_path / "raidbot.db", NOW + HOUR)

    assert first.sentence == "The job “audit” failed once. The log says why."
    assert "The job “closing” failed 7 times in a row, last " in second.sentence
    assert {first.grade, second.grade} == {Grade.WARNING}
    assert third.grade is Grade.OK


async def test_a_job_that_was_never_started_is_named(tmp_path: Path) -> None:
    await note_runs(tmp_path / "raidbot.db", without="closing")

    first, _ = jobs.jobs(tmp_path / "raidbot.db", NOW + HOUR)

    assert first.grade is Grade.WARNING
    assert first.sentence.startswith("These jobs have never run: closing.")


async def test_a_job_that_stopped_while_the_bot_runs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = NOW + 3 * HOUR
    others = (JobRun(job=name, ran_at=now) for name in JOB_NAMES if name != "closing")
    await note_runs(tmp_path / "raidbot.db", *others)
    monkeypatch.setattr(jobs, "running_since", lambda _path: NOW - HOUR)

    first, second = jobs.jobs(tmp_path / "raidbot.db", now)

    assert (first.grade, first.check) == (Grade.WARNING, "closing")
    assert "3 hours ago, although the bot runs." in first.sentence
    assert second.grade is Grade.OK


async def test_before_the_first_run_nothing_is_missing(tmp_path: Path) -> None:
    await (await Database.open(tmp_path / "raidbot.db")).close()

    (finding,) = jobs.jobs(tmp_path / "raidbot.db", NOW)

    assert finding.sentence == "No job has run yet."


async def test_the_check_knows_every_job_and_every_function_of_a_job_is_started(
    guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        names = sorted(bot.heartbeat._jobs)

    started = (JOBS / "schedule.py").read_text(encoding="utf-8")
    assert names == sorted(JOB_NAMES)
    assert [name for name in functions_of_jobs() if name not in started] == []


def functions_of_jobs() -> list[str]:
    """Return the public functions of raidbot/jobs that take the time, and the classes with a `run` that does."""
    found: list[str] = []
    for file in sorted(JOBS.glob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            match node:
                case ast.AsyncFunctionDef(name=name) if not name.startswith("_") and _takes_time(node):
                    found.append(name)
                case ast.ClassDef(name=name, body=body):
                    inside = [one for one in body if isinstance(one, ast.AsyncFunctionDef)]
                    found += [name for one in inside if one.name == "run" and _takes_time(one)]
    return found


def _takes_time(function: ast.AsyncFunctionDef) -> bool:
    return any(argument.arg in ("now", "_now") for argument in function.args.args)


def test_the_functions_of_jobs_are_found() -> None:
    assert {"close_due", "SeriesPosting", "shrink_log", "prune_audit"} <= set(functions_of_jobs())
