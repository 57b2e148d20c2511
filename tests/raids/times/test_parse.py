"""Parsing of typed times. Expected times are wall-clock times in the guild's zone, whatever zone was typed."""

import csv
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from raidbot.raids.times.parse import parse_time
from raidbot.raids.times.refusals import Ambiguous, NotUnderstood
from raidbot.utils.errors import Refusal
from tests.raids.times.typed_times import assumed, at, meant

TIME_CASES_FILE = Path(__file__).parents[2] / "data" / "time_cases.csv"


def test_every_case_of_the_contract() -> None:
    wrong = []
    with TIME_CASES_FILE.open(encoding="utf-8", newline="") as file:
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
        ("2026-03-20 9:30", "2026-03-20 09:30"),
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
    with pytest.raises(Ambiguous, match="friday 8am”"):
        meant("friday 8h")


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
