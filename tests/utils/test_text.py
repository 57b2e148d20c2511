import re
from datetime import UTC, datetime
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.utils.clean_text import clean_block, clean_line, clean_name
from raidbot.utils.text import clip, escape, fit_lines, isolated, joined, stamp


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("plain words, 8 of 10", "plain words, 8 of 10"),
        ("**bold** _it_ ~~no~~ `code` ||spoiler||", r"\*\*bold\*\* \_it\_ \~\~no\~\~ \`code\` \|\|spoiler\|\|"),
        ("<@123> <#4> <:x:5> @everyone", r"\<\@123\> \<#4\> \<\:x\:5\> \@everyone"),
        ("[free](https://example.org)", r"\[free\]\(https\://example.org\)"),
        ("# big", r"\# big"),
        ("-# small", r"\-# small"),
        ("> said", r"\> said"),
        ("- one\n  + two\n3. three", "\\- one\n  \\+ two\n3\\. three"),
        ("two-handed #1", "two-handed #1"),
        ("back\\slash", "back\\\\slash"),
    ],
)
def test_what_people_wrote_is_shown_as_they_wrote_it(typed: str, shown: str) -> None:
    assert escape(typed) == shown


@given(st.text())
def test_escaping_only_adds_backslashes_and_isolates(text: str) -> None:
    assert re.sub(r"\\([^0-9A-Za-z\s])", r"\1", escape(text)) == isolated(text)
    assert isolated(isolated(text)).strip("\u2068\u2069") == isolated(text).strip("\u2068\u2069")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ann \u202egnp.exe", "Ann gnp.exe"),
        ("\u202d# Ann\u202c", "\\# Ann"),
        ("\u2067- Ann", "\\- Ann"),
        ("A\u2069nn\u2066", "Ann"),
        ("\u2067Ann\u2069 and Bob", "\u2067Ann\u2069 and Bob"),
        ("\u202eשרה\u2069", "\u2068שרה\u2069"),
        ("Ann\n\u202eBob", "Ann\nBob"),
    ],
)
def test_nothing_that_people_wrote_turns_the_words_after_it(text: str, shown: str) -> None:
    assert escape(text) == shown
    assert isolated(text) == shown.replace("\\", "")


@given(st.text("Aש\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069 \n#"))
def test_what_turns_words_ends_with_them(text: str) -> None:
    depth = 0
    for char in escape(text):
        depth += (char in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068") - (char in "\u202c\u2069")
        assert depth >= 0
    assert depth == 0


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("Ann", "Ann"),
        ("  Ann \t of\n Green  Gables ", "Ann of Green Gables"),
        ("A\u200bn\u202en\u2066", "Ann"),
        ("\u3164\u2800", "Unknown"),
        ("", "Unknown"),
        ("\x00\x1b[31m", "[31m"),
        ("lone \ud800surrogate", "lone surrogate"),
        ("x" * 40, "x" * 31 + "…"),
        ("Zoë 🗡️", "Zoë 🗡️"),
        ("\U0001fa77 \U0001fae9", "\U0001fa77 \U0001fae9"),  # younger than Unicode 14
        ("🏳️\u200d🌈 👩🏽\u200d💻", "🏳️\u200d🌈 👩🏽\u200d💻"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200cخواهم\u200c \u200d", "خواهم"),
        ("ന്\u200d", "ന്\u200d"),  # a joiner after a virama shapes the letter before
        ("\ufe0fA\ufe0f\ufe0f \ufe0f", "A\ufe0f"),
        ("\ufe0f\u200d", "Unknown"),
        (
            "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ),
        ("A\U000e0067\U000e007f", "A"),
        ("\u0601\u0662 \ue000", "\u0601\u0662 \ue000"),
    ],
)
def test_names_are_one_visible_line(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@given(st.text(), st.integers(1, 40))
def test_a_clean_name_is_never_empty_and_never_too_long(name: str, limit: int) -> None:
    clean = clean_name(name, limit)

    assert clean
    assert clean == "Unknown" or len(clean) <= limit
    assert not {category(char) for char in clean} & {"Cc", "Cs", "Zl", "Zp"}
    assert clean_name(clean, 99) == clean


def test_what_is_cut_off_is_marked() -> None:
    assert clip("abcdef", 6) == "abcdef"
    assert clip("abcdefg", 6) == "abcde…"
    assert clip("abcde\\*", 7) == "abcde\\*"
    assert clip("abcde\\*x", 7) == "abcde…"


def test_what_is_cut_off_leaves_no_isolate_open() -> None:
    assert clip("\u2068שלום עולם\u2069", 8) == "\u2068שלום\u2069"[:-1] + "…\u2069"
    assert clip("a \u2068של\u2069 \u2068ב", 2) == "a…"
    assert clip("👩\u200d💻x", 3) == "👩…"


@given(st.text(), st.integers(0, 50))
def test_a_clipped_text_fits_and_does_not_end_inside_an_escape(text: str, limit: int) -> None:
    clipped = clip(escape(text), limit)

    assert len(clipped) <= limit
    if len(escape(text)) > limit > 3:
        assert clipped.count("\u2068") - text.count("\u2068") == clipped.count("\u2069") - text.count("\u2069") or (
            "\u2068" in text or "\u2069" in text
        )
        before = clipped.rstrip("\u2069")[:-1]
        assert (len(before) - len(before.rstrip("\\"))) % 2 == 0


def test_a_stamp_is_discord_s() -> None:
    moment = datetime(2026, 3, 20, 23, tzinfo=UTC)

    assert stamp(moment) == "<t:1774047600:F>"
    assert stamp(moment, "R") == "<t:1774047600:R>"


def test_lines_that_do_not_fit_are_counted() -> None:
    lines = [f"line {number}" for number in range(10)]

    assert fit_lines(lines, 1000) == "\n".join(lines)
    assert fit_lines(lines, 30) == "line 0\nline 1\nline 2\n+7 more"
    assert fit_lines([], 10) == ""
    assert fit_lines(["x" * 50], 20) == "+1 more"


@given(st.lists(st.text(st.characters(exclude_characters="\n"), max_size=20), max_size=30), st.integers(10, 100))
def test_fitted_lines_are_whole_and_account_for_everybody(lines: list[str], limit: int) -> None:
    fitted = fit_lines(lines, limit)

    assert len(fitted) <= limit
    if fitted != "\n".join(lines):
        *shown, last = fitted.split("\n")
        assert shown == lines[: len(shown)]
        assert last == f"+{len(lines) - len(shown)} more"


def test_names_are_joined_as_one_says_them() -> None:
    assert joined([]) == ""
    assert joined(["Ann"]) == "Ann"
    assert joined(["Ann", "Bob"]) == "Ann and Bob"
    assert joined(["Ann", "Bob", "Cem"], "or") == "Ann, Bob or Cem"


def test_a_text_does_not_turn_what_stands_around_it() -> None:
    assert clean_line("\u202eVoid\u202c \u2067Raid\u2069") == "Void Raid"
    assert clean_block("one\n\u202etwo") == "one\ntwo"
    assert clean_line("👩\u200d🚀 שלום") == "👩\u200d🚀 שלום"
