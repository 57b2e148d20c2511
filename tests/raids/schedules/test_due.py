"""The clock's part: posted once, late while it lies ahead, else reported once; whatever clocks and downtime do."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.schedules import edits
from raidbot.raids.schedules.due import due, next_posting
from raidbot.raids.schedules.model import DatesOff, Lead, Pause, PostingHour, Schedule
from raidbot.raids.schedules.occurrences import Occurrence, raids
from raidbot.raids.schedules.preview import preview
from raidbot.raids.schedules.rules import Daily, EveryHours, MonthlyByDate, RecurrenceId, Weekly
from tests.raids.schedules.builders import instants, series, utc, wall
from tests.raids.schedules.strategies import dates_off, examples, schedules

MON_WED_FRI = Weekly((0, 2, 4))


class Job:
    """Looks at a schedule as the clock's job will: claims what it posts, keeps the last look."""

    def __init__(self, schedule: Schedule, since: datetime) -> None:
        self.schedule, self.since = schedule, since
        self.posted: list[tuple[RecurrenceId, datetime, datetime]] = []
        self.missed: list[RecurrenceId] = []
        self.next_at: datetime | None = since

    def look(self, now: datetime) -> list[RecurrenceId]:
        """Look at the series, and return what is posted now."""
        found = due(self.schedule, since=self.since, now=now, claimed=self.claimed)
        self.posted += [(one.id, now, one.starts_at) for one in found.to_post]
        self.missed += [one.id for one in found.missed]
        self.since, self.next_at = found.looked_at, found.next_at
        return [one.id for one in found.to_post]

    @property
    def claimed(self) -> set[RecurrenceId]:
        return {id_ for id_, _, _ in self.posted}


def days(*found: RecurrenceId) -> list[str]:
    return [str(id_) for id_ in found]


def test_an_occurrence_is_due_from_its_posting_time_to_its_start() -> None:
    schedule = series("2027-11-01T19:00", Weekly((0,)))
    job = Job(schedule, utc("2027-11-20"))

    assert job.look(utc("2027-11-22T00:00") - timedelta(seconds=1 + 24 * 3600)) == []
    assert days(*job.look(utc("2027-11-22T00:00"))) == ["2027-11-22"]
    assert job.look(utc("2027-11-22T00:01")) == []
    assert job.look(utc("2027-11-25")) == []
    assert job.missed == []
    assert job.next_at == utc("2027-11-29T00:00")


def test_three_days_forward_post_what_lies_ahead_and_report_the_rest() -> None:
    job = Job(series("2027-11-01T19:00", Daily()), utc("2027-11-10T12:00"))
    job.look(utc("2027-11-10T12:00"))

    assert days(*job.look(utc("2027-11-13T12:00"))) == ["2027-11-13"]
    assert days(*job.missed) == ["2027-11-11", "2027-11-12"]
    assert job.look(utc("2027-11-13T12:01")) == []
    assert len(job.missed) == 2


def test_two_hours_back_post_and_report_nothing_again() -> None:
    job = Job(series("2027-11-01T12:00", EveryHours(1), "UTC"), utc("2027-11-10T12:30"))
    job.schedule = replace(job.schedule, posting=Lead(minutes=30))
    for minutes in range(0, 240, 15):
        job.look(utc("2027-11-10T12:30") + timedelta(minutes=minutes))
    before = list(job.posted)

    for minutes in range(-120, 240, 15):
        job.look(utc("2027-11-10T16:15") + timedelta(minutes=minutes))

    ids = [id_ for id_, _, _ in job.posted]
    assert job.posted[: len(before)] == before
    assert len(ids) == len(set(ids))
    assert job.missed == []


def test_a_look_at_the_very_start_reports_it() -> None:
    job = Job(replace(series("2027-11-01T20:00", Daily(), "UTC"), posting=Lead(minutes=60)), utc("2027-11-10T12:00"))

    job.look(utc("2027-11-10T20:00"))
    job.look(utc("2027-11-10T20:00:15"))

    assert days(*job.missed) == ["2027-11-10"]


def test_a_clock_that_goes_back_over_a_missed_start_does_not_report_it_again() -> None:
    half_an_hour = replace(series("2027-11-01T20:00", Daily(), "UTC"), posting=Lead(minutes=30))
    job = Job(half_an_hour, utc("2027-11-09T19:00"))

    for now in ("2027-11-09T21:00", "2027-11-09T19:00", "2027-11-09T20:30", "2027-11-09T21:30"):
        job.look(utc(now))

    assert days(*job.missed) == ["2027-11-09"]
    assert job.posted == []
    assert job.since == utc("2027-11-09T21:30")


def test_what_was_missed_by_a_wrong_clock_is_posted_once_the_clock_is_right() -> None:
    job = Job(series("2027-11-01T20:00", Daily(), "UTC"), utc("2027-11-08T12:00"))

    job.look(utc("2027-11-09T21:00"))

    assert days(*job.missed) == ["2027-11-08", "2027-11-09"]
    assert days(*job.look(utc("2027-11-09T12:00"))) == ["2027-11-09"]


def test_forty_missed_occurrences_are_reported_once_and_none_is_posted_in_the_past() -> None:
    job = Job(replace(series("2027-11-01T20:00", Daily(), "UTC"), posting=Lead(days=1)), utc("2027-11-01"))
    job.look(utc("2027-11-10T12:00"))

    posted = job.look(utc("2027-12-21T12:00"))

    assert days(*posted) == ["2027-12-21"]
    assert len(job.missed) == 8 + 41  # 2 to 9 November as well: the first look was late, too
    assert len(set(job.missed)) == len(job.missed)


def test_an_hourly_series_without_a_lead_posts_one_when_the_clock_is_set_right() -> None:
    job = Job(replace(series("2027-11-01T00:00", EveryHours(1), "UTC"), posting=Lead()), utc("2027-11-10T00:00"))
    job.look(utc("2027-11-10T00:00:20"))

    posted = job.look(utc("2027-11-10T12:00:20"))

    assert len(posted) == 1
    assert len(job.missed) == 11


def test_fifteen_days_down_name_the_right_dates() -> None:
    job = Job(series("2027-11-01T20:00", MON_WED_FRI, "UTC"), utc("2027-11-01"))
    job.look(utc("2027-11-07T12:00"))
    assert days(*job.missed) == ["2027-11-01", "2027-11-03", "2027-11-05"]
    job.missed.clear()

    job.look(utc("2027-11-22T12:00"))

    assert days(*job.missed) == [f"2027-11-{day:02}" for day in (8, 10, 12, 15, 17, 19)]


def test_a_longer_lead_posts_at_once_what_it_reaches() -> None:
    job = Job(series("2027-11-01T19:00", Weekly((0,))), utc("2027-11-16"))
    assert job.look(utc("2027-11-17")) == []

    job.schedule = replace(job.schedule, posting=Lead(days=7))

    assert days(*job.look(utc("2027-11-17T00:01"))) == ["2027-11-22"]


def test_another_time_of_day_does_not_post_again() -> None:
    job = Job(series("2027-11-01T19:00", Weekly((0,))), utc("2027-11-20"))
    assert job.look(utc("2027-11-22T12:00")) != []

    job.schedule = edits.with_time(job.schedule, time(20, 30))

    assert job.look(utc("2027-11-22T12:01")) == []


def test_a_moved_occurrence_follows_its_new_start_and_is_posted_once() -> None:
    id_ = RecurrenceId(utc("2027-11-24").date())
    job = Job(
        edits.move(series("2027-11-03T20:00", Weekly((2,)), "UTC"), id_, wall("2027-11-25T20:00")), utc("2027-11-20")
    )

    assert job.look(utc("2027-11-24T10:00")) == []
    assert job.look(utc("2027-11-24T20:00")) == [id_]
    assert job.look(utc("2027-11-25T19:00")) == []
    assert job.missed == []


def test_what_is_skipped_off_or_paused_is_neither_posted_nor_missed() -> None:
    daily = series("2027-11-01T20:00", Daily(), "UTC")
    skipped = edits.skip(daily, RecurrenceId(utc("2027-11-10").date()))
    off = edits.with_dates_off(skipped, DatesOff(utc("2027-11-12").date(), utc("2027-11-14").date()))
    job = Job(edits.pause(off, utc("2027-11-20").date()), utc("2027-11-09T21:00"))
    assert job.look(utc("2027-11-19T21:00")) == [RecurrenceId(utc("2027-11-20").date())]
    assert job.missed == []

    job = Job(off, utc("2027-11-09T21:00"))
    job.look(utc("2027-11-16T21:00"))
    assert days(*job.missed) == ["2027-11-11", "2027-11-15", "2027-11-16"]


def test_a_pause_without_end_has_nothing_due_and_ends_without_a_report() -> None:
    job = Job(edits.pause(series("2027-11-01T20:00", Daily(), "UTC")), utc("2027-11-01"))
    assert job.look(utc("2027-11-10T12:00")) == []
    assert job.next_at is None

    job.schedule = edits.resume(job.schedule, now=utc("2027-11-20T12:00"))

    assert days(*job.look(utc("2027-11-20T12:01"))) == ["2027-11-20"]
    assert job.missed == []


def test_posting_for_several_nights_is_due_at_one_hour() -> None:
    nights = replace(series("2027-11-01T20:00", Weekly((2, 3, 6)), "UTC"), posting=PostingHour(time(19), weekday=1))
    job = Job(nights, utc("2027-11-08"))

    assert job.look(utc("2027-11-09T18:59")) == []
    assert days(*job.look(utc("2027-11-09T19:00"))) == ["2027-11-10", "2027-11-11", "2027-11-14"]
    assert job.next_at == utc("2027-11-16T19:00")


def test_a_series_that_ended_has_nothing_next() -> None:
    job = Job(edits.count_from(series("2027-11-01T20:00", Daily(), "UTC"), 2, now=utc("2027-11-10")), utc("2027-11-10"))

    job.look(utc("2027-11-10T20:30"))
    assert job.next_at is None
    assert days(*(id_ for id_, _, _ in job.posted)) == ["2027-11-11"]


def test_huge_clocks_of_monthly_series() -> None:
    schedule = replace(series("2027-01-31T20:00", MonthlyByDate(31), "UTC"), pause=Pause(utc("2026-01-01")))

    found = due(schedule, since=utc("2027-01-01"), now=utc("2029-01-01"))

    assert len(found.missed) == 24
    assert found.next_at == utc("2029-01-30T20:00")


@examples(50, 2000)
@given(schedules(), st.lists(st.integers(-180, 6000), min_size=1, max_size=25), st.lists(dates_off(), max_size=2))
def test_whatever_the_clock_does_each_raid_is_posted_or_missed_once(
    schedule: Schedule, steps: list[int], off: list[DatesOff]
) -> None:
    schedule = replace(schedule, dates_off=(*schedule.dates_off, *off))
    now = begun = datetime(2027, 3, 1, 12, tzinfo=UTC)
    job = Job(schedule, now)
    for minutes in steps:
        now += timedelta(minutes=minutes)
        job.look(now)
        assert job.next_at is None or job.next_at > now

    ids = [id_ for id_, _, _ in job.posted]
    assert len(set(ids)) == len(ids)
    assert min(steps) < 0 or not set(ids) & set(job.missed)
    assert len(set(job.missed)) == len(job.missed)
    assert all(at < start + timedelta(minutes=1) for _, at, start in job.posted)
    over = [
        one.id for one in raids(schedule, after=begun, before=job.since - timedelta(minutes=1)) if one.posts_at >= begun
    ]
    assert set(over) <= set(ids) | set(job.missed)


@examples(50, 1000)
@given(schedules(), st.integers(0, 400))
def test_the_next_posting_is_the_least_of_all_ahead(schedule: Schedule, day: int) -> None:
    now = datetime(2027, 3, 1, 12, tzinfo=UTC) + timedelta(days=day)
    ahead = raids(schedule, after=now, before=now + timedelta(days=500))

    expected = min((one.posts_at for one in ahead if one.posts_at > now), default=None)

    found = next_posting(schedule, after=now)
    assert found == expected or (expected is None and found is not None and found > now + timedelta(days=300))


@examples(50, 1000)
@given(schedules(), st.integers(0, 300))
def test_what_a_preview_shows_is_what_is_posted(schedule: Schedule, day: int) -> None:
    now = datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
    shown = [one.occurrence for one in preview(schedule, now=now).raids]
    beyond = {one.occurrence.id for one in preview(schedule, now=now, number=60).raids}

    posted: list[Occurrence] = []
    for at in sorted({max(now, one.posts_at) for one in shown}):
        posted += due(schedule, since=now, now=at, claimed={one.id for one in posted}).to_post

    assert [one for one in posted if one in shown] == shown
    assert {one.id for one in posted if one.starts_at > now} <= beyond


def test_a_year_of_hourly_raids_is_looked_through_quickly() -> None:
    schedule = series("2020-01-01T00:00", EveryHours(1), "UTC")

    found = due(schedule, since=utc("2026-01-01"), now=utc("2027-01-01"))

    assert len(found.missed) == 365 * 24
    assert instants(schedule, 1, after=utc("2027-01-01")) == [utc("2027-01-01")]
