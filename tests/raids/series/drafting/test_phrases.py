"""The words that a form shows for editing are read back as the value that they were made from."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given

from raidbot.raids.schedules.model import Count, DatesOff, PostingHour, Schedule
from raidbot.raids.schedules.parse import parse_recurrence
from raidbot.raids.schedules.parse_dates import parse_dates_off, parse_end
from raidbot.raids.schedules.parse_posting import parse_posting, parse_time_of_day
from raidbot.raids.schedules.rules import OnDates, Rule
from raidbot.raids.series.drafting.phrases import typed_dates_off, typed_end, typed_posting, typed_rule, typed_time
from tests.raids.schedules.strategies import examples, rules, schedules

LOCALE = "en-US"


@given(rules())
@examples(60, 2000)
def test_a_rule_is_read_back(rule: Rule) -> None:
    first = (
        min(typed.at for typed in rule.dates)
        if isinstance(rule, OnDates)
        else datetime.combine(date(2027, 1, 1), time())
    )
    now = (first - timedelta(days=1)).replace(tzinfo=ZoneInfo("UTC"))

    parsed = parse_recurrence(typed_rule(rule), zone=ZoneInfo("UTC"), now=now, locale=LOCALE)

    assert parsed.rule == rule
    assert parsed.assumption is None


@given(schedules())
@examples(60, 2000)
def test_end_posting_time_and_dates_off_are_read_back(schedule: Schedule) -> None:
    today = schedule.start.date()

    assert parse_time_of_day(typed_time(schedule.start.time()), locale=LOCALE) == (schedule.start.time(), None)
    end = parse_end(typed_end(schedule), today=today, locale=LOCALE)
    assert end == schedule.end or (isinstance(end, Count) and schedule.end == end)
    posting = parse_posting(typed_posting(schedule.posting), locale=LOCALE)
    if isinstance(schedule.posting, PostingHour):
        assert isinstance(posting, PostingHour)
        assert (posting.at, posting.weekday) == (schedule.posting.at, schedule.posting.weekday)
    else:
        assert posting == schedule.posting
    off = tuple(schedule.dates_off)
    assert not off or tuple(sorted(parse_dates_off(typed_dates_off(off), today=today, locale=LOCALE))) == off


def test_one_day_off_is_a_single_date() -> None:
    day = date(2027, 12, 24)

    assert typed_dates_off((DatesOff(day, day),)) == "24 December 2027"
