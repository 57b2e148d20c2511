"""Lengths as people type them."""

import pytest

from raidbot.raids.templates.length import HoursOrMinutes, LengthOutOfRange, NotALength, parse_length
from raidbot.raids.templates.model import MAX_LENGTH_MINUTES, spoken_length


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1.5", 90),
        ("1,5", 90),
        ("0.25", 15),
        ("2", 120),
        ("12", 720),
        ("25", 25),
        ("90", 90),
        ("90 min", 90),
        ("90m", 90),
        ("90 Minuten", 90),
        ("1h30", 90),
        ("1 h 30", 90),
        ("1h30m", 90),
        ("1 H 30 min", 90),
        ("1h 5", 65),
        ("2h", 120),
        ("24 h", 1440),
        ("24:00", 1440),
        ("1:30", 90),
        ("1:30h", 90),
        ("1.5 hours", 90),
        ("1,5h", 90),
        ("2.25 std", 135),
        ("1 hour and 30 minutes", 90),
        ("half an hour", 30),
        ("an hour", 60),
        ("an hour and a half", 90),
        ("2 and a half hours", 150),
        ("about 2 hours", 120),
        ("~2h", 120),
        ("ca. 90 min.", 90),
        ("for 2 hours", 120),
        ("1 day", 1440),
        ("  2   h ", 120),
        ("３h", 180),
        ("1 min", 1),
    ],
)
def test_a_length_is_read(text: str, minutes: int) -> None:
    assert parse_length(text) == minutes


@pytest.mark.parametrize("text", ["", "soon", "h", "2-3h", "2 to 3 hours", "1h30h", "1 month", "1.5.2", "1:75", "$"])
def test_other_words_are_no_length(text: str) -> None:
    with pytest.raises(NotALength, match="is no length"):
        parse_length(text)


@pytest.mark.parametrize("text", ["13", "20", "24"])
def test_a_number_that_may_be_either_is_asked_about(text: str) -> None:
    with pytest.raises(HoursOrMinutes, match=f"{text} h” or “{text} min"):
        parse_length(text)


@pytest.mark.parametrize("text", ["0", "0 min", "0.001", "25h", "2 days", "1441 min", "999999", "-2h", "10 s"])
def test_a_length_is_from_a_minute_to_a_day(text: str) -> None:
    with pytest.raises(LengthOutOfRange, match="1 minute to 24 hours"):
        parse_length(text)


def test_every_length_is_read_as_it_is_said() -> None:
    said = [parse_length(spoken_length(minutes)) for minutes in range(1, MAX_LENGTH_MINUTES + 1)]
    assert said == list(range(1, MAX_LENGTH_MINUTES + 1))
