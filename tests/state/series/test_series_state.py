"""Series behind their aggregate: what is stored is what was changed, with its audit and its messages."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial
from pathlib import Path

import pytest

from raidbot.db.database import Database
from raidbot.raids.model import GuildId, Source
from raidbot.raids.schedules.model import Count, DatesOff, End, Lead, Posting, PostingHour, Until
from raidbot.raids.schedules.rules import (
    Daily,
    EveryHours,
    MonthlyByDate,
    MonthlyByWeekday,
    OnDates,
    Rule,
    Weekly,
)
from raidbot.raids.series import rules
from raidbot.raids.series.model import MAX_SERIES, Series, Turn
from raidbot.raids.series.rules import NoSuchSeries, NotAPlace
from raidbot.series import TooManySeries
from raidbot.state import Cause, State
from raidbot.utils.errors import Refusal
from tests.raids.builders import ALICE, BOB, CREATOR, GUILD, MANAGER, NOW
from tests.state.series.builders import BY_MANAGER, FIRST, HEALER, SECOND, TANK, everything, series, weekly
from tests.state.state_helpers import query

ALL_RULES = (
    Daily(3),
    Weekly((0, 3), 2),
    MonthlyByDate(31),
    MonthlyByWeekday(-1, 4, 2),
    EveryHours(36),
    OnDates.of((datetime.fromisoformat("2026-03-20T20:00"), datetime.fromisoformat("2026-03-20T22:00"))),
)


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    db = await Database.open(tmp_path / "raids.db")
    yield State(db, lambda: NOW)
    await db.close()


async def stored(state: State, one: Series) -> Series:
    """Return the series as another process reads it."""
    return await State(state.db, lambda: NOW).series.get(one.id)


async def audit(state: State) -> list[tuple[str, dict[str, object]]]:
    rows = await query(state, "SELECT action, arguments FROM audit ORDER BY id")
    return [(action, json.loads(arguments)) for action, arguments in rows]


def _instead(changed: Series, _: Series) -> Series:
    return changed


async def test_all_of_a_series_is_stored(state: State) -> None:
    created = await state.series.create(everything(), BY_MANAGER)

    assert created.id
    assert len(created.code) == 6
    assert replace(created, id=everything().id, code=everything().code) == everything()
    assert await stored(state, created) == created


@pytest.mark.parametrize("rule", ALL_RULES, ids=str)
@pytest.mark.parametrize("posting", [Lead(2, 30), Lead(), PostingHour(time(10, 30))], ids=str)
@pytest.mark.parametrize("end", [None, Until(date(2027, 3, 1))], ids=str)
async def test_every_rule_is_stored(state: State, rule: Rule, posting: Posting, end: End | None) -> None:
    one = await state.series.create(series(replace(weekly(rule=rule), posting=posting, end=end)), BY_MANAGER)

    assert (await stored(state, one)).schedule == one.schedule


async def test_a_change_is_stored_audited_and_heard(state: State) -> None:
    one = await state.series.create(series(), BY_MANAGER)
    heard: list[tuple[str, str]] = []
    state.series.listen(lambda before, after: heard.append((before.name, after.name)))

    changed = await state.series.change(one.id, lambda was: replace(was, name="  New   name "), BY_MANAGER)

    assert changed.name == "New name"
    assert await stored(state, changed) == changed
    assert heard == [("Raid night", "New name")]
    assert [action for action, _ in await audit(state)] == ["series.created", "series.changed"]


async def test_saving_without_a_change_writes_nothing(state: State) -> None:
    one = await state.series.create(series(), BY_MANAGER)

    await state.series.change(one.id, lambda was: was, BY_MANAGER)

    assert [action for action, _ in await audit(state)] == ["series.created"]


async def test_what_cannot_be_posted_is_refused_and_nothing_stored(state: State) -> None:
    one = await state.series.create(series(), BY_MANAGER)
    bad = Turn(template="key", title="x" * 101)

    for changed in (
        replace(one, name=" "),
        replace(one, name="x" * 101),
        replace(one, rotation=()),
        replace(one, rotation=(bad,)),
        replace(one, rotation=one.rotation * 21),
    ):
        with pytest.raises(Refusal):
            await state.series.change(one.id, partial(_instead, changed), BY_MANAGER)

    assert await stored(state, one) == one


async def test_a_series_is_found_by_code_or_name_on_its_server_only(state: State) -> None:
    one = await state.series.create(series(), BY_MANAGER)
    other = await state.series.create(replace(series(), guild=GuildId(8)), BY_MANAGER)

    assert await state.series.find(GUILD, f" {one.code.lower()} ") == one
    assert await state.series.find(GUILD, "raid NIGHT") == one
    assert await state.series.of(GUILD) == [one]
    with pytest.raises(NoSuchSeries):
        await state.series.find(GUILD, other.code)


async def test_a_server_has_a_limit(state: State) -> None:
    for _ in range(MAX_SERIES):
        await state.series.create(series(), BY_MANAGER)

    with pytest.raises(TooManySeries):
        await state.series.create(series(), BY_MANAGER)


async def test_a_deleted_series_is_gone(state: State) -> None:
    one = await state.series.create(everything(), BY_MANAGER)

    await state.series.delete(one.id, BY_MANAGER)

    with pytest.raises(NoSuchSeries):
        await state.series.get(one.id)
    with pytest.raises(NoSuchSeries):
        await state.series.change(one.id, lambda was: replace(was, name="New"), BY_MANAGER)
    assert await state.series.of(GUILD) == []
    assert (await query(state, "SELECT count(*) FROM series_standing"))[0][0] == 0


async def test_whoever_is_given_a_standing_place_hears_once(state: State) -> None:
    one = await state.series.create(series(), BY_MANAGER)

    await state.series.change(one.id, partial(rules.join, member=ALICE, role=TANK, now=NOW), BY_MANAGER)
    await state.series.change(one.id, partial(rules.join, member=ALICE, role=HEALER, now=NOW), BY_MANAGER)
    by_bob = Cause(Source.COMMAND, BOB)
    await state.series.change(one.id, partial(rules.join, member=BOB, role=TANK, now=NOW), by_bob)

    told = await query(state, "SELECT target FROM outbox")
    assert told == [(ALICE,)]
    assert [place.role for place in (await stored(state, one)).standing] == [HEALER, TANK]
    assert await state.series.standing_of(GUILD, ALICE) == [await state.series.get(one.id)]


async def test_a_standing_place_ends_and_rests(state: State) -> None:
    one = await state.series.create(series(), BY_MANAGER)
    join = partial(rules.join, member=ALICE, role=TANK, now=NOW)
    await state.series.change(one.id, join, BY_MANAGER)
    await state.series.change(one.id, partial(rules.stay_away, member=ALICE, id_=FIRST), BY_MANAGER)
    await state.series.change(one.id, partial(rules.leave, member=ALICE), BY_MANAGER)

    actions = [action for action, _ in await audit(state)]
    assert actions == ["series.created", "standing.begun", "standing.rests", "standing.ended"]
    with pytest.raises(NotAPlace):
        await state.series.change(one.id, partial(rules.leave, member=ALICE), BY_MANAGER)


async def test_dates_off_of_all_series(state: State) -> None:
    off = DatesOff(date(2026, 12, 24), date(2027, 1, 1))

    await state.series.change_dates_off(GUILD, partial(rules.add_dates_off, off=off), BY_MANAGER)
    again = State(state.db, lambda: NOW)

    assert await again.series.dates_off(GUILD) == (off,)
    assert await again.series.dates_off(GuildId(8)) == ()
    await again.series.change_dates_off(GUILD, partial(rules.remove_dates_off, off=off), BY_MANAGER)
    assert await State(state.db, lambda: NOW).series.dates_off(GUILD) == ()


async def test_all_later_becomes_a_series_of_its_own(state: State) -> None:
    one = await state.series.create(rules.join(series(), ALICE, TANK, now=NOW), BY_MANAGER)

    later = await state.series.split(one.id, SECOND, lambda was: replace(was, name="Later"), BY_MANAGER)

    before = await stored(state, one)
    assert before.schedule.end == Count(1)
    assert before.standing == later.standing
    assert later.id != one.id
    assert later.name == "Later"
    assert [place.member for place in later.standing] == [ALICE]
    assert await stored(state, later) == later
    assert await query(state, "SELECT count(*) FROM outbox WHERE target = 11") == [(1,)]


async def test_all_later_from_the_first_date_on_changes_the_series_itself(state: State) -> None:
    one = await state.series.create(series(), BY_MANAGER)

    later = await state.series.split(one.id, FIRST, lambda was: replace(was, name="Later"), BY_MANAGER)

    assert (later.id, later.name) == (one.id, "Later")


async def test_creator_and_manager_are_not_mixed_up(state: State) -> None:
    one = await state.series.create(series(), BY_MANAGER)

    assert one.creator == CREATOR
    assert (await query(state, "SELECT actor FROM audit")) == [(MANAGER,)]


async def test_a_server_that_is_purged_leaves_nothing_of_its_series(state: State) -> None:
    one = await state.series.create(everything(), BY_MANAGER)
    other = await state.series.create(replace(everything(), guild=GuildId(8)), BY_MANAGER)
    off = DatesOff(date(2026, 12, 24), date(2027, 1, 1))
    await state.series.change_dates_off(GUILD, partial(rules.add_dates_off, off=off), BY_MANAGER)

    await state.delete_guild(GUILD)

    with pytest.raises(NoSuchSeries):
        await state.series.get(one.id)
    assert await state.series.dates_off(GUILD) == ()
    left = await query(state, "SELECT series FROM series_changes UNION SELECT series FROM series_standing")
    assert left == [(other.id,)]
