"""The daily report comes once a day, in its zone, over changes of clocks and through restarts (G25)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.ops.alerts.daily_report import Figures, ReportTime, report
from raidbot.ops.alerts.model import Alert, Key
from raidbot.ops.alerts.standing import Standing

NOW = datetime(2026, 3, 18, 20, tzinfo=UTC)
DAY = timedelta(days=1)
TOKYO = ReportTime(time(0), ZoneInfo("Asia/Tokyo"))
BERLIN = ReportTime(time(2, 30), ZoneInfo("Europe/Berlin"))
SKIPPED, TWICE = date(2026, 3, 29), date(2026, 10, 25)
"""Days on which clocks in Berlin go from 2:00 to 3:00, and from 3:00 back to 2:00."""


def told(times: ReportTime, begin: datetime, end: datetime, step: timedelta) -> Iterator[tuple[date, datetime]]:
    """Yield each report with its instant, as a bot looks that is restarted between any two looks."""
    last, now = begin.astimezone(times.zone).date() - DAY, begin
    while now < end:
        if day := times.due(last, now):
            yield day, now
            last = day
        now += step


@pytest.mark.parametrize("times", [TOKYO, BERLIN])
@pytest.mark.parametrize("change", [SKIPPED, TWICE])
def test_it_comes_once_a_day_over_a_change_of_clocks(times: ReportTime, change: date) -> None:
    begin = datetime.combine(change - DAY, time(0), times.zone).astimezone(UTC)

    found = list(told(times, begin, begin + 3 * DAY + timedelta(hours=2), timedelta(seconds=15)))

    assert [day for day, _ in found][:3] == [change - DAY, change, change + DAY]
    assert len({day for day, _ in found}) == len(found)
    assert all(at - times.on(day) < timedelta(seconds=15) for day, at in found)


def test_a_time_that_clocks_skip_comes_after_the_gap() -> None:
    assert BERLIN.on(SKIPPED) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert BERLIN.on(TWICE) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_report_that_downtime_swallowed_comes_within_half_a_day() -> None:
    nine = ReportTime(time(9), ZoneInfo("UTC"))

    assert nine.due(date(2026, 3, 17), NOW) == date(2026, 3, 18)
    assert nine.due(date(2026, 3, 18), NOW) is None
    assert nine.due(date(2026, 3, 10), NOW.replace(hour=21)) is None


def test_a_report_shortly_before_midnight_comes_after_it() -> None:
    late = ReportTime(time(23, 59), ZoneInfo("UTC"))

    assert late.due(date(2026, 3, 17), NOW.replace(day=19, hour=1)) == date(2026, 3, 18)


def test_another_zone_repeats_no_report() -> None:
    told = TOKYO.due(None, NOW)

    assert ReportTime(time(9), ZoneInfo("America/Los_Angeles")).due(told, NOW) is None


def test_a_day_noted_by_a_clock_that_was_wrong_silences_nothing() -> None:
    assert TOKYO.due(date(2031, 1, 1), NOW) == date(2026, 3, 19)


@given(
    st.sampled_from(("Asia/Tokyo", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Africa/Casablanca")),
    st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None)),
    st.integers(0, 3 * 365 * 24 * 60),
    st.integers(5, 90),
)
def test_it_comes_once_for_each_day(zone: str, at: time, begin_minute: int, minutes: int) -> None:
    times = ReportTime(at, ZoneInfo(zone))
    begin, step = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=begin_minute), timedelta(minutes=minutes)

    days = [day for day, _ in told(times, begin, begin + 4 * DAY, step)]

    assert days == sorted(set(days))
    assert len(days) >= 3
    assert all(later - earlier == DAY for earlier, later in pairwise(days))


@pytest.mark.parametrize(
    ("said", "expected"), [("9", time(9)), ("02:30", time(2, 30)), ("0", time(0)), ("23:59", time(23, 59))]
)
def test_a_time_is_read(said: str, expected: time) -> None:
    assert ReportTime.named(said, "Europe/Berlin") == ReportTime(expected, ZoneInfo("Europe/Berlin"))
    assert ReportTime.named("off", "UTC") is None


@dataclass(frozen=True, slots=True)
class Found:
    last: datetime | None
    bytes: int


FIGURES = Figures(
    started_at=NOW - 3 * DAY,
    counted_since=NOW - DAY,
    raids=4,
    participants=31,
    commands=1,
    reactions=250,
    created=3,
    closed=2,
    promotions=5,
    dms_failed=1,
    memory=93_400_000,
    unreachable=("messages", "reads"),
    backups=Found(NOW - timedelta(hours=11), 12_000_000),
)


COUNTED = "1 command, 250 reactions, 3 raids created, 2 closed, 5 promotions, 1 direct message failed."


def test_it_says_what_there_is() -> None:
    alerts = {
        Key(Alert.LATENCY, "command"): Standing(count=21),
        Key(Alert.DISCORD, "messages"): Standing(count=1, began_at=NOW, told=True),
        Key(Alert.MEMORY): Standing(began_at=NOW - DAY, told=True),
        Key(Alert.RAIDS): Standing(),
    }

    said = report(FIGURES, alerts)

    assert said.splitlines() == [
        "📋 **Daily report**",
        f"Up since <t:{int((NOW - 3 * DAY).timestamp())}:R>. Memory: 93 MB.",
        "4 raids open, 31 seats taken.",
        f"Since <t:{int((NOW - DAY).timestamp())}:f>: {COUNTED}",
        "Discord: no answer for messages and reads.",
        f"Backups: last one <t:{int((NOW - timedelta(hours=11)).timestamp())}:R>, 12 MB in all.",
        "Alerts:",
        f"• discord (messages): 1×, lasts since <t:{int(NOW.timestamp())}:R>",
        "• latency (command): 21×",
        f"• memory: 0×, lasts since <t:{int((NOW - DAY).timestamp())}:R>",
    ]


def test_many_alerts_fit_into_a_message() -> None:
    many = {Key(Alert.JOB, f"job {number:03} " + 30 * "x"): Standing(count=9, began_at=NOW) for number in range(300)}

    said = report(FIGURES, many)

    assert len(said) < 2000
    assert said.endswith("… and 280 more")


def test_a_quiet_day_is_short() -> None:
    said = report(FIGURES, {})

    assert said.endswith("Alerts: none.")
