"""Standing places when a raid is posted: those whose role is gone, and those of members who do not come for weeks."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from raidbot.raids import lifecycle
from raidbot.raids.model import CloseReason, MessageId, Presence, RaidId, RoleKey
from raidbot.raids.rosters import attendance
from raidbot.raids.series import rules
from raidbot.raids.series.model import SeriesId, Turn
from tests.jobs.series.harness import World, opened
from tests.raids.builders import ALICE, BOB, MANAGER, NOW
from tests.state.series.builders import BY_MANAGER, HEALER, SECOND, TANK, series, weekly

WIZARD = RoleKey("wizard")
WEEK = timedelta(days=7)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(tmp_path) as found:
        yield found


async def members_of(world: World, raid: int) -> list[int]:
    return list((await world.state.raid(RaidId(raid))).members())


async def told(world: World, member: int, text: str) -> int:
    rows = await world.rows("SELECT target, payload FROM outbox")
    return sum(target == member and text in str(payload) for target, payload in rows)


async def test_a_role_that_is_gone_is_told_once_and_rests_until_it_is_back(world: World) -> None:
    plain = rules.join(rules.join(series(weekly()), ALICE, WIZARD, now=NOW), BOB, HEALER, now=NOW)
    one = await world.state.series.create(plain, BY_MANAGER)
    await world.tick(timedelta(hours=20))
    for _ in range(2):
        world.restart()
        await world.tick(WEEK)

    assert [await members_of(world, raid) for raid in (1, 2, 3)] == [[BOB]] * 3
    assert await told(world, ALICE, "Your role in") == 1
    assert await told(world, BOB, "Your role in") == 0
    assert await world.audited("standing.role_gone") == 1
    assert [place.is_role_gone for place in (await world.state.series.get(one.id)).standing] == [True, False]

    await world.state.series.change(one.id, partial(rules.join, member=ALICE, role=TANK, now=world.now), BY_MANAGER)
    await world.tick(WEEK)
    assert sorted(await members_of(world, 4)) == [ALICE, BOB]
    assert await told(world, ALICE, "Your role in") == 1


async def test_a_role_of_another_turn_is_not_gone(world: World) -> None:
    turns = (Turn(template="wow-10"), Turn(template="museum"))
    plain = rules.join(replace(series(weekly()), rotation=turns), ALICE, HEALER, now=NOW)
    await world.state.series.create(plain, BY_MANAGER)
    await world.tick(timedelta(hours=20))
    await world.tick(WEEK)

    assert [await members_of(world, raid) for raid in (1, 2)] == [[ALICE], []]
    assert await told(world, ALICE, "Your role in") == 0


async def test_who_does_not_come_for_three_weeks_loses_the_place_and_is_told(world: World) -> None:
    plain = rules.join(rules.join(series(weekly()), ALICE, HEALER, now=NOW), BOB, TANK, now=NOW)
    one = await world.state.series.create(plain, BY_MANAGER)
    await world.tick(timedelta(hours=20))
    for raid in (1, 2, 3):
        assert sorted(await members_of(world, raid)) == [ALICE, BOB]
        await _take_place(world, RaidId(raid), missing=ALICE)
        await world.tick(WEEK)

    assert await members_of(world, 4) == [BOB]
    assert [place.member for place in (await world.state.series.get(one.id)).standing] == [BOB]
    assert await told(world, ALICE, "absent for three weeks") == 1
    assert await world.audited("standing.ended") == 1


async def test_no_shows_before_a_cut_count_after_it(world: World) -> None:
    one = await world.state.series.create(rules.join(series(weekly()), ALICE, HEALER, now=NOW), BY_MANAGER)
    await world.tick(timedelta(hours=20))
    later: SeriesId = one.id
    for raid in (1, 2, 3):
        await _take_place(world, RaidId(raid), missing=ALICE)
        if raid == 1:
            cut = partial(world.state.series.split, one.id, SECOND)
            later = (await cut(lambda plain: replace(plain, name="Later"), BY_MANAGER)).id
        await world.tick(WEEK)

    assert later != one.id
    assert (await world.state.series.get(later)).standing == ()
    assert await members_of(world, 4) == []


async def test_dates_before_a_cut_keep_their_places(world: World) -> None:
    one = await world.state.series.create(rules.join(series(weekly()), ALICE, HEALER, now=NOW), BY_MANAGER)
    await world.state.series.split(one.id, SECOND, lambda plain: replace(plain, name="Later"), BY_MANAGER)
    await world.tick(timedelta(hours=20))
    await world.tick(WEEK)

    assert [await members_of(world, raid) for raid in (1, 2)] == [[ALICE], [ALICE]]
    assert await told(world, ALICE, "standing place") == 1


async def _take_place(world: World, raid: RaidId, *, missing: int) -> None:
    """Post the raid, let it take place, and mark who did not come."""
    await world.state.change(raid, partial(lifecycle.posted, message=MessageId(raid)), BY_MANAGER)
    close = partial(lifecycle.close, reason=CloseReason.AT_START, by=None, now=world.now)
    await world.state.change(raid, close, BY_MANAGER)
    began = (await world.state.raid(raid)).starts_at
    seated = [row.member for row in (await world.state.raid(raid)).attendance]
    mark = partial(
        attendance.mark,
        presence=Presence.NO_SHOW,
        chosen=[member for member in seated if member == missing],
        among=seated,
        by=MANAGER,
        now=began + timedelta(hours=1),
    )
    await world.state.change(raid, mark, BY_MANAGER)
