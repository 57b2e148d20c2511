"""The vectors of the Node.js bot's arithmetic with their right answers, whatever the zone of the machine."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import time as clock

import pytest

from raidbot.raids.schedules.due import next_posting
from raidbot.raids.schedules.model import Lead, Posting, PostingHour
from raidbot.raids.schedules.rules import Daily, Rule, Weekly
from tests.raids.schedules.builders import series, utc

AT_START = Lead()
WED, FRI, SAT, SUN = Weekly((2,)), Weekly((4,)), Weekly((5,)), Weekly((6,))
NEW_YORK, LOS_ANGELES = "America/New_York", "America/Los_Angeles"
SYDNEY, BERLIN, TOKYO = "Australia/Sydney", "Europe/Berlin", "Asia/Tokyo"

VECTORS: tuple[tuple[str, Rule, str, Posting, str, str], ...] = (
    (NEW_YORK, Daily(), "00:00", AT_START, "2026-06-10T04:00:30", "2026-06-11T04:00"),
    (NEW_YORK, Daily(), "19:00", AT_START, "2026-06-10T04:30", "2026-06-10T23:00"),
    (NEW_YORK, WED, "19:00", AT_START, "2026-06-10T04:30", "2026-06-10T23:00"),
    (NEW_YORK, Daily(), "03:30", AT_START, "2026-03-07T12:00", "2026-03-08T07:30"),
    (NEW_YORK, SUN, "06:30", AT_START, "2026-03-07T12:00", "2026-03-08T10:30"),
    (NEW_YORK, SUN, "02:30", AT_START, "2026-03-07T12:00", "2026-03-08T07:30"),
    (NEW_YORK, SUN, "02:30", AT_START, "2026-10-31T12:00", "2026-11-01T07:30"),
    (NEW_YORK, SUN, "05:30", AT_START, "2026-10-31T12:00", "2026-11-01T10:30"),
    (NEW_YORK, SUN, "01:30", AT_START, "2026-10-31T12:00", "2026-11-01T05:30"),
    (SYDNEY, SAT, "20:00", AT_START, "2026-04-03T00:00", "2026-04-04T09:00"),
    (SYDNEY, SAT, "20:00", AT_START, "2026-10-02T00:00", "2026-10-03T10:00"),
    (LOS_ANGELES, SUN, "09:00", AT_START, "2026-03-07T12:00", "2026-03-08T16:00"),
    (BERLIN, SUN, "01:30", AT_START, "2026-03-28T12:00", "2026-03-29T00:30"),
    (TOKYO, SAT, "20:00", AT_START, "2026-04-03T00:00", "2026-04-04T11:00"),
    (NEW_YORK, SUN, "19:00", Lead(minutes=12 * 60), "2026-03-01T15:00", "2026-03-08T11:00"),
    (NEW_YORK, FRI, "19:00", PostingHour(clock(10)), "2026-06-09T15:00", "2026-06-12T14:00"),
    (NEW_YORK, Daily(), "19:00", PostingHour(clock(10)), "2026-06-08T14:00:30", "2026-06-09T14:00"),
)


@pytest.fixture(params=["UTC", "America/New_York", "Australia/Sydney"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("machine_zone")
@pytest.mark.parametrize(("zone", "rule", "at", "posting", "now", "expected"), VECTORS)
def test_the_next_posting(zone: str, rule: Rule, at: str, posting: Posting, now: str, expected: str) -> None:
    schedule = replace(series(f"2026-01-01T{at}", rule, zone), posting=posting)

    assert next_posting(schedule, after=utc(now)) == utc(expected)
