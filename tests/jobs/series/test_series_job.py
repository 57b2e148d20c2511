"""The clock posts raids of series: whatever the clock does, and whatever fails beside them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from raidbot.db import absences
from raidbot.jobs.series import BACK_OFF
from raidbot.raids import lifecycle
from raidbot.raids.model import MessageId, RaidId, Source
from raidbot.raids.rosters import signups
from raidbot.raids.schedules import edits
from raidbot.raids.schedules.model import DatesOff, Lead
from raidbot.raids.schedules.rules import Daily, EveryHours, RecurrenceId
from raidbot.raids.series import rules
from raidbot.raids.series.model import MAX_FAILURES, RosterMode, Series, SeriesId
from tests.jobs.series.harness import World, opened
from tests.raids.builders import ALICE, BOB, CAROL, GUILD, NOW
from tests.state.series.builders import BY_MANAGER, FIRST, HEALER, series, weekly

HOURLY = replace(weekly("2026-03-18T12:00", EveryHours(1), "UTC"), posting=Lead())
DAILY = weekly("2026-03-19T20:00", Daily())


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(tmp_path) as found:
        yield found


async def make(world: World, plain: Series) -> SeriesId:
    return (await world.state.series.create(replace(plain, looked_at=world.now), BY_MANAGER)).id


async def test_nothing_is_posted_in_the_past_when_the_clock_jumps_ahead(world: World) -> None:
    """S31: three days ahead, and twelve hours."""
    await make(world, series(HOURLY))
    await world.tick()
    for jump in (timedelta(days=3, minutes=7), timedelta(hours=12)):
        before = await world.starts()
        await world.tick(jump)
        assert all(start > world.now.timestamp() for start in (await world.starts())[len(before) :])
    assert await world.audited("series.missed") == 2
    assert await world.rows("SELECT count(*) FROM series_occurrences WHERE state = 'missed'") == [(72 + 12,)]


async def test_a_clock_that_goes_back_posts_and_reports_nothing_twice(world: World) -> None:
    await make(world, series(DAILY))
    for _ in range(10):
        await world.tick(timedelta(hours=12))
    posted = await world.starts()

    await world.tick(timedelta(hours=-2))
    await world.tick(timedelta(hours=2))

    assert await world.starts() == posted
    assert len(set(posted)) == len(posted)
    assert await world.audited("series.missed") == 0


async def test_a_clock_that_was_wrong_at_the_start_misses_nothing_that_lies_ahead(world: World) -> None:
    await make(world, series(DAILY))
    await world.tick(timedelta(days=5))
    world.restart()
    await world.tick(timedelta(days=-5))
    for _ in range(14):
        await world.tick(timedelta(hours=12))

    starts = await world.starts()
    assert len(set(starts)) == len(starts)
    assert sorted(starts) == [int((NOW + timedelta(days=n, hours=32)).timestamp()) for n in range(len(starts))]


async def test_a_failing_series_delays_no_other_and_is_told_once(world: World) -> None:
    broken = await make(world, series(DAILY))
    for _ in range(3):
        await make(world, series(DAILY))
    world.discord.raising.add(broken)

    for _ in range(4):
        await world.tick(timedelta(hours=24))

    assert await world.rows("SELECT series, count(*) FROM raids GROUP BY series") == [
        (broken + n, 4) for n in (1, 2, 3)
    ]
    assert await world.audited("row.set_aside") == 1
    world.discord.raising.clear()
    await world.tick(timedelta(hours=2))
    assert (broken,) in await world.rows("SELECT DISTINCT series FROM raids")


async def test_a_vanished_channel_is_looked_for_once_a_step_and_then_no_more(world: World) -> None:
    one = await make(world, series(weekly("2026-03-20T20:00", Daily(7))))
    world.discord.without_channel.add(one)
    world.now = NOW + timedelta(days=1)

    for _ in range(24 * 12):
        await world.tick(timedelta(minutes=5))

    attempts = [at for _, at in world.discord.asked]
    assert [later - earlier for earlier, later in pairwise(attempts)] == list(BACK_OFF)
    assert (await world.state.series.get(one)).failures == MAX_FAILURES
    assert await world.audited("series.failed") == 1
    assert await world.audited("series.stopped") == 1
    assert len(await world.rows("SELECT id FROM outbox")) == 1


async def test_a_channel_that_comes_back_in_time_is_all_that_is_needed(world: World) -> None:
    one = await make(world, series(DAILY))
    world.discord.without_channel.add(one)
    await world.tick(timedelta(hours=10))
    world.discord.without_channel.clear()
    await world.tick(timedelta(minutes=16))

    after = await world.state.series.get(one)
    assert (after.failures, after.trouble) == (0, None)
    assert len(await world.starts()) == 1


async def test_dates_missed_while_posting_failed_say_why(world: World) -> None:
    one = await make(world, series(DAILY))
    world.discord.without_channel.add(one)
    await world.tick(timedelta(hours=31))
    world.restart()
    await world.tick(timedelta(hours=2))

    assert [past.reason for past in await world.state.series.occurrences(one)] == ["channel-gone"]


async def test_a_disabled_template_is_a_trouble_like_any_other(world: World) -> None:
    one = await make(world, series(DAILY, template="custom-nothing"))
    await world.tick(timedelta(hours=10))

    trouble = (await world.state.series.get(one)).trouble
    assert trouble is not None
    assert trouble.code == "template-gone"


async def test_what_is_edited_while_another_series_is_posted_counts(world: World) -> None:
    """Series are looked at together; a date that is skipped meanwhile, or a series that is cut, is looked at anew."""
    await make(world, rules.join(series(weekly()), ALICE, HEALER, now=NOW))
    skipped, cut = [await make(world, series(DAILY, name=name)) for name in ("Skipped", "Cut")]
    world.now += timedelta(hours=20)

    async def meanwhile() -> None:
        world.discord.meanwhile = None
        skip = partial(rules.on_schedule, edit=partial(edits.skip, id_=FIRST))
        await world.state.series.change(skipped, skip, BY_MANAGER)
        await world.state.series.split(cut, RecurrenceId(date(2026, 3, 20)), _renamed, BY_MANAGER)

    world.discord.meanwhile = meanwhile
    await world.tick()
    assert len(await world.starts()) == 1
    await world.tick()

    assert len(await world.starts()) == 2
    assert await world.rows("SELECT series FROM series_occurrences ORDER BY id") == [(1,), (cut,)]


def _renamed(plain: Series) -> Series:
    return replace(plain, name="Later")


async def test_series_of_absent_servers_rest_and_go_on(world: World) -> None:
    await make(world, series(DAILY))
    await world.db.write(partial(absences.note, guild=GUILD, at=world.now))
    for _ in range(5):
        await world.tick(timedelta(days=1))
    assert await world.starts() == []

    await world.db.write(partial(absences.end, guild=GUILD))
    await world.tick()

    assert len(await world.starts()) == 1
    assert await world.audited("series.missed") == 1


async def test_dates_off_of_the_server_skips_and_edits_meet_at_the_clock(world: World) -> None:
    one = await make(world, series(DAILY))
    off = DatesOff((NOW + timedelta(days=2)).date(), (NOW + timedelta(days=3)).date())
    await world.state.series.change_dates_off(GUILD, partial(rules.add_dates_off, off=off), BY_MANAGER)
    for _ in range(6):
        await world.tick(timedelta(days=1))
        await world.state.series.change(one, lambda plain: replace(plain, name=f"{plain.name}!"), BY_MANAGER)

    days = [day for (day,) in await world.rows("SELECT planned_on FROM series_occurrences ORDER BY planned_on")]
    assert days == ["2026-03-19", *(f"2026-03-{day}" for day in range(22, 25))]


async def test_a_moved_occurrence_is_posted_for_its_new_time_only(world: World) -> None:
    """S35: what follows from the raid's start follows the new one."""
    one = await make(world, series(weekly()))
    to = (NOW + timedelta(days=2, hours=8)).replace(tzinfo=None)
    move = partial(rules.on_schedule, edit=partial(edits.move, id_=FIRST, to=to))
    await world.state.series.change(one, move, BY_MANAGER)
    await world.tick(timedelta(hours=9))
    assert await world.starts() == []
    await world.tick(timedelta(days=1))

    assert await world.starts() == [int((NOW + timedelta(days=2, hours=8)).timestamp())]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(RosterMode.EMPTY, []), (RosterMode.STANDING, [ALICE]), (RosterMode.COPY, [BOB, CAROL, ALICE])],
)
async def test_the_next_board_has_whom_the_series_says(world: World, mode: RosterMode, expected: list[int]) -> None:
    """S39: last week's roster stays with last week's raid."""
    plain = rules.join(replace(series(weekly()), roster=RosterMode.EMPTY), ALICE, HEALER, now=NOW)
    one = await make(world, plain)
    await world.tick(timedelta(hours=20))
    first = RaidId(1)
    await world.state.change(first, partial(lifecycle.posted, message=MessageId(1)), BY_MANAGER)
    for member in (BOB, CAROL):
        join = partial(signups.join, member=member, key=HEALER, now=world.now, source=Source.COMMAND)
        await world.state.change(first, join, BY_MANAGER)
    await world.state.series.change(one, lambda plain: replace(plain, roster=mode), BY_MANAGER)
    await world.tick(timedelta(days=7))

    assert list((await world.state.raid(RaidId(2))).members()) == expected
    assert [seat.member for seat in (await world.state.raid(first)).seats] == [BOB, CAROL]
