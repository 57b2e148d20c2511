"""Tables that come back with the same cells, in which nothing is a formula and ordinary words stay as they are."""

import unicodedata

import discord
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from raidbot.delivery.exports.csv_table import (
    DECIMAL_COMMA,
    DECIMAL_POINT,
    Dialect,
    csv_head,
    csv_lines,
    dialect_of,
    inert,
)
from tests.delivery.exports.tables import MARKS, SEPARATORS, live_cells, read

_PIECES = (
    *(
        "=",
        "+",
        "-",
        "@",
        "＝",
        "＋",
        "－",
        "＠",
        "﹦",
        '"',
        '""',
        "'",
        ",",
        ";",
        "\t",
        "\n",
        "\r\n",
        "\r",
        " ",
        "\u00a0",
    ),
    *("\u200b", "\u200d", "\u200e", "\u202e", "\u2067", "\ufeff", "\u3000", "\x00", "\x07", "\x1b", "\x85", "\u2028"),
    *(
        "\ud800",
        "\udfff",
        "\uffff",
        "🐉",
        "👩‍👩‍👧",
        "שרה",
        "ليلى",
        "=1+1",
        "cmd|' /C calc'!A0",
        "Bob",
        "1",
        "é",
        "|",
        "\\",
    ),
)
_hostile = st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=8).map("".join)
_ordinary = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co"), exclude_characters="=+-@＝＋－＠﹦﹢﹣﹫"), max_size=20
)


@given(rows=st.lists(st.lists(_hostile, min_size=1, max_size=4), min_size=1, max_size=4))
@example(rows=[["a", "=1"], ["", "\x00=1", "\ud800"]])
@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_table_comes_back_with_the_same_cells_and_nothing_in_it_is_a_formula(
    separator: str, rows: list[list[str]]
) -> None:
    table = csv_head(["Name", "Title"], Dialect(separator)) + csv_lines(rows, Dialect(separator))

    assert read(table, separator) == [["Name", "Title"], *([inert(cell) for cell in row] for row in rows)]
    assert live_cells(table) == []
    assert table.startswith(b"\xef\xbb\xbf")
    assert table.endswith(b"\r\n")


@given(text=_ordinary)
@example(text="Bob the 3rd; Ann, \"Tank\" 'n' Healer\nשרה 👩‍👩‍👧 ½ #4 (a)")
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize("text", ["Bob-1", "a=b", "Ann; Bob", "x@y", "1+1 is 2", "Ann - Bob", "Mon–Fri, 8-10"])
def test_marks_within_words_stay_as_they_are(text: str) -> None:
    assert inert(text) == text


@given(text=_hostile)
def test_only_apostrophes_are_added(text: str) -> None:
    """Nothing disappears but what no file can hold, and guarding twice changes nothing more."""
    guarded = inert(text)

    letters = [char for char in text if unicodedata.category(char)[0] in "LNS"]
    assert [char for char in guarded if unicodedata.category(char)[0] in "LNS" and char != "\ufffd"] == letters
    assert inert(guarded) == guarded


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize(
    "before",
    ["", " ", "\t", "\u00a0", '"', '" "', "\u200b", "\ufeff", "\x00", "\r", "Bob;", "Bob, ", "Bob\t", "Bob\n", "Bob\r"],
)
def test_a_formula_is_inert_wherever_a_cell_may_begin(before: str, mark: str) -> None:
    assert live_cells(csv_lines([[f"{before}{mark}1+1"]], Dialect())) == []


def test_numbers_are_numbers_of_the_locale() -> None:
    row = [-5, 123, 0.8333333, 1.0, -0.5, None, True, False]

    english, german = (read(csv_lines([row], dialect_of(one)), dialect_of(one).separator) for one in ("en-US", "de"))

    assert english == [["-5", "123", "0.8333", "1", "-0.5", "", "yes", "no"]]
    assert german == [["-5", "123", "0,8333", "1", "-0,5", "", "yes", "no"]]


def test_every_cell_is_quoted() -> None:
    assert csv_lines([["a", 1, None, 'b"c']], Dialect(";")) == b'"a";"1";"";"b""c"\r\n'


def test_every_locale_of_discord_has_its_separator() -> None:
    assert {locale.value for locale in discord.Locale} == DECIMAL_COMMA | DECIMAL_POINT
    assert not DECIMAL_COMMA & DECIMAL_POINT
    assert dialect_of("de") == Dialect(";", ",")
    assert dialect_of("en-GB") == Dialect(",", ".")
    assert dialect_of("tlh") == Dialect(",", ".")
