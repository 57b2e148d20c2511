"""Two years of series, day by day with restarts and kills between, are what the schedules say at once."""

import random
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from raidbot.raids.schedules import edits
from raidbot.raids.schedules.model import DatesOff, Lead, PostingHour, Schedule
from raidbot.raids.schedules.occurrences import raids
from raidbot.raids.schedules.rules import Daily, EveryHours, MonthlyByDate, MonthlyByWeekday, RecurrenceId, Weekly
from raidbot.raids.series.model import Turn
from tests.chaos import rounds, seeds
from tests.jobs.series.harness import Killed, World, opened
from tests.raids.builders import NOW
from tests.state.series.builders import BY_MANAGER, series, weekly

DAYS = rounds(100, 730)
TURNS = tuple(Turn(template="museum", title=f"Turn {number}") for number in range(3))


def schedules() -> list[Schedule]:
    nights = weekly("2026-03-19T20:00", Weekly((0, 3)), "America/New_York")
    changed = edits.skip(nights, RecurrenceId((NOW + timedelta(days=12)).date()))
    at = (NOW + timedelta(days=16, hours=3)).replace(tzinfo=None)
    changed = edits.move(changed, RecurrenceId((NOW + timedelta(days=15)).date()), at)
    off = DatesOff((NOW + timedelta(days=40)).date(), (NOW + timedelta(days=50)).date())
    at_ten = PostingHour(at=time(10), weekday=6, least_lead_minutes=3 * 24 * 60)
    others = (
        weekly("2026-03-20T02:15", Daily(3), "Australia/Lord_Howe"),
        weekly("2026-03-31T23:30", MonthlyByDate(31), "Africa/Casablanca"),
        weekly("2026-03-20T01:30", EveryHours(50), "Antarctica/Troll"),
        weekly("2026-03-27T19:00", MonthlyByWeekday(-1, 4), "Pacific/Chatham"),
    )
    in_time = (replace(schedule, posting=Lead(days=3)) for schedule in others)  # a few kills in a row are no downtime
    return [replace(changed, dates_off=(off,), posting=at_ten), *in_time]


@pytest.mark.chaos
@pytest.mark.parametrize("seed", seeds(1, 5))
async def test_day_by_day_with_kills_is_the_same_as_at_once(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    async with opened(tmp_path) as world:
        for schedule in schedules():
            plain = replace(series(schedule), rotation=TURNS)
            await world.state.series.create(plain, BY_MANAGER)
        for _ in range(2 * DAYS):
            await _tick_or_die(world, rng)
        world.restart()
        world.discord.kill_at = None
        await world.tick()
        end = world.now

        found = await world.rows(
            "SELECT raids.series, planned_on, raids.starts_at, title FROM raids"
            " JOIN series_occurrences ON raid = raids.id WHERE state = 'posted' ORDER BY 1, 3, 2"
        )
        expected = [
            (number, str(one.id), int(one.starts_at.timestamp()), one.turn(TURNS).title)
            for number, schedule in enumerate(schedules(), 1)
            for one in raids(schedule, after=NOW, before=end + timedelta(days=30))
            if one.posts_at <= end
        ]
        assert found == sorted(expected, key=lambda row: (row[0], row[2], row[1]))
        assert await world.rows("SELECT count(*) FROM raids") == [(len(expected),)]
        assert await world.audited("series.missed") == 0


async def _tick_or_die(world: World, rng: random.Random) -> None:
    if rng.random() < 0.1:
        world.restart()
    world.discord.kill_at = len(world.discord.asked) + rng.randrange(1, 3) if rng.random() < 0.1 else None
    try:
        await world.tick(timedelta(hours=12))
    except Killed:
        world.restart()
