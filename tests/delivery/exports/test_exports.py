"""Calendar files, also of raids with hostile text."""

from dataclasses import replace
from datetime import timedelta

from icalendar import Calendar

from raidbot.delivery.exports.ical import calendar
from raidbot.raids.model import GuildId
from tests.raids.builders import ALICE, NOW, START, joined, raid


def test_hostile_words_stay_words() -> None:
    hostile = "x\r\nEND:VEVENT\r\nATTENDEE:mailto:a@example.org; \\n, \x00\x07é🐉"
    evil = replace(raid(tank=1), title=hostile, description=hostile * 20, length_minutes=90)

    file = calendar([evil], server=hostile, reader=ALICE, now=NOW)

    (event,) = Calendar.from_ical(file).events
    assert event.get("attendee") is None
    assert "END:VEVENT" in str(event["summary"])
    assert "🐉" in str(event["summary"])
    assert timedelta(minutes=90) == event.DTEND - START
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    assert file.endswith(b"END:VCALENDAR\r\n")


def test_a_raid_without_a_length_has_no_end_and_the_same_id_in_every_file() -> None:
    early, late = raid(tank=1), replace(joined(raid(tank=1), "tank", ALICE), version=7)

    first, second = (
        Calendar.from_ical(calendar([one], server="Ravenwood", reader=ALICE, now=NOW)).events[0]
        for one in (early, late)
    )

    assert first.get("dtend") is None
    assert str(first["uid"]) == str(second["uid"])
    assert (first.sequence, second.sequence) == (early.version, 7)


def test_a_file_names_the_server_and_is_no_calendar_of_its_own() -> None:
    read = Calendar.from_ical(calendar([raid(tank=1)], server="Ravenwood", reader=ALICE, now=NOW))

    assert str(read["name"]) == "Raids of Ravenwood"
    assert str(read.events[0]["location"]) == "Ravenwood"
    assert read.get("uid") is None


def test_the_same_code_of_another_server_is_another_event() -> None:
    here = raid(tank=1)
    there = replace(here, guild=GuildId(here.guild + 1))

    one, other = Calendar.from_ical(calendar([here, there], server="Ravenwood", reader=ALICE, now=NOW)).events

    assert str(one["uid"]) != str(other["uid"])
