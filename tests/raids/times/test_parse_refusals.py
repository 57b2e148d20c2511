"""Typed times that are refused."""

import pytest

from raidbot.raids.times.refusals import (
    Ambiguous,
    ARange,
    Contradiction,
    GivenTwice,
    InThePast,
    NoSuchDate,
    NoSuchTime,
    NotATime,
    NothingSaid,
    NoTimeOfDay,
    NotUnderstood,
    NthWeekday,
    TooFarAhead,
    TooLong,
)
from tests.raids.times.typed_times import at, meant


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
    with pytest.raises(NotUnderstood) as refused:
        meant(text)

    assert f"“{word}”" in str(refused.value)
    assert refused.value.tries
    assert all(meant(instead) > "2026-03-18 15:00" for instead in refused.value.tries)


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
        ("a week from friday", NoTimeOfDay),
        ("EST", NoTimeOfDay),
        ("in 3 days in the evening", NoTimeOfDay),
    ],
)
def test_a_time_of_day_is_needed(text: str, refusal: type[NotATime]) -> None:
    with pytest.raises(refusal):
        meant(text)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
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
    ],
)
def test_times_and_dates_have_to_exist(text: str, refusal: type[NotATime]) -> None:
    with pytest.raises(refusal):
        meant(text)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("7pm-9pm", ARange),
        ("7pm to 9pm", ARange),
        ("7pm - 9pm", ARange),
        ("8-10pm", ARange),
        ("10 to 8", Ambiguous),
        ("5 to 8pm", Ambiguous),
        ("2nd friday 8pm", NthWeekday),
        ("friday saturday 8pm", GivenTwice),
        ("8pm EST PST", GivenTwice),
        ("19:00-22:00", ARange),
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
    ],
)
def test_one_thing_has_to_be_meant(text: str, refusal: type[NotATime]) -> None:
    with pytest.raises(refusal):
        meant(text)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
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
        ("march 20 2030", TooFarAhead),
        ("in 99999 hours", TooFarAhead),
        ("in 99999 years", TooFarAhead),
        ("9999999999", TooFarAhead),
        ("<t:99999999999999999999:F>", TooFarAhead),
    ],
)
def test_times_past_or_too_far_ahead_are_refused(text: str, refusal: type[NotATime]) -> None:
    with pytest.raises(refusal):
        meant(text)


def test_a_date_that_has_just_passed_is_not_next_year_s_around_new_year_either() -> None:
    with pytest.raises(InThePast, match="2027-12-28 8pm"):
        meant("dec 28 8pm", now=at("2027-01-03T12:00", "Europe/London"), locale="en-GB")
    assert meant("jan 5 8pm", now=at("2026-12-31T22:00", "Europe/London"), locale="en-GB") == "2027-01-05 20:00"


@pytest.mark.parametrize(
    ("text", "locale", "tries"),
    [
        ("20 to 22", "en-US", ("20",)),
        ("friday 8pm to saturday 2am", "en-US", ("friday 8pm",)),
        ("from seven until nine", "en-US", ("seven",)),
        ("8 pm - open end", "en-US", ("8 pm",)),
        ("11pm to 1am", "en-US", ("11pm",)),
        ("10 to 8am", "en-US", ("7:50am", "10pm")),
        ("8-10 uhr", "de", ("8 uhr", "8pm")),
        ("de 20h à 22h", "fr", ("20h",)),
        ("vendredi 20 à 22h", "fr", ("vendredi 20",)),
        ("10 - 22 uhr", "de", ("10 uhr", "10pm")),
        ("freitag 10:00 - 22:00", "de", ("freitag 10:00",)),
        ("freitag 8:00-11:00", "de", ("freitag 8:00",)),
        ("friday 8:30-11:00", "en-US", ("friday 8:30pm",)),
        ("20 to 2", "en-GB", ("1:40pm", "20:00")),
        ("friday 8pm, 3h", "en-US", ("friday 8pm",)),
        ("2h", "en-US", ("in 2h", "2am", "2pm")),
        ("10.30", "en-US", ("10:30am", "10:30pm")),
        ("friday 8pm or 9pm", "en-US", ("friday 8pm", "friday 9pm", "9pm")),
        ("8pm Barcelona", "en-US", ("8pm Europe/Madrid",)),
        ("8pm in New York", "en-US", ("8pm America/New_York",)),
        ("8pmEST", "en-US", ("8pm EST",)),
        ("samstag", "de", ("samstag 20:00", "samstag 23:00")),
        ("morgen früh", "de", ("morgen früh 10:00",)),
        ("in 8", "en-US", ("in 8 hours", "in 8 minutes")),
        ("3/4 20:00", "ja", ("2026-04-03 20:00", "2027-03-04 20:00")),
        ("sunday 8 17:00", "en-US", ("sunday 17:00", "8 april 17:00")),
        ("friday midnight", "en-US", ("friday 00:00", "friday 24:00")),
        ("8pm IST", "en-US", ("8pm Asia/Kolkata", "8pm Europe/Dublin", "8pm Asia/Jerusalem")),
    ],
)
def test_what_to_type_instead(text: str, locale: str, tries: tuple[str, ...]) -> None:
    with pytest.raises(NotATime) as refused:
        meant(text, locale=locale)

    assert refused.value.tries == tries
    assert all(meant(instead, locale=locale) > "2026-03-18 15:00" for instead in refused.value.tries)
