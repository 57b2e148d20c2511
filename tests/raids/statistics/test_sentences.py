"""Rates, comparisons and the sentences around figures."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.statistics.comparison import Comparison, Trend
from raidbot.raids.statistics.periods import PeriodKind
from raidbot.raids.statistics.phrases import (
    carried_line,
    expected_line,
    nothing_of_member,
    nothing_of_server,
    numbers_line,
    rate_line,
)
from raidbot.raids.statistics.rates import Grade, grade, percent
from raidbot.raids.statistics.tally import RATE_FROM, Tally
from raidbot.utils.words import say

counts = st.integers(0, 3000)


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_share_has_one_decimal_and_is_all_or_nothing_only_if_it_is(part: int, whole: int) -> None:
    exact = Fraction(100 * part, whole)
    rounded = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)

    if 0 < part < whole:
        rounded = min(max(rounded, Decimal("0.1")), Decimal("99.9"))
    assert percent(part, whole) == f"{rounded} %"


@given(counts, st.integers(1, 3000))
def test_the_word_is_that_of_the_share_as_it_is_shown(part: int, whole: int) -> None:
    shown = Decimal(percent(part, whole).removesuffix(" %"))

    found = grade(part, whole)

    assert found.least <= shown
    assert all(shown < other.least for other in Grade if other.least > found.least)


@pytest.mark.parametrize(
    ("came", "expected", "word"),
    [(90, 100, "🌟 excellent"), (8995, 10000, "🌟 excellent"), (8994, 10000, "✅ good"), (70, 100, "✅ good"),
     (69, 100, "⚠️ fair"), (50, 100, "⚠️ fair"), (49, 100, "❌ low"), (0, 100, "❌ low")],
)  # fmt: skip
def test_the_thresholds_are_those_of_the_bot_before(came: int, expected: int, word: str) -> None:
    found = grade(came, expected)

    assert f"{found.emoji} {found.word}" == word


@pytest.mark.parametrize(
    ("now", "before", "goes_on", "said"),
    [
        (12, 9, False, "📈 12, 3 more than the week before (+33.3 %)"),
        (12, 9, True, "📈 12 so far, 3 more than the week before (+33.3 %)"),
        (9, 12, False, "📉 9, 3 fewer than the week before (−25.0 %)"),
        (4, 12, True, "➖ 4 so far; the week before had 12 in all"),
        (4, 4, False, "➖ 4, as many as the week before"),
        (4, 0, False, "📈 4; none in the week before"),
        (4, 0, True, "📈 4 so far; none in the week before"),
    ],
)
def test_a_number_is_compared_with_the_one_before(now: int, before: int, goes_on: bool, said: str) -> None:
    found = Comparison(now, before, goes_on)

    assert f"{found.trend} {found.text(say('{n}', n=now), PeriodKind.WEEK)}" == said


@given(counts, counts, st.booleans(), st.sampled_from(PeriodKind))
def test_every_comparison_is_a_sentence_without_a_division_by_zero(
    now: int, before: int, goes_on: bool, kind: PeriodKind
) -> None:
    found = Comparison(now, before, goes_on)
    text = str(found.text(say("{n}", n=now), kind))

    assert text.startswith(str(now))
    assert f"the {kind} before" in text
    assert (found.trend is Trend.FEWER) == ("fewer" in text)
    if "more" in text or "fewer" in text:
        assert str(abs(now - before)) in text


tallies = st.builds(
    Tally, present=counts, late=counts, no_shows=counts, excused=counts, called_off=counts, benched=counts
)
few = st.builds(Tally, present=st.integers(0, 2), late=st.integers(0, 1), no_shows=st.integers(0, 1), excused=counts)


@given(tallies)
def test_each_number_that_is_not_nought_is_told(tally: Tally) -> None:
    told = str(numbers_line(tally))

    for word, number in (
        ("present", tally.present),
        ("late", tally.late),
        ("no-shows", tally.no_shows),
        ("excused", tally.excused),
        ("called off", tally.called_off),
        ("benched", tally.benched),
    ):
        assert (f"{word} {number}" in told) == (number > 0)
    assert numbers_line(Tally()) is None


@given(few)
def test_below_five_raids_there_are_numbers_without_a_rate(tally: Tally) -> None:
    """Row T23 of mistakes.md."""
    assert tally.expected < RATE_FROM
    assert (expected_line(tally) is None) == (tally.expected == 0)
    for line in (rate_line(tally), expected_line(tally)):
        assert "%" not in str(line)
        assert all(grade.word.msgid not in str(line) for grade in Grade)
    assert "from 5 raids on" in str(rate_line(tally)) or not tally.expected


@given(tallies)
def test_a_rate_has_numbers_and_a_word(tally: Tally) -> None:
    if tally.expected >= RATE_FROM:
        for line in (rate_line(tally), expected_line(tally)):
            assert percent(tally.came, tally.expected) in str(line)
            assert str(grade(tally.came, tally.expected).word) in str(line)
            assert f"{tally.came} of {tally.expected}" in str(line)


def test_an_opening_balance_is_named() -> None:
    assert str(carried_line(Tally().plus_balance(120, 4))) == "Includes 120 raids from before the move to this bot."
    assert str(carried_line(Tally().plus_balance(1, 0))) == "Includes 1 raid from before the move to this bot."
    assert carried_line(Tally(present=9)) is None


def test_nothing_yet_says_when_there_will_be_figures() -> None:
    """Row T23 of mistakes.md."""
    for text in (nothing_of_server(), nothing_of_member(own=True), nothing_of_member(own=False)):
        assert "A raid counts once its signups are closed and its length has passed." in str(text)
    assert str(nothing_of_server(uncounted=1)).startswith(
        "1 raid has taken place on this server, but it does not count."
    )
    assert str(nothing_of_server(uncounted=3)).startswith("3 raids have taken place on this server, but they")
