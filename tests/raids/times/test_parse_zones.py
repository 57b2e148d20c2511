"""Typed times with a zone, and on days on which clocks are changed."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from raidbot.raids.times.parse import parse_time
from tests.raids.times.typed_times import NEW_YORK, WEDNESDAY, assumed, at, meant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9pm ET", "2026-07-15 21:00"),
        ("9pm EST", "2026-07-15 21:00"),
        ("9pm eastern time", "2026-07-15 21:00"),
        ("9pm MDT", "2026-07-15 23:00"),
        ("9pm pt", "2026-07-16 00:00"),
        ("20:00 CET", "2026-07-15 14:00"),
        ("20:00 MESZ", "2026-07-15 14:00"),
        ("8pm BST", "2026-07-15 15:00"),
        ("8pm UTC", "2026-07-15 16:00"),
        ("8pm GMT", "2026-07-15 16:00"),
        ("8pm UTC+2", "2026-07-15 14:00"),
        ("8pm utc +5:30", "2026-07-16 10:30"),
        ("8pm GMT-5", "2026-07-15 21:00"),
        ("19:30 +0200", "2026-07-15 13:30"),
        ("8pm Z", "2026-07-15 16:00"),
        ("8pm europe/london", "2026-07-15 15:00"),
        ("8pm (PST)", "2026-07-15 23:00"),
        ("sat 8pm AEST", "2026-07-18 06:00"),
        ("9pm JST", "2026-07-16 08:00"),
        ("in 3 days at 8pm PT", "2026-07-18 23:00"),
    ],
)
def test_a_zone_is_a_region_s_wall_clock(text: str, expected: str) -> None:
    assert meant(text, now=at("2026-07-15T12:00", "America/New_York")) == expected


def test_the_zone_that_was_typed_is_kept() -> None:
    assert parse_time("8pm PST", zone=NEW_YORK, now=WEDNESDAY).zone.key == "America/Los_Angeles"
    assert parse_time("8pm europe/berlin", zone=NEW_YORK, now=WEDNESDAY).zone.key == "Europe/Berlin"
    assert parse_time("8pm", zone=NEW_YORK, now=WEDNESDAY).zone is NEW_YORK
    assert parse_time("8pm UTC+2", zone=NEW_YORK, now=WEDNESDAY).zone is NEW_YORK


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("8pm IST", "Asia/Kolkata", "2026-07-15 20:00"),
        ("8pm IST", "Europe/Dublin", "2026-07-15 20:00"),
        ("8pm CST", "Asia/Shanghai", "2026-07-15 20:00"),
        ("8pm MST", "America/Phoenix", "2026-07-15 20:00"),
        ("8pm AEST", "Australia/Brisbane", "2026-07-15 20:00"),
        ("8pm GMT", "Europe/London", "2026-07-15 20:00"),
        ("8pm PST", "Asia/Manila", "2026-07-15 20:00"),
    ],
)
def test_the_guild_s_own_abbreviation_is_its_own_clock(text: str, zone: str, expected: str) -> None:
    assert meant(text, now=at("2026-07-15T12:00", zone)) == expected


@pytest.mark.parametrize(
    ("text", "now", "zone", "instant", "told"),
    [
        ("sunday 2:15am", "2026-03-05T12:00", "America/New_York", "2026-03-08T03:15-04:00", "02:15 does not exist on 8 March 2026, clocks go forward: read as 03:15."),  # noqa: E501
        ("2026-03-29 01:30", "2026-03-24T12:00", "Europe/London", "2026-03-29T02:30+01:00", "01:30 does not exist"),
        ("sunday 2:15am", "2026-10-01T12:00", "Australia/Lord_Howe", "2026-10-04T02:45+11:00", "read as 02:45"),
        ("sunday 2:30am", "2026-10-02T12:00", "Australia/Sydney", "2026-10-04T03:30+11:00", "read as 03:30"),
        ("sunday 2:30am", "2026-09-24T12:00", "Pacific/Auckland", "2026-09-27T03:30+13:00", "read as 03:30"),
        ("sunday 1:30am", "2026-10-30T12:00", "America/Chicago", "2026-11-01T01:30-05:00", "comes twice on 1 November 2026, clocks go back: read as the first."),  # noqa: E501
        ("2026-10-25 02:30", "2026-10-23T12:00", "Europe/Berlin", "2026-10-25T02:30+02:00", "read as the first"),
        ("sunday 2:30am", "2026-04-02T12:00", "Australia/Sydney", "2026-04-05T02:30+11:00", "read as the first"),
        ("2026-10-25 02:30 CET", "2026-10-23T12:00", "Europe/Berlin", "2026-10-25T02:30+01:00", "the one in CET"),
        ("2026-10-25 02:30 MESZ", "2026-10-23T12:00", "Europe/Berlin", "2026-10-25T02:30+02:00", "the one in MESZ"),
        ("1:30am EST", "2026-11-01T01:45", "America/New_York", "2026-11-01T01:30-05:00", "the one in EST"),
        ("in 2 days", "2026-03-27T02:30", "Europe/Berlin", "2026-03-29T03:30+02:00", "02:30 does not exist"),
    ],
)  # fmt: skip
def test_daylight_saving_moves_are_told(text: str, now: str, zone: str, instant: str, told: str) -> None:
    when = parse_time(text, zone=ZoneInfo(zone), now=at(now, zone))

    assert when.instant == datetime.fromisoformat(instant)
    assert told in " ".join(when.assumptions)


@pytest.mark.parametrize(
    ("text", "now", "zone", "expected"),
    [
        ("monday 7pm", "2026-03-06T12:00", "America/New_York", "2026-03-09 19:00"),
        ("monday 7pm", "2026-10-30T12:00", "America/New_York", "2026-11-02 19:00"),
        ("in 3 days", "2026-03-06T19:00", "America/New_York", "2026-03-09 19:00"),
        ("in 72 hours", "2026-03-06T19:00", "America/New_York", "2026-03-09 20:00"),
        ("in 24 hours", "2026-10-24T19:00", "Europe/Berlin", "2026-10-25 18:00"),
        ("in 1 day 1 hour", "2026-10-24T19:00", "Europe/Berlin", "2026-10-25 20:00"),
        ("saturday 20:00", "2026-04-03T12:00", "Australia/Sydney", "2026-04-04 20:00"),
        ("tomorrow 9pm", "2026-09-26T20:00", "Pacific/Auckland", "2026-09-27 21:00"),
        ("8pm", "2026-06-15T23:30", "Asia/Kolkata", "2026-06-16 20:00"),
    ],
)
def test_days_keep_the_wall_clock_and_hours_do_not(text: str, now: str, zone: str, expected: str) -> None:
    assert meant(text, now=at(now, zone)) == expected


def test_days_are_those_of_the_zone_that_was_typed() -> None:
    after_midnight = at("2026-03-19T01:00", "America/New_York")

    assert meant("tomorrow 8pm PT", now=after_midnight) == "2026-03-19 23:00"
    assert "where it is Wednesday now" in assumed("tomorrow 8pm PT", now=after_midnight)
    assert meant("tonight 2am", now=after_midnight) == "2026-03-19 02:00"
    assert meant("tonight 9pm", now=after_midnight) == "2026-03-19 21:00"
