"""Feeds as bytes: two readers agree on every instant and word, whatever people wrote."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from raidbot.delivery.exports.ical import calendar, feed
from raidbot.raids.feeds.entries import raid_entry
from raidbot.raids.model import Raid
from raidbot.utils.clean_text import clean_name
from tests.delivery.feeds.rfc5545 import instant, parsed
from tests.raids.builders import ALICE, NOW, START, joined, raid

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
HOSTILE = (
    "A; B, C\\D\r\nEND:VEVENT\x07\x00 \\n,;:\"'",
    FAMILY * 60,
    "Ночной рейд в Огненные Недра, сбор у входа; не опаздывать! " * 8,
    "\u202eRLO שרה \u200b\ufeff",
    "@everyone ](https://x.example) `**_",
    "x" * 75,
)


def feed_of(*raids: Raid, server: str = "Ravenwood") -> bytes:
    return feed([raid_entry(one, ALICE, changed_at=NOW) for one in raids], server=server, mine=True)


@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_is_one_text_in_both_readers(text: str) -> None:
    """F10, F12."""
    evil = joined(replace(raid(tank=1), title=text, description=text), "tank", ALICE)
    evil = replace(evil, roles=tuple(replace(role, name=text) for role in evil.roles))

    for made in (feed_of(evil, server=text), calendar([evil], server=text, reader=ALICE, now=NOW)):
        _, (event,) = parsed(made)
        (other,) = Calendar.from_ical(made).events
        assert event["SUMMARY"] == str(other["summary"]) == clean_name(text, 300)
        assert event["DESCRIPTION"] == str(other["description"])
        assert event["LOCATION"] == clean_name(text, 300)
    assert "ATTENDEE" not in event


@given(st.text(max_size=400))
def test_no_title_breaks_a_feed(title: str) -> None:
    _, (event,) = parsed(feed_of(replace(raid(tank=1), title=title)))

    assert event["SUMMARY"] == clean_name(title, 300)


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Copenhagen", "UTC", "Pacific/Apia"])
def test_instants_are_utc_and_the_same_in_both_readers(zone: str) -> None:
    """F06."""
    one = replace(raid(tank=1), zone=zone, length_minutes=150)

    for made in (feed_of(one), calendar([one], server="Ravenwood", reader=ALICE, now=NOW)):
        _, (event,) = parsed(made)
        (other,) = Calendar.from_ical(made).events
        assert instant(event["DTSTART"]) == other.start == START
        assert instant(event["DTEND"]) == other.end == START + timedelta(minutes=150)
        assert instant(event["DTSTAMP"]) == NOW
        assert b"TZID" not in made


def test_programs_are_told_when_to_look_again_and_two_feeds_are_equal() -> None:
    """F01, F09."""
    one, other = feed_of(raid(tank=1)), feed_of(raid(tank=1))

    whole, _ = parsed(one)
    assert one == other
    assert whole["REFRESH-INTERVAL"] == whole["X-PUBLISHED-TTL"] == "PT1H"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in one
    assert "UID" not in whole
