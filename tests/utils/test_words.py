from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.templates.model import spoken_length
from raidbot.utils.errors import Refusal
from raidbot.utils.text import escape_markdown, isolated, joined
from raidbot.utils.words import (
    Argument,
    Code,
    Instant,
    Length,
    Listed,
    Mention,
    Name,
    Raw,
    Text,
    WallClock,
    count,
    english,
    lines,
    paragraph,
    render,
    say,
)

START = datetime(2026, 3, 20, 19, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("argument", "shown"),
    [
        (Name("*Ann* {0}"), r"\*Ann\* {0}"),
        ("<@1>", r"\<\@1\>"),
        (3, "3"),
        (Code("ABC234"), "ABC234"),
        (Code("`AB`\u202eC"), "ABC"),
        (Mention(12), "<@12>"),
        (Instant(START), "<t:1774033500:F>"),
        (Instant(START, "R"), "<t:1774033500:R>"),
        (WallClock(START, "America/New_York"), r"Friday 20 March 2026, 19:05 (America/New\_York)"),
        (Raw("**as** it is"), "**as** it is"),
        (say("**{name}**", name=Name("_x_")), r"**\_x\_**"),
        (Listed((), "and"), ""),
        (Listed(("Ann",), "or"), "Ann"),
        (Listed(("Ann", Name("Bob")), "or"), "Ann or Bob"),
        (Listed(("Ann", "Bob", "Cem"), "and"), "Ann, Bob and Cem"),
        (Listed(("Ann", "Bob", "Cem"), ","), "Ann, Bob, Cem"),
        (Listed((say("**{name}**", name="A*"), Mention(3)), "or"), r"**A\*** or <@3>"),
        (Listed(("a*b", "c" * 9), "and", limit=8), r"a\*b and…"),
    ],
)
def test_an_argument_is_shown_by_its_type(argument: Argument, shown: str) -> None:
    assert render(say("It is {it}.", it=argument)) == f"It is {shown}."


def test_a_length_is_spoken_as_the_players_do() -> None:
    spoken = [render(say("{length}", length=Length(minutes))) for minutes in range(1500)]

    assert spoken == [spoken_length(minutes) for minutes in range(1500)]


@given(st.lists(st.text(), max_size=5))
def test_names_in_a_list_are_shown_as_they_were_written(names: list[str]) -> None:
    assert render(say("{names}", names=Listed(tuple(names), "and"))) == escape_markdown(
        joined([isolated(name) for name in names])
    )


def test_a_number_chooses_the_form() -> None:
    said = [str(count("{n} seat in {raid}", "{n} seats in {raid}", number, raid="_")) for number in (0, 1, 2)]

    assert said == [r"0 seats in \_", r"1 seat in \_", r"2 seats in \_"]


def test_sentences_and_lines_follow_each_other() -> None:
    first, second = say("Yes."), say("No {name}.", name="*")

    assert render(paragraph(first, None, second)) == r"Yes. No \*."
    assert render(lines(paragraph(first, second), None, Raw("https://x.y"))) == "Yes. No \\*.\nhttps://x.y"
    assert render(lines(None)) == ""


@pytest.mark.parametrize(
    ("msgid", "arguments"),
    [
        ("Hello {name}", {}),
        ("Hello {name}", {"nam": "Ann"}),
        ("Hello", {"name": "Ann"}),
        ("Hello {name!r}", {"name": "Ann"}),
        ("Hello {name:>9}", {"name": "Ann"}),
        ("Hello {name.text}", {"name": "Ann"}),
        ("Hello {}", {}),
        ("Hello {name", {"name": "Ann"}),
    ],
)
def test_wrong_placeholders_are_refused_at_once(msgid: str, arguments: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        say(msgid, **arguments)


def test_both_forms_name_the_number() -> None:
    with pytest.raises(ValueError):
        count("a seat", "{n} seats", 2)


def test_an_instant_has_a_zone() -> None:
    with pytest.raises(ValueError):
        Instant(START.replace(tzinfo=None))


def test_texts_are_values() -> None:
    def text(*, name: str) -> Text:
        return say("{name} is {length} late", length=Length(5), name=Name(name))

    assert text(name="Ann") == text(name="Ann")
    assert len({text(name="Ann"), text(name="Ann"), text(name="Bob")}) == 2


def test_another_language_translates_every_part() -> None:
    german = {
        "You have {seats} on {day}.": "Am {day} hast du {seats}.",
        "{n} seat": "{n} Platz",
        "{n} seats": "{n} Plätze",
        "{before} or {last}": "{before} oder {last}",
    }

    text = say("You have {seats} on {day}.", seats=count("{n} seat", "{n} seats", 2), day=Listed(("Mo", "Di"), "or"))

    assert (
        render(text, translate=lambda part: german.get(english(part), english(part)))
        == "Am Mo oder Di hast du 2 Plätze."
    )


def test_right_to_left_names_are_isolated() -> None:
    text = say("{name} in {raid} ({code})", name=Name("דבאבה"), raid="*", code=Code("ABC234"))
    listed = say("{names}", names=Listed(("שרה", "Ann", "דבאבה"), ",", limit=16))

    assert render(text) == "\u2068דבאבה\u2069 in \\* (ABC234)"
    assert render(listed) == "\u2068שרה\u2069, Ann, \u2068ד…\u2069"


def test_a_refusal_reads_the_same_as_text_and_as_string() -> None:
    refusal, plain = Refusal(say("No {name}.", name="*")), Refusal("No {braces} and **marks**.")

    assert str(refusal) == r"No \*."
    assert str(plain) == "No {braces} and **marks**."
    assert render(say("Sorry: {why}", why=plain.text)) == "Sorry: No {braces} and **marks**."
