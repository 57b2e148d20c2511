"""Typed rules, dates, ends and posting times: understood as a whole, or refused with a sentence."""

from datetime import date, datetime, time
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from raidbot.raids.schedules.model import Count, DatesOff, End, Lead, Posting, PostingHour, Until
from raidbot.raids.schedules.parse import parse_recurrence
from raidbot.raids.schedules.parse_dates import parse_dates, parse_dates_off, parse_end, parse_start
from raidbot.raids.schedules.parse_posting import parse_posting, parse_time_of_day
from raidbot.raids.schedules.parse_rule import ParsedRule, parse_rule
from raidbot.raids.schedules.rules import (
    LAST,
    MAX_DATES,
    Daily,
    EveryHours,
    MonthlyByDate,
    MonthlyByWeekday,
    OnDates,
    Rule,
    Weekly,
)
from raidbot.utils.errors import Refusal
from tests.raids.schedules.builders import utc, wall

TODAY = date(2027, 3, 10)  # a Wednesday
NOW = utc("2027-03-10T15:00")
NEW_YORK = ZoneInfo("America/New_York")
NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NTHS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "fourth": 4, "5th": 5, "last": LAST}

RULES: tuple[tuple[str, Rule], ...] = (
    ("daily", Daily()),
    ("every day", Daily()),
    ("Every night", Daily()),
    ("every other day", Daily(2)),
    ("every 3 days", Daily(3)),
    ("weekdays", Weekly((0, 1, 2, 3, 4))),
    ("every weekend", Weekly((5, 6))),
    ("Weekly on Mon, Wed", Weekly((0, 2))),
    ("mondays and thursdays", Weekly((0, 3))),
    ("mon wed fri", Weekly((0, 2, 4))),
    ("mon/thu", Weekly((0, 3))),
    ("mon-fri", Weekly((0, 1, 2, 3, 4))),
    ("every friday through monday", Weekly((0, 4, 5, 6))),
    ("tue, thu-sat", Weekly((1, 3, 4, 5))),
    ("every 2 weeks on monday and wednesday", Weekly((0, 2), 2)),
    ("every second week on sunday", Weekly((6,), 2)),
    ("every other friday", Weekly((4,), 2)),
    ("fortnightly on friday", Weekly((4,), 2)),
    ("every three weeks on sun", Weekly((6,), 3)),
    ("friday, every 2 weeks", Weekly((4,), 2)),
    ("second friday", MonthlyByWeekday(2, 4)),
    ("last sunday", MonthlyByWeekday(LAST, 6)),
    ("monthly on the second friday", MonthlyByWeekday(2, 4)),
    ("every 2 months on the last monday", MonthlyByWeekday(LAST, 0, 2)),
    ("monthly on 31", MonthlyByDate(31)),
    ("every month on the 15th", MonthlyByDate(15)),
    ("the 1st of every month", MonthlyByDate(1)),
    ("last day of the month", MonthlyByDate(31)),
    ("every 3 months on the 5th", MonthlyByDate(5, 3)),
    ("hourly", EveryHours(1)),
    ("every 36 hours", EveryHours(36)),
    ("every 5h", EveryHours(5)),
    ("every twelve hours", EveryHours(12)),
)


@pytest.mark.parametrize(("text", "rule"), RULES)
def test_rules(text: str, rule: Rule) -> None:
    assert parse_rule(text).rule == rule
    assert parse_rule(f"  {text.upper()}. ").rule == rule


@pytest.mark.parametrize(("text", "rule"), RULES)
def test_a_time_of_day_may_stand_behind_a_rule(text: str, rule: Rule) -> None:
    if text == "monthly on 31":
        return  # “31 20:00” is no time of day, and no rule
    for said in ("at 8pm", "20:00", "at 20.00"):
        parsed = parse_rule(f"{text} {said}")
        assert (parsed.rule, parsed.at) == (rule, time(20))


def test_every_nth_weekday_of_the_month_is_read() -> None:
    for (name, nth), (index, weekday) in product(NTHS.items(), enumerate(NAMES)):
        expected = MonthlyByWeekday(nth, index)
        for text in (f"{name} {weekday}", f"the {name} {weekday} of each month", f"{name} {weekday[:3]} monthly"):
            assert parse_rule(text).rule == expected


def test_every_nth_weekday_behind_every_is_asked_about() -> None:
    for (name, nth), weekday in product(NTHS.items(), NAMES):
        if nth in (1, LAST):
            assert parse_rule(f"every {name} {weekday}").rule == MonthlyByWeekday(nth, NAMES.index(weekday))
            continue
        with pytest.raises(Refusal, match="can mean two things") as refused:
            parse_rule(f"every {name} {weekday}")
        one, other = (part.partition("”")[0] for part in str(refused.value).split("“")[2:])
        assert parse_rule(one).rule == Weekly((NAMES.index(weekday),), nth)
        assert parse_rule(other).rule == MonthlyByWeekday(nth, NAMES.index(weekday))


def test_other_languages_have_their_weekdays() -> None:
    assert parse_rule("every mi", locale="de").rule == Weekly((2,))
    assert parse_rule("montag, donnerstag", locale="de").rule == Weekly((0, 3))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Write something"),
        (" \n", "Write something"),
        ("x" * 500, "at most 100 characters"),
        ("every 0 hours", "from 1 to 8760, not 0"),
        ("every -5 hours", "from 1 to 8760, not -5"),
        ("every 100000000000 hours", "from 1 to 8760, not 100000000000"),
        ("every 0 days", "from 1 to 365, not 0"),
        ("every 0 weeks on monday", "from 1 to 52, not 0"),
        ("every 53 weeks on monday", "from 1 to 52, not 53"),
        ("every 99 months on the 1st", "from 1 to 24, not 99"),
        ("monthly on 0", "from 1 to 31, not 0"),
        ("monthly on 32", "from 1 to 31, not 32"),
        ("weekly", "On which weekdays"),
        ("every 2 weeks", "On which weekdays"),
        ("monthly", "On which day"),
        ("biweekly on friday", "can mean two things"),
        ("bimonthly", "can mean two things"),
        ("yearly", "“yearly”"),
        ("every frday", "“frday”"),
        ("every friday and the last sunday", "“every friday and the last sunday”"),
        ("monday and", "“monday and”"),
        ("every friday midnight", "Midnight belongs to two days"),
        ("every friday at 10:00", "Write “10:00am” or “10:00pm”"),
        ("every friday at 25:00", "I did not understand"),
        ("every tuesday at 8 pm est", "I did not understand “est”"),
        ("every tuesday 8pm @all", "I did not understand “all”"),
        ("every friday 8pm and saturday 9pm", "I did not understand “every friday 8pm and saturday 9pm”"),
        ("every friday; drop table", "“drop”"),
        ("every **friday**", "I did not understand"),
    ],
)
def test_other_rules_are_refused_with_a_sentence(text: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_rule(text)

    assert reason in str(refused.value).replace("\\", "")


@pytest.mark.parametrize(
    ("text", "posting"),
    [
        ("3 days", Lead(days=3)),
        ("3 days before", Lead(days=3)),
        ("a week before the raid", Lead(days=7)),
        ("24h", Lead(minutes=24 * 60)),
        ("2 hours 30 minutes", Lead(minutes=150)),
        ("1 day and 2 hours", Lead(days=1, minutes=120)),
        ("1.5 hours", Lead(minutes=90)),
        ("at start", Lead()),
        ("0", Lead()),
        ("monday 10:00", PostingHour(time(10), 0)),
        ("every tuesday at 7pm", PostingHour(time(19), 1)),
        ("mondays at 19:00", PostingHour(time(19), 0)),
        ("19:00", PostingHour(time(19))),
        ("7:30 on monday", PostingHour(time(7, 30), 0)),
        ("monday 7", PostingHour(time(19), 0)),
    ],
)
def test_postings(text: str, posting: Posting) -> None:
    assert parse_posting(text) == posting


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Write something"),
        ("3", "can mean two things"),
        ("-3 days", "from 0 to 60, not -3"),
        ("400 days", "from 0 to 60, not 400"),
        ("2 months", "I did not understand"),
        ("monday", "At what time"),
        ("tomorrow", "I did not understand"),
        ("soon", "I did not understand"),
        ("monday midnight", "Midnight belongs to two days"),
    ],
)
def test_other_postings_are_refused(text: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_posting(text)

    assert reason in str(refused.value)


def test_a_time_of_day_tells_what_was_assumed() -> None:
    assert parse_time_of_day("8pm") == (time(20), None)
    assert parse_time_of_day("8") == (time(20), "Read 8 as 8 pm.")


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("never", None),
        ("8 times", Count(8)),
        ("8", Count(8)),
        ("for 3 raids", Count(3)),
        ("ten times", Count(10)),
        ("until 16 nov 2027", Until(date(2027, 11, 16))),
        ("16 nov", Until(date(2027, 11, 16))),
        ("until 2 jan", Until(date(2028, 1, 2))),
        ("2027-11-16", Until(date(2027, 11, 16))),
        ("until friday", Until(date(2027, 3, 12))),
    ],
)
def test_ends(text: str, end: End | None) -> None:
    assert parse_end(text, today=TODAY) == end


@pytest.mark.parametrize(
    "text", ["0 times", "-3", "0", "99999999999999999999", "1001 times", "31 june", "whenever", "", "8pm"]
)
def test_other_ends_are_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_end(text, today=TODAY)

    assert str(refused.value)


def test_a_start_may_lie_in_the_past() -> None:
    assert parse_start("since 5 january", today=TODAY) == date(2027, 1, 5)
    assert parse_start("since 5 december", today=TODAY) == date(2026, 12, 5)
    assert parse_start("5 january", today=TODAY) == date(2028, 1, 5)
    assert parse_start("from 20 march", today=TODAY) == date(2027, 3, 20)
    assert parse_start("2025-06-01", today=TODAY) == date(2025, 6, 1)
    assert parse_start("since monday", today=TODAY) == date(2027, 3, 8)
    assert parse_start("today", today=TODAY) == TODAY


def test_dates_off_are_days_and_ranges() -> None:
    expected = (DatesOff(date(2027, 12, 24), date(2028, 1, 1)), DatesOff(date(2028, 1, 6), date(2028, 1, 6)))

    for text in ("24 dec - 1 jan, 6 jan 2028", "24 Dec–1 Jan; 6 Jan 2028", "2027-12-24 to 2028-01-01\n2028-01-06"):
        assert parse_dates_off(text, today=TODAY) == expected
    assert parse_dates_off("24-26 dec", today=TODAY) == (DatesOff(date(2027, 12, 24), date(2027, 12, 26)),)
    assert parse_dates_off("24. bis 26. dezember", today=TODAY, locale="de") == (
        DatesOff(date(2027, 12, 24), date(2027, 12, 26)),
    )
    assert parse_dates_off("26 dec - 24 dec 2028", today=TODAY) == (DatesOff(date(2027, 12, 26), date(2028, 12, 24)),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "26 dec - 24 dec",
        "26-24 dec",
        "24 dec 2027 - 1 jan 2027",
        "christmas",
        "24 dec 2027 - 26 dec 2029",
        "40 dec",
    ],
)
def test_other_dates_off_are_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_dates_off(text, today=TODAY)

    assert str(refused.value)


def typed(text: str, at: time | None = time(20)) -> tuple[datetime, ...]:
    return parse_dates(text, zone=NEW_YORK, now=NOW, at=at)


def test_dates_typed_by_hand() -> None:
    expected = (wall("2027-12-04T20:00"), wall("2027-12-11T19:30"))

    for text in ("4 dec, 11 dec 19:30", "11 dec 7:30pm; 4 dec 20:00", "4 dec\n11 dec, 19:30", "4 dec and 11 dec 19:30"):
        assert typed(text) == expected
    assert typed("4 dec, 4 dec 20:00") == expected[:1]


@pytest.mark.parametrize("text", ["", "4 dec, soonish", "31 june", "1 jan 2027", "4 dec 2040", ", ,"])
def test_other_dates_are_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        typed(text)

    assert str(refused.value)


def test_a_date_without_a_time_is_refused_if_there_is_none_to_take() -> None:
    with pytest.raises(Refusal, match="time"):
        typed("4 dec", at=None)


def test_too_many_dates_are_refused() -> None:
    days = [f"2028-{month:02}-{day:02}" for month in range(1, 5) for day in range(1, 28)]

    assert len(typed(",".join(days[:MAX_DATES]))) == MAX_DATES
    with pytest.raises(Refusal, match="At most 100 dates"):
        typed(",".join(days[: MAX_DATES + 1]))


def test_a_rule_or_dates_are_read_from_one_field() -> None:
    dates = OnDates.of((wall("2027-12-04T20:00"), wall("2027-12-11T19:30")))

    def parsed(text: str) -> ParsedRule:
        return parse_recurrence(text, zone=NEW_YORK, now=NOW, at=time(20))

    assert parsed("every friday 8pm") == ParsedRule(Weekly((4,)), time(20))
    assert parsed("4 dec, 11 dec 19:30") == ParsedRule(dates)
    assert parsed(", ".join(f"2028-{month:02}-01" for month in range(1, 13))).rule != dates
    for text, reason in (
        ("every frday", "“frday”"),
        ("4 dec, soonish", "soonish"),
        ("biweekly", "can mean two things"),
        ("x" * 3000, "at most 2000 characters"),
        ("", "Write something"),
    ):
        with pytest.raises(Refusal) as refused:
            parsed(text)
        assert reason in str(refused.value)
