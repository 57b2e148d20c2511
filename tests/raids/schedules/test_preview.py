"""Previews: the next dates with their remarks, what is left of a series that ends, and the words for all of it."""

from dataclasses import replace
from datetime import date, time

import pytest

from raidbot.raids.schedules import edits
from raidbot.raids.schedules.model import Count, DatesOff, Lead, Posting, PostingHour, Schedule, Until
from raidbot.raids.schedules.occurrences import Status
from raidbot.raids.schedules.preview import Mark, PreviewDate, preview
from raidbot.raids.schedules.rules import (
    LAST,
    Daily,
    EveryHours,
    MonthlyByDate,
    MonthlyByWeekday,
    OnDates,
    RecurrenceId,
    Rule,
    Weekly,
)
from raidbot.raids.schedules.words import (
    describe,
    describe_date,
    describe_posting,
    describe_rule,
    describe_totals,
    describe_without_effect,
)
from tests.raids.schedules.builders import series, utc, wall

SUNDAYS = series("2027-03-07T02:30", Weekly((6,)))


def marked(found: tuple[PreviewDate, ...]) -> dict[int, tuple[Mark, ...]]:
    return {one.wall.day: one.marks for one in found if one.marks}


def test_dates_are_on_the_wall_clock_and_marked_where_clocks_change() -> None:
    spring = preview(SUNDAYS, now=utc("2027-03-01"))
    autumn = preview(series("2027-03-07T01:30", Weekly((6,))), now=utc("2027-10-30"))

    assert [f"{one.wall:%d %H:%M}" for one in spring.dates] == [
        "07 02:30",
        "14 03:30",
        "21 02:30",
        "28 02:30",
        "04 02:30",
    ]
    assert marked(spring.dates) == {14: (Mark.CLOCKS_CHANGED, Mark.GAP)}
    assert [f"{one.wall:%d %H:%M}" for one in autumn.dates][:3] == ["31 01:30", "07 01:30", "14 01:30"]
    assert marked(autumn.dates) == {7: (Mark.OVERLAP,), 14: (Mark.CLOCKS_CHANGED,)}


def test_dates_that_fall_out_stand_between_the_raids() -> None:
    daily = series("2027-12-20T20:00", Daily())
    skipped = edits.skip(daily, RecurrenceId(date(2027, 12, 21)))
    moved = edits.move(skipped, RecurrenceId(date(2027, 12, 22)), wall("2027-12-23T20:00"))

    shown = preview(moved, now=utc("2027-12-20"), dates_off=(DatesOff(date(2027, 12, 24), date(2027, 12, 24)),))

    assert [(one.wall.day, one.occurrence.status) for one in shown.dates] == [
        (20, Status.PLANNED),
        (21, Status.SKIPPED),
        (23, Status.MOVED),
        (23, Status.PLANNED),
        (24, Status.OFF),
        (25, Status.PLANNED),
        (26, Status.PLANNED),
    ]
    assert len(shown.raids) == 5
    assert {day: marks for day, marks in marked(shown.dates).items() if day == 23} == {23: (Mark.SAME_START,)}
    assert shown.dates[0].marks == ()
    assert str(describe_date(moved, shown.dates[1])) == "Tuesday 21 December 2027, 20:00 (America/New\\_York) · skipped"
    assert str(describe_date(moved, shown.dates[2])) == (
        "Thursday 23 December 2027, 20:00 (America/New\\_York) · moved from Wednesday 22 December 2027, 20:00 "
        "(America/New\\_York) · ⚠️ same time as another raid of this series"
    )


def test_what_is_posted_right_away_or_only_at_its_start_is_marked() -> None:
    at_start = replace(SUNDAYS, posting=Lead())

    assert preview(SUNDAYS, now=utc("2027-03-07")).dates[0].marks == (Mark.AT_ONCE,)
    assert all(Mark.AT_START in one.marks for one in preview(at_start, now=utc("2027-03-07")).dates)


def test_a_pause_shows_what_comes_after_it_and_one_without_end_shows_nothing() -> None:
    paused = preview(edits.pause(SUNDAYS, date(2027, 3, 20)), now=utc("2027-03-01"))

    assert [one.wall.day for one in paused.dates][:2] == [21, 28]
    assert preview(edits.pause(SUNDAYS), now=utc("2027-03-01")).dates == ()


def test_a_long_time_off_is_cut_short() -> None:
    off = DatesOff(date(2027, 3, 8), date(2028, 3, 7))

    shown = preview(series("2027-03-07T02:30", Daily()), now=utc("2027-03-01"), dates_off=(off,))

    assert len(shown.raids) == 5
    assert len(shown.dates) == 5 + 25


def test_totals_count_what_takes_place_and_what_does_not() -> None:
    skipped = edits.skip(replace(SUNDAYS, end=Until(date(2027, 4, 11))), RecurrenceId(date(2027, 4, 11)))

    rest = preview(skipped, now=utc("2027-03-10")).totals

    assert rest is not None
    assert (rest.raids, [one.id.day.day for one in rest.off]) == (4, [11])
    assert rest.last is not None
    assert rest.last.id.day == date(2027, 4, 4)
    assert preview(SUNDAYS, now=utc("2027-03-10")).totals is None
    assert preview(replace(SUNDAYS, end=Count(999_999)), now=utc("2027-03-10")).totals is None
    over = preview(replace(SUNDAYS, end=Count(2)), now=utc("2027-03-20"))
    assert over.dates == ()
    assert over.totals is not None
    assert str(describe_totals(SUNDAYS, over.totals)) == "0 raids."


def test_single_changes_without_effect_are_listed() -> None:
    skipped = edits.skip(SUNDAYS, RecurrenceId(date(2027, 3, 14)))

    shown = preview(replace(skipped, rule=Weekly((5,))), now=utc("2027-03-01"))

    assert shown.without_effect == (RecurrenceId(date(2027, 3, 14)),)
    assert str(describe_without_effect(1)) == "1 single change is about a date that is no longer planned."


RULES: tuple[tuple[Rule, str], ...] = (
    (Daily(), "Every day at 20:00 (Europe/London)."),
    (Daily(2), "Every 2 days at 20:00 (Europe/London)."),
    (Weekly((0,)), "Every Monday at 20:00 (Europe/London)."),
    (Weekly((4, 0, 2)), "Every Monday, Wednesday and Friday at 20:00 (Europe/London)."),
    (Weekly((0, 3), 2), "Every 2 weeks on Monday and Thursday at 20:00 (Europe/London)."),
    (MonthlyByWeekday(2, 4), "On the second Friday of every month at 20:00 (Europe/London)."),
    (MonthlyByWeekday(LAST, 6), "On the last Sunday of every month at 20:00 (Europe/London)."),
    (MonthlyByWeekday(5, 6, 3), "Every 3 months on the fifth Sunday at 20:00 (Europe/London)."),
    (MonthlyByDate(15), "On day 15 of every month at 20:00 (Europe/London)."),
    (MonthlyByDate(30), "On day 30 of every month at 20:00 (Europe/London). In shorter months on the last day."),
    (MonthlyByDate(31), "On the last day of every month at 20:00 (Europe/London)."),
    (MonthlyByDate(31, 2), "Every 2 months on day 31 at 20:00 (Europe/London). In shorter months on the last day."),
    (EveryHours(36), "Every 36 hours, counted from Tuesday 5 January 2027, 20:00 (Europe/London)."),
    (
        OnDates.of((wall("2027-12-04T20:00"), wall("2027-12-11T19:30"))),
        """On 2 dates:
• Saturday 4 December 2027, 20:00 (Europe/London)
• Saturday 11 December 2027, 19:30 (Europe/London)""",
    ),
)


@pytest.mark.parametrize(("rule", "sentence"), RULES)
def test_a_rule_in_words(rule: Rule, sentence: str) -> None:
    assert str(describe_rule(series("2027-01-05T20:00", rule, "Europe/London"))) == sentence


def test_many_dates_are_cut_short() -> None:
    rule = OnDates.of(tuple(wall(f"2027-12-{day:02}T20:00") for day in range(1, 10)))

    assert str(describe_rule(series("2027-12-01T20:00", rule))).endswith("\n… and 4 more")


@pytest.mark.parametrize(
    ("posting", "sentence"),
    [
        (Lead(), "Posted when the raid starts."),
        (Lead(minutes=24 * 60), "Posted 24 hours before the start."),
        (Lead(days=1), "Posted 1 day before, at the same time of day."),
        (Lead(days=3), "Posted 3 days before, at the same time of day."),
        (Lead(days=3, minutes=90), "Posted 3 days and 1.5 hours before the start."),
        (PostingHour(time(10), 0), "Posted on Monday at 10:00, at least 2 hours before the start."),
        (PostingHour(time(10), 0, 0), "Posted on Monday at 10:00."),
        (PostingHour(time(10)), "Posted at 10:00, at least 2 hours before the start."),
        (PostingHour(time(10), None, 0), "Posted at 10:00."),
    ],
)
def test_a_posting_in_words(posting: Posting, sentence: str) -> None:
    assert str(describe_posting(posting)) == sentence


def test_a_schedule_in_words() -> None:
    schedule: Schedule = replace(series("2027-01-05T20:00", Weekly((1,), 2), "UTC"), end=Count(8), posting=Lead(days=3))

    assert str(describe(schedule)) == (
        "Every 2 weeks on Tuesday at 20:00 (UTC). Counted from Tuesday 5 January 2027. Ends after 8 planned dates. "
        "Posted 3 days before, at the same time of day."
    )
    assert str(describe(edits.pause(replace(schedule, end=Until(date(2027, 11, 16))), date(2027, 6, 1)))) == (
        "Every 2 weeks on Tuesday at 20:00 (UTC). Counted from Tuesday 5 January 2027. "
        "Ends with Tuesday 16 November 2027. Posted 3 days before, at the same time of day. "
        "Paused until Tuesday 1 June 2027, 00:00 (UTC)."
    )
