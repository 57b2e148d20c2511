"""Backups are known by their names: which are ours, how old they are, which go and which stay."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from raidbot.ops.backups import names
from raidbot.ops.backups.rotation import DAILY, WEEKLY, expired
from tests.process.running import ROOT, WITHOUT_ROOT_FILE_ACCESS

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
EVER_USED = (
    "raidbot.db.auto-2026-11-30T09-00-00Z",
    "raidbot-auto-2026-11-30.db",
    "raidbot.db.auto-20261130",
    "raidbot.auto-20261130-090000.db",
    "raidbot-auto-2026-11-30T09:00Z.db",
    "raidbot_auto_2026-11-30.db",
)
"""Every name that an automatic backup has had; never take one away."""
FOREIGN = (
    "raidbot.db",
    "raidbot.db.before-16",
    "raidbot.db.auto-2026-13-30T09-00-00Z",
    "raidbot.db.auto-yesterday",
    "raidbot.db.auto-2026-11-30T09-00-00Z.gz",
    "other.db.auto-2026-11-30T09-00-00Z",
    "my raidbot.db.auto-2026-11-30T09-00-00Z",
    "raidbot.sqlite.auto-2026-11-30T09-00-00Z",
    "notes-2026-11-30.txt",
)

COUNT_BACKUPS = """
import sys
from pathlib import Path
from raidbot.ops.backups import names
print(names.facts(Path(sys.argv[1])).count)
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "raidbot.db"


def put(database: Path, *files: str) -> None:
    for file in files:
        (names.folder_of(database) / file).write_text("content")


def left(database: Path, now: datetime = NOW) -> list[str]:
    """Remove what is expired, and return the names of the rest."""
    for one in expired(names.backups(database), now):
        one.path.unlink()
    return sorted(file.name for file in names.folder_of(database).iterdir())


def test_a_name_has_the_day_and_time_in_utc(database: Path) -> None:
    path = names.automatic(database, NOW)
    put(database, path.name)

    assert path == database.parent / "backups" / "raidbot.db.auto-2026-12-01T09-30-00Z"
    assert [(one.made_at, one.is_automatic) for one in names.backups(database)] == [(NOW, True)]


@pytest.mark.parametrize("name", EVER_USED)
def test_every_name_that_was_ever_used_is_known(database: Path, name: str) -> None:
    put(database, name)

    assert [one.made_at.date().isoformat() for one in names.backups(database) if one.is_automatic] == ["2026-11-30"]


def test_what_is_not_ours_is_not_touched(database: Path) -> None:
    put(database, *FOREIGN)

    assert names.backups(database) == []
    assert left(database) == sorted(FOREIGN)


def test_of_400_with_an_older_name_7_daily_and_4_weekly_stay(database: Path) -> None:
    days = [NOW.date() - timedelta(days=age) for age in range(1, 401)]
    put(database, *(f"raidbot-auto-{day}.db" for day in days), "notes.txt", *FOREIGN[:2])
    put(database, names.automatic(database, NOW).name)

    kept = left(database)

    assert len(kept) == DAILY + WEEKLY + 3
    dates = sorted((one.made_at.date() for one in names.backups(database)), reverse=True)
    assert dates[:DAILY] == [NOW.date() - timedelta(days=age) for age in range(DAILY)]
    assert [day.isoformat() for day in dates[DAILY:]] == ["2026-11-24", "2026-11-22", "2026-11-15", "2026-11-08"]


def test_removing_each_day_leaves_what_removing_at_the_end_leaves(database: Path, tmp_path: Path) -> None:
    moments = [NOW + timedelta(hours=hours) for hours in range(0, 60 * 24, 7)]
    for moment in moments:
        put(database, names.automatic(database, moment).name)
        left(database, moment)
    each_day = left(database, moments[-1])
    put(database, *(names.automatic(database, moment).name for moment in moments))

    assert left(database, moments[-1]) == each_day
    assert len(each_day) == DAILY + WEEKLY


def test_own_ones_stay_for_good_and_their_size_counts(database: Path) -> None:
    """`raidbot backup` by cron for sixty days, beside the automatic ones."""
    for age in range(60):
        moment = NOW - timedelta(days=age)
        put(database, names.automatic(database, moment).name, names.manual(database, moment).name)

    kept = left(database)

    assert len([name for name in kept if ".manual-" in name]) == 60
    assert len([name for name in kept if ".auto-" in name]) == DAILY + WEEKLY
    found = names.facts(database)
    assert (found.last, found.count, found.bytes) == (NOW, 60 + DAILY + WEEKLY, len("content") * (60 + DAILY + WEEKLY))


def test_one_dated_by_a_clock_ahead_takes_no_place_and_stays(database: Path) -> None:
    ahead = NOW + timedelta(days=400)
    put(database, names.automatic(database, ahead).name)
    put(database, *(names.automatic(database, NOW - timedelta(days=age)).name for age in range(DAILY)))

    assert len(left(database)) == DAILY + 1
    assert names.facts(database, now=NOW).last == NOW
    assert names.facts(database).last == ahead


def test_unfinished_ones_are_no_backups(database: Path) -> None:
    put(database, f"{names.automatic(database, NOW).name}.part", f"{names.manual(database, NOW).name}.part-journal")

    assert names.backups(database) == []
    assert (names.facts(database).count, names.facts(database).last) == (0, None)
    assert [one.is_automatic for one in names.unfinished(database)] == [True, False]


def test_a_folder_that_may_be_listed_but_not_entered_has_none(database: Path) -> None:
    put(database, "raidbot.db.auto-2030-03-10T09-00-00Z")
    folder = names.folder_of(database)
    folder.chmod(0o400)
    try:
        command = (*WITHOUT_ROOT_FILE_ACCESS, sys.executable, "-c", COUNT_BACKUPS, str(database))
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    finally:
        folder.chmod(0o700)

    assert said.stdout == "0\n", said.stderr


def test_without_a_folder_there_is_nothing(tmp_path: Path) -> None:
    assert (names.facts(tmp_path / "raidbot.db").count, names.backups(tmp_path / "raidbot.db")) == (0, [])
