"""Drafts of series: what an edit without a change does, where a rhythm begins, and two edits at once."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.model import GuildId, Kind, MemberId
from raidbot.raids.schedules.model import Count, Lead, Schedule
from raidbot.raids.schedules.occurrences import raids
from raidbot.raids.schedules.rules import Daily, EveryHours, MonthlyByDate, MonthlyByWeekday, Rule, Weekly
from raidbot.raids.series.drafting.draft import SeriesDraft, anchored, applied, draft_of, new_draft
from raidbot.raids.series.drafting.merging import ChangedMeanwhile, check_unchanged, is_changed, merged
from raidbot.raids.series.drafting.typed import with_rule, with_time, with_when
from raidbot.raids.series.model import Series, Turn
from tests.raids.schedules.strategies import examples, schedules

WEDNESDAY = datetime(2026, 12, 2, 12, tzinfo=UTC)


def series(schedule: Schedule) -> Series:
    return Series(
        guild=GuildId(1),
        name="Night",
        schedule=schedule,
        rotation=(Turn(template=Kind.MUSEUM),),
        creator=MemberId(1),
        created_at=WEDNESDAY,
        looked_at=WEDNESDAY,
    )


def typed(draft: SeriesDraft, **said: str) -> SeriesDraft:
    return with_when(draft, said, now=WEDNESDAY, locale="en-US")


@given(schedules())
@examples(40, 2000)
def test_an_edit_without_a_change_is_the_same_series(schedule: Schedule) -> None:
    before = series(schedule)
    draft = draft_of(before)

    assert SeriesDraft.from_json(draft.to_json()) == draft
    assert applied(draft, before) == before
    assert not is_changed(draft, draft)


@given(st.integers(2, 4), st.sets(st.integers(0, 6), min_size=1), st.integers(0, 23))
@examples(40, 1000)
def test_a_rhythm_begins_with_its_next_date(interval: int, weekdays: set[int], hour: int) -> None:
    weekly, every_week = (typed_rule(Weekly(tuple(weekdays), n), hour) for n in (interval, 1))

    assert next(raids(weekly.schedule, after=WEDNESDAY)).id == next(raids(every_week.schedule, after=WEDNESDAY)).id


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        (Daily(3), date(2026, 12, 2)),
        (EveryHours(36), date(2026, 12, 2)),
        (Weekly((1,), 2), date(2026, 12, 8)),
        (MonthlyByWeekday(-1, 6, 3), date(2026, 12, 27)),
        (MonthlyByDate(1, 2), date(2027, 1, 1)),
        (MonthlyByDate(31), date(2026, 12, 31)),
    ],
)
def test_each_rule_begins_with_its_next_date(rule: Rule, first: date) -> None:
    draft = typed_rule(rule, 20)

    assert draft.schedule.start == datetime.combine(first, time(20))
    assert next(raids(draft.schedule, after=WEDNESDAY)).id.day == first


def typed_rule(rule: Rule, hour: int) -> SeriesDraft:
    return anchored(with_rule(with_time(new_draft("UTC", WEDNESDAY), time(hour)), rule), WEDNESDAY)


def test_a_named_start_stays_whatever_is_typed_later() -> None:
    draft = typed(new_draft("UTC", WEDNESDAY), rule="every 2 weeks on tuesday", time="8pm", start="since 6 january")

    later = typed(typed(draft, rule="every 3 weeks on tuesday 9pm"), zone="Europe/London")

    assert draft.schedule.start == datetime.combine(date(2026, 1, 6), time(20))
    assert later.schedule.start == datetime.combine(date(2026, 1, 6), time(21))


def test_two_edits_of_different_parts_are_both_kept_and_of_one_the_later_wins() -> None:
    base = draft_of(series(typed_rule(Weekly((1,)), 20).schedule))
    theirs = replace(with_time(base, time(18)), name="Theirs")
    mine = replace(base, schedule=replace(base.schedule, end=Count(4), posting=Lead(days=2)), name="Mine")

    with pytest.raises(ChangedMeanwhile, match="when it repeats and the name"):
        check_unchanged(base, theirs)
    both = merged(base, mine, theirs)

    assert (both.schedule.start.hour, both.schedule.end, both.name) == (18, Count(4), "Mine")
    check_unchanged(base, base)
