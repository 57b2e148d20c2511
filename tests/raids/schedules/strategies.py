"""Random schedules for property tests, in zones whose clocks change."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from raidbot.raids.schedules.edits import move, skip
from raidbot.raids.schedules.model import Count, DatesOff, End, Lead, Pause, Posting, PostingHour, Schedule, Until
from raidbot.raids.schedules.rules import (
    LAST,
    Daily,
    EveryHours,
    MonthlyByDate,
    MonthlyByWeekday,
    OnDates,
    Rule,
    Weekly,
)
from raidbot.raids.schedules.sequences import planned
from tests import chaos
from tests.raids.schedules.builders import LONG_AGO
from tests.raids.schedules.zones import ZONES

FIRST = date(2027, 1, 1)


def examples(short: int, long: int) -> settings:
    """Return settings with so many examples in the suite, and under `make chaos`, on a machine of any speed."""
    return settings(max_examples=chaos.rounds(short, long), suppress_health_check=[HealthCheck.too_slow])


def days(span: int = 400) -> st.SearchStrategy[date]:
    return st.integers(0, span).map(lambda day: FIRST + timedelta(days=day))


def times() -> st.SearchStrategy[time]:
    usual = st.sampled_from((time(0), time(0, 30), time(1, 30), time(2, 30), time(20), time(23, 45)))
    return st.one_of(usual, st.builds(time, st.integers(0, 23), st.integers(0, 59)))


def walls(span: int = 400) -> st.SearchStrategy[datetime]:
    return st.builds(datetime.combine, days(span), times())


def rules() -> st.SearchStrategy[Rule]:
    weekdays = st.lists(st.integers(0, 6), min_size=1, max_size=7).map(tuple)
    return st.one_of(
        st.builds(Daily, st.integers(1, 10)),
        st.builds(Weekly, weekdays, st.integers(1, 5)),
        st.builds(MonthlyByWeekday, st.sampled_from((1, 2, 3, 4, 5, LAST)), st.integers(0, 6), st.integers(1, 4)),
        st.builds(MonthlyByDate, st.integers(1, 31), st.integers(1, 4)),
        st.builds(EveryHours, st.integers(12, 200)),
        st.lists(walls(), min_size=1, max_size=20).map(lambda typed: OnDates.of(tuple(typed))),
    )


def ends() -> st.SearchStrategy[End | None]:
    return st.one_of(st.none(), st.builds(Count, st.integers(1, 60)), st.builds(Until, days(900).map(_later)))


def _later(day: date) -> date:
    return day + timedelta(days=400)


def postings() -> st.SearchStrategy[Posting]:
    leads = st.builds(Lead, st.integers(0, 14), st.integers(0, 2000))
    hours = st.builds(PostingHour, times(), st.one_of(st.none(), st.integers(0, 6)), st.integers(0, 300))
    return st.one_of(leads, hours)


def dates_off() -> st.SearchStrategy[DatesOff]:
    return st.builds(lambda day, length: DatesOff(day, day + timedelta(days=length)), days(), st.integers(0, 20))


@st.composite
def schedules(draw: st.DrawFn, *, changed: bool = True) -> Schedule:
    """Draw a schedule of any kind; `changed` ones may have skips, moves, dates off and a pause."""
    schedule = Schedule(
        zone=draw(st.sampled_from(ZONES)),
        start=draw(walls()),
        rule=draw(rules()),
        end=draw(ends()),
        posting=draw(postings()),
    )
    if not changed:
        return schedule
    for one, what in zip(planned(schedule, LONG_AGO), draw(st.lists(st.integers(0, 5), max_size=12)), strict=False):
        if what == 0:
            schedule = skip(schedule, one.id)
        if what == 1:
            to = one.at.replace(tzinfo=None) + timedelta(minutes=draw(st.integers(-5000, 5000)))
            schedule = move(schedule, one.id, to)
    off = tuple(draw(st.lists(dates_off(), max_size=2)))
    pauses = st.one_of(st.none(), st.none(), st.builds(Pause, walls().map(_aware)))
    return replace(schedule, dates_off=off, pause=draw(pauses))


def _aware(wall: datetime) -> datetime:
    return wall.replace(tzinfo=LONG_AGO.tzinfo)
