"""Parsing of typed times. Expected times are wall-clock times in the guild's zone, whatever zone was typed."""

import csv
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from raidbot.raids.times.parse import parse_time
from raidbot.raids.times.tokens import (
    Ambiguous,
    Contradiction,
    InThePast,
    NoSuchDate,
    NoSuchTime,
    NotATime,
    NothingSaid,
    NoTimeOfDay,
    NotUnderstood,
    SaidTwice,
    TooFarAhead,
    TooLong,
)
from raidbot.utils.errors import Refusal

NEW_YORK, BERLIN, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/London")
WEDNESDAY = datetime(2026, 3, 18, 15, tzinfo=NEW_YORK)
CONTRACT = Path(__file__).parents[4] / "shared" / "data" / "time_cases.csv"


def meant(text: str, *, now: datetime = WEDNESDAY, locale: str = "en-US") -> str:
    """Return the time `text` means, as wall-clock time in the zone of `now`."""
    zone = now.tzinfo
    assert isinstance(zone, ZoneInfo)
    return parse_time(text, zone=zone, now=now, locale=locale).instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def assumed(text: str, *, now: datetime = WEDNESDAY, locale: str = "en-US") -> str:
    zone = now.tzinfo
    assert isinstance(zone, ZoneInfo)
    return " ".join(parse_time(text, zone=zone, now=now, locale=locale).assumptions)


def at(wall: str, zone: str) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract's cases are not beside this project")
def test_every_case_of_the_contract() -> None:
    wrong = []
    with CONTRACT.open(encoding="utf-8", newline="") as file:
        for case in csv.DictReader(file):
            now = datetime.fromisoformat(case["now"])
            try:
                got: object = parse_time(
                    case["input"], zone=ZoneInfo(case["tz"]), now=now, locale=case["locale"]
                ).instant
            except Refusal:
                got = "REJECT"
            answers = [case["expected"], *filter(None, [case["also_ok"]])]
            if got not in [answer if answer == "REJECT" else datetime.fromisoformat(answer) for answer in answers]:
                wrong.append((case["id"], case["input"], got, answers))
    assert not wrong


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in 90 min", "2026-03-18 16:30"),
        ("in 90m", "2026-03-18 16:30"),
        ("in two hours", "2026-03-18 17:00"),
        ("2 hours from now", "2026-03-18 17:00"),
        ("45 minutes from now", "2026-03-18 15:45"),
        ("in 1.5 hours", "2026-03-18 16:30"),
        ("in 1h30", "2026-03-18 16:30"),
        ("in half an hour", "2026-03-18 15:30"),
        ("an hour and a half from now", "2026-03-18 16:30"),
        ("in 2 and a half hours", "2026-03-18 17:30"),
        ("in a quarter of an hour", "2026-03-18 15:15"),
        ("in 2 hours and 15 minutes", "2026-03-18 17:15"),
        ("in 2 hours, 15 minutes", "2026-03-18 17:15"),
        ("in 1 day 2 hours", "2026-03-19 17:00"),
        ("in 1w2d", "2026-03-27 15:00"),
        ("in a week", "2026-03-25 15:00"),
        ("in a fortnight", "2026-04-01 15:00"),
        ("in 1 month", "2026-04-18 15:00"),
        ("+90m", "2026-03-18 16:30"),
        ("+ 2 hours", "2026-03-18 17:00"),
        ("+1d", "2026-03-19 15:00"),
        ("in 3 days at 8pm", "2026-03-21 20:00"),
        ("8pm in 2 days", "2026-03-20 20:00"),
        ("2 days from tomorrow 8pm", "2026-03-21 20:00"),
        ("a week from today at 8", "2026-03-25 20:00"),
        ("in 2 Stunden", "2026-03-18 17:00"),
        ("dans 30 minutes", "2026-03-18 15:30"),
        ("en 3 horas", "2026-03-18 18:00"),
    ],
)
def test_spans_from_now(text: str, expected: str) -> None:
    assert meant(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9pm", "2026-03-18 21:00"),
        ("9 p.m.", "2026-03-18 21:00"),
        ("9p", "2026-03-18 21:00"),
        ("9a", "2026-03-19 09:00"),
        ("9:15 PM", "2026-03-18 21:15"),
        ("19.45", "2026-03-18 19:45"),
        ("19:45:30", "2026-03-18 19:45"),
        ("half past 7", "2026-03-18 19:30"),
        ("half past seven pm", "2026-03-18 19:30"),
        ("quarter to 8", "2026-03-18 19:45"),
        ("a quarter past 8", "2026-03-18 20:15"),
        ("ten to 8", "2026-03-18 19:50"),
        ("20 past 7", "2026-03-18 19:20"),
        ("5 minutes to 8pm", "2026-03-18 19:55"),
        ("quarter to 1 am", "2026-03-19 00:45"),
        ("8 o'clock", "2026-03-18 20:00"),
        ("8 o’clock pm", "2026-03-18 20:00"),
        ("eight", "2026-03-18 20:00"),
        ("eight thirty", "2026-03-18 20:30"),
        ("seven pm", "2026-03-18 19:00"),
        ("noon", "2026-03-19 12:00"),
        ("12 midnight", "2026-03-19 00:00"),
        ("12am", "2026-03-19 00:00"),
        ("12", "2026-03-19 12:00"),
        ("0", "2026-03-19 00:00"),
        ("17", "2026-03-18 17:00"),
        ("08:00", "2026-03-19 08:00"),
        ("8:00", "2026-03-18 20:00"),
        ("0730", "2026-03-19 07:30"),
        ("730", "2026-03-18 19:30"),
        ("730pm", "2026-03-18 19:30"),
        ("1900 hrs", "2026-03-18 19:00"),
        ("at 8", "2026-03-18 20:00"),
        ("@8pm", "2026-03-18 20:00"),
        ("2pm", "2026-03-19 14:00"),
        ("3pm", "2026-03-19 15:00"),
        ("3:01pm", "2026-03-18 15:01"),
        ("20 Uhr", "2026-03-18 20:00"),
        ("8 Uhr", "2026-03-19 08:00"),
        ("19h30", "2026-03-18 19:30"),
        ("8pm.", "2026-03-18 20:00"),
    ],
)
def test_times_of_day_are_the_next_ahead(text: str, expected: str) -> None:
    assert meant(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tonight at 11", "2026-03-18 23:00"),
        ("tonight 1am", "2026-03-19 01:00"),
        ("midnight tonight", "2026-03-19 00:00"),
        ("this evening 8", "2026-03-18 20:00"),
        ("this afternoon at 4", "2026-03-18 16:00"),
        ("8 tonight", "2026-03-18 20:00"),
        ("tmr 21:00", "2026-03-19 21:00"),
        ("7pm tomorrow", "2026-03-19 19:00"),
        ("tomorrow, 7pm", "2026-03-19 19:00"),
        ("tomorrow morning at 9", "2026-03-19 09:00"),
        ("tomorrow morning 10:30", "2026-03-19 10:30"),
        ("tomorrow afternoon 3", "2026-03-19 15:00"),
        ("tomorrow night 9", "2026-03-19 21:00"),
        ("tomorrow noon", "2026-03-19 12:00"),
        ("tomorrow 00:30", "2026-03-19 00:30"),
        ("8 in the evening", "2026-03-18 20:00"),
        ("9 in the morning", "2026-03-19 09:00"),
        ("10 at night", "2026-03-18 22:00"),
        ("day after tomorrow 8pm", "2026-03-20 20:00"),
        ("the day after tomorrow at 8", "2026-03-20 20:00"),
        ("tomorrow thursday 8pm", "2026-03-19 20:00"),
        ("morgen um 20 Uhr", "2026-03-19 20:00"),
        ("heute Abend 20 Uhr", "2026-03-18 20:00"),
        ("ce soir 21h", "2026-03-18 21:00"),
        ("mañana a las 8 de la tarde", "2026-03-19 20:00"),
    ],
)
def test_days_by_name(text: str, expected: str) -> None:
    assert meant(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("wed 8pm", "2026-03-18 20:00"),
        ("wednesday 3pm", "2026-03-25 15:00"),
        ("this sat 9pm", "2026-03-21 21:00"),
        ("upcoming tuesday 9pm", "2026-03-24 21:00"),
        ("next wednesday 8pm", "2026-03-25 20:00"),
        ("next sunday 8pm", "2026-03-29 20:00"),
        ("sunday next week 8pm", "2026-03-29 20:00"),
        ("next week on friday at 8pm", "2026-03-27 20:00"),
        ("two weeks from saturday 8pm", "2026-04-04 20:00"),
        ("8 fri", "2026-03-20 20:00"),
        ("on friday at 20:15", "2026-03-20 20:15"),
        ("friday - 8pm", "2026-03-20 20:00"),
        ("fri. 8pm", "2026-03-20 20:00"),
        ("friday 1930", "2026-03-20 19:30"),
        ("friday 24:00", "2026-03-21 00:00"),
        ("friday night 1am", "2026-03-21 01:00"),
        ("friday night midnight", "2026-03-21 00:00"),
        ("saturday morning 10", "2026-03-21 10:00"),
        ("sunday 12am", "2026-03-22 00:00"),
        ("friday the 20th 8pm", "2026-03-20 20:00"),
        ("am Freitag um 20:30 Uhr", "2026-03-20 20:30"),
        ("samedi 21h", "2026-03-21 21:00"),
        ("el viernes a las 21:00", "2026-03-20 21:00"),
    ],
)
def test_weekdays_are_the_next_ahead(text: str, expected: str) -> None:
    assert meant(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-20 7pm", "2026-03-20 19:00"),
        ("2026-03-20T19:00", "2026-03-20 19:00"),
        ("2026-03-20T19:00:00.000Z", "2026-03-20 15:00"),
        ("2026-03-20 19:00Z", "2026-03-20 15:00"),
        ("2026-03-20T19:00:00-05:00", "2026-03-20 20:00"),
        ("2026-03-20 19:00+0100", "2026-03-20 14:00"),
        ("2026-03-20 10:00", "2026-03-20 10:00"),
        ("2026-03-20 24:00", "2026-03-21 00:00"),
        ("2026/3/20 at 19.30", "2026-03-20 19:30"),
        ("march 20th at 8pm", "2026-03-20 20:00"),
        ("20th of march 8pm", "2026-03-20 20:00"),
        ("8pm 20 march", "2026-03-20 20:00"),
        ("20:00 Mar. 20", "2026-03-20 20:00"),
        ("20-Mar-2026 19:00", "2026-03-20 19:00"),
        ("march 20, 2027, 8pm", "2027-03-20 20:00"),
        ("march 20 1930", "2026-03-20 19:30"),
        ("march 20 8", "2026-03-20 20:00"),
        ("sept 5 8pm", "2026-09-05 20:00"),
        ("may the 4th 8pm", "2026-05-04 20:00"),
        ("friday march 20 8pm", "2026-03-20 20:00"),
        ("jan 5 8pm", "2027-01-05 20:00"),
        ("feb 29 8pm", "2028-02-29 20:00"),
        ("the 20th at 8pm", "2026-03-20 20:00"),
        ("the 10th 8pm", "2026-04-10 20:00"),
        ("3/20 8pm", "2026-03-20 20:00"),
        ("4/3 8pm", "2026-04-03 20:00"),
        ("20/3 8pm", "2026-03-20 20:00"),
        ("3/20/26 8pm", "2026-03-20 20:00"),
        ("03-20-2026 19:00", "2026-03-20 19:00"),
        ("20.03.2026 19:00", "2026-03-20 19:00"),
        ("20.3. 19:00", "2026-03-20 19:00"),
        ("20.03 19:00", "2026-03-20 19:00"),
        ("19.30 20.03", "2026-03-20 19:30"),
        ("am 20. März um 20 Uhr", "2026-03-20 20:00"),
        ("20 mars à 21h", "2026-03-20 21:00"),
        ("20 de marzo a las 21:00", "2026-03-20 21:00"),
        ("1774047600", "2026-03-20 19:00"),
        ("1774047600999", "2026-03-20 19:00"),
        ("<t:1774047600:R>", "2026-03-20 19:00"),
        ("at <t:1774047600>", "2026-03-20 19:00"),
        ("2028-03-18 15:00", "2028-03-18 15:00"),
    ],
)
def test_dates_and_instants(text: str, expected: str) -> None:
    assert meant(text) == expected


@pytest.mark.parametrize("locale", ["en-GB", "de", "fr", "es-ES"])
def test_only_americans_put_the_month_first(locale: str) -> None:
    assert meant("4/3/2027 8pm", locale="en-US") == "2027-04-03 20:00"
    assert meant("4/3/2027 8pm", locale=locale) == "2027-03-04 20:00"
    assert meant("4.3.2027 8pm", locale="en-US") == "2027-03-04 20:00"
    assert "4 March 2027" in assumed("4/3/2027 8pm", locale=locale)


def test_german_weekdays_have_two_letters_in_german_only() -> None:
    assert meant("Fr 20 Uhr", locale="de") == "2026-03-20 20:00"
    with pytest.raises(NotUnderstood, match="“Fr”"):
        meant("Fr 20 Uhr")


def test_8h_is_a_time_of_day_where_one_writes_it_so() -> None:
    assert meant("vendredi 8h", locale="fr") == "2026-03-20 08:00"
    assert meant("vendredi 8h30", locale="fr") == "2026-03-20 08:30"
    with pytest.raises(Ambiguous, match="in 8h"):
        meant("friday 8h")


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


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("8", "Read 8 as 8 pm."),
        ("friday 6:30", "Read 6:30 as 6:30 pm."),
        ("friday 730", "Read 730 as 7:30 pm."),
        ("friday 12", "Read 12 as noon."),
        ("friday 20", "Read 20 as 20:00."),
        ("2pm", "2pm has passed today: read as Thursday 19 March 2026."),
        ("wednesday 2pm", "2pm has passed today: read as Wednesday 25 March 2026."),
        ("next fri 8pm", "Read next fri as Friday 27 March 2026, in the following week."),
        ("3/20 8pm", "Read 3/20 as Friday 20 March 2026."),
        ("jan 5 8pm", "Read jan 5 as Tuesday 5 January 2027."),
        ("friday 7pm PST", "Read PST as the clock in Los Angeles, which shows PDT on that day."),
    ],
)
def test_what_was_assumed_is_told(text: str, sentence: str) -> None:
    assert assumed(text) == sentence


@pytest.mark.parametrize("text", ["friday 8pm", "20:00", "in 2 hours", "2026-03-20 10:00", "tomorrow 08:00", "8pm ET"])
def test_where_nothing_is_assumed_nothing_is_told(text: str) -> None:
    assert assumed(text) == ""


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("8pm sharp", "sharp"),
        ("7pm maybe 8", "maybe"),
        ("friday 8pm XYZ", "XYZ"),
        ("every friday 8pm", "every friday"),
        ("last friday 8pm", "last friday"),
        ("fridays 8pm", "fridays"),
        ("friday or saturday 8pm", "or"),
        ("weekend 8pm", "weekend"),
        ("8 people", "people"),
        ("7ish", "7ish"),
        ("8pmEST", "8pmEST"),
        ("8pm Europe/Narnia", "Europe/Narnia"),
        ("8pm UTC+15", "UTC+15"),
        ("march madness", "march"),
        ("march 7pm", "march"),
        ("in 8", "in 8"),
        ("-2h", "-2h"),
        ("in 2h 3h", "in 2h 3h"),
        ("in a day and a half", "in a day and a half"),
        ("@everyone 8pm", "everyone"),
        ("12345", "12345"),
        ("<t:abc>", "<t:abc>"),
        ("8pm 🙂", "🙂"),
        ("friday at", "at"),
        ("friday 8pm; rm -rf", "; rm"),
        ("halb acht", "halb"),
    ],
)
def test_what_is_not_understood_is_named(text: str, word: str) -> None:
    with pytest.raises(NotUnderstood, match="Try “friday 8pm”") as refused:
        meant(text)
    assert f"“{word}”" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", NothingSaid),
        (" , ", NothingSaid),
        ("8pm" + " " * 98, TooLong),
        ("today", NoTimeOfDay),
        ("friday", NoTimeOfDay),
        ("tomorrow evening", NoTimeOfDay),
        ("2026-03-20", NoTimeOfDay),
        ("march 20 2030", NoTimeOfDay),
        ("a week from friday", NoTimeOfDay),
        ("EST", NoTimeOfDay),
        ("in 3 days in the evening", NoTimeOfDay),
        ("25:00", NoSuchTime),
        ("24:30", NoSuchTime),
        ("8:60", NoSuchTime),
        ("13pm", NoSuchTime),
        ("0am", NoSuchTime),
        ("19:00 pm", NoSuchTime),
        ("2460", NoSuchTime),
        ("8.5", NoSuchTime),
        ("half past 13", NoSuchTime),
        ("2026-02-29 19:00", NoSuchDate),
        ("feb 30 8pm", NoSuchDate),
        ("13/13 8pm", NoSuchDate),
        ("the 32nd 8pm", NoSuchDate),
        ("7pm-9pm", SaidTwice),
        ("7pm to 9pm", SaidTwice),
        ("7pm - 9pm", SaidTwice),
        ("8-10pm", SaidTwice),
        ("friday saturday 8pm", SaidTwice),
        ("8pm EST PST", SaidTwice),
        ("fri 20 8pm", SaidTwice),
        ("19:00-22:00", Ambiguous),
        ("20 march 7", Ambiguous),
        ("half 8", Ambiguous),
        ("2h", Ambiguous),
        ("2 hours", Ambiguous),
        ("friday midnight", Ambiguous),
        ("tonight at 12", Ambiguous),
        ("tonight 2", Ambiguous),
        ("8pm IST", Ambiguous),
        ("thursday march 20 8pm", Contradiction),
        ("tomorrow friday 8pm", Contradiction),
        ("friday the 21st 8pm", Contradiction),
        ("tomorrow morning 8pm", Contradiction),
        ("tonight 7am", Contradiction),
        ("in 2 hours EST", Contradiction),
        ("in 2 hours 8pm", Contradiction),
        ("<t:1774047600> 8pm", Contradiction),
        ("today 2pm", InThePast),
        ("yesterday 8pm", InThePast),
        ("this morning 9", InThePast),
        ("march 18 3pm", InThePast),
        ("march 1 8pm", InThePast),
        ("2026-01-05 19:00", InThePast),
        ("0001-01-01 10:00", InThePast),
        ("in 0 minutes", InThePast),
        ("<t:1700000000>", InThePast),
        ("<t:-99999999999999999999>", InThePast),
        ("2028-03-18 15:01", TooFarAhead),
        ("9999-12-31 24:00", TooFarAhead),
        ("in 99999 hours", TooFarAhead),
        ("in 99999 years", TooFarAhead),
        ("9999999999", TooFarAhead),
        ("<t:99999999999999999999:F>", TooFarAhead),
    ],
)
def test_refusals_say_why(text: str, refusal: type[NotATime]) -> None:
    with pytest.raises(refusal):
        meant(text)


def test_a_date_that_has_just_passed_is_not_next_year_s_around_new_year_either() -> None:
    with pytest.raises(InThePast, match="Write the year"):
        meant("dec 28 8pm", now=at("2027-01-03T12:00", "Europe/London"), locale="en-GB")
    assert meant("jan 5 8pm", now=at("2026-12-31T22:00", "Europe/London"), locale="en-GB") == "2027-01-05 20:00"


def test_next_is_the_following_week_on_a_sunday_as_well() -> None:
    sunday = at("2026-03-22T15:00", "America/New_York")

    assert meant("next friday 8pm", now=sunday) == "2026-03-27 20:00"
    assert meant("next sunday 8pm", now=sunday) == "2026-03-29 20:00"
    assert meant("sunday 8pm", now=sunday) == "2026-03-22 20:00"


@pytest.mark.parametrize(
    "text",
    ["７ｐｍ", "7\u00a0pm", "7\u200bpm", "\u202e7pm", "7\u202fpm", "٧pm", "  7pm\n", "7pm\x00", "7\tPM", "\ufeff7pm",
     "１９：００", "١٩:٠٠"],
)  # fmt: skip
def test_odd_characters_do_no_harm(text: str) -> None:
    assert meant(text) == "2026-03-18 19:00"


@pytest.mark.parametrize("dash", ["-", "\u2013", "\u2014", "\u2212", "\u2010"])
def test_any_dash_is_a_dash(dash: str) -> None:
    assert meant(f"friday {dash} 8pm") == "2026-03-20 20:00"
    assert meant(f"2026{dash}03{dash}20 20:00") == "2026-03-20 20:00"
