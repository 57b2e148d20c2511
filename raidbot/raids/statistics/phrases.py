"""Attendance in words, and why there are no figures yet."""

from collections.abc import Iterator

from raidbot.raids.statistics.periods import Period, PeriodKind
from raidbot.raids.statistics.rates import Grade, grade, percent
from raidbot.raids.statistics.tally import RATE_FROM, Tally
from raidbot.utils.words import Listed, Raw, Text, count, paragraph, say

MOVED = say("the move to this bot")
FORMER_MEMBER = say("former member")
WHEN_COUNTED = say("A raid counts once its signups are closed and its length has passed.")


def grade_of(tally: Tally) -> Grade | None:
    """Return the grade of a tally that has a rate."""
    return None if tally.rate is None else grade(tally.came, tally.expected)


def rate_line(tally: Tally) -> Text:
    """Return the rate with its word, or why there is none: “🌟 **Attendance: 92.3 %, excellent**”."""
    found = grade_of(tally)
    if found is None:
        return _no_rate(tally)
    share = Raw(percent(tally.came, tally.expected))
    return say(
        "{emoji} **Attendance: {share}, {word}** – came to {came} of {expected} raids",
        emoji=Raw(found.emoji),
        share=share,
        word=found.word,
        came=tally.came,
        expected=tally.expected,
    )


def expected_line(tally: Tally) -> Text | None:
    """Return the attendance of several members together: “✅ **Attendance: 80.8 %, good** – 21 of 26 expected came”.

    None if nobody was expected.
    """
    if not tally.expected:
        return None
    found = grade_of(tally)
    told = say("{came} of {expected} expected came", came=tally.came, expected=tally.expected)
    if found is None:
        return told
    share = Raw(percent(tally.came, tally.expected))
    return say(
        "{emoji} **Attendance: {share}, {word}** – {told}",
        emoji=Raw(found.emoji),
        share=share,
        word=found.word,
        told=told,
    )


def numbers_line(tally: Tally) -> Text | None:
    """Return each number that is not 0: “In numbers: present 40, late 2, no-shows 6.”. None if all are."""
    named = [text for text, number in _numbers(tally) if number]
    return say("In numbers: {numbers}.", numbers=Listed(tuple(named), ",")) if named else None


def carried_line(tally: Tally) -> Text | None:
    """Say which part of a member's numbers is an opening balance."""
    if not tally.carried:
        return None
    return count(
        "Includes {n} raid from before {move}.", "Includes {n} raids from before {move}.", tally.carried, move=MOVED
    )


def nothing_of_server(*, uncounted: int = 0) -> Text:
    """Say when a server without a raid that counts has figures."""
    if uncounted:
        one = "{n} raid has taken place on this server, but it does not count."
        taken = count(one, "{n} raids have taken place on this server, but they do not count.", uncounted)
        return paragraph(taken, say("Figures come with the first one that does."))
    return paragraph(say("No raid has taken place on this server yet. Figures come with the first one."), WHEN_COUNTED)


def nothing_of_member(*, own: bool) -> Text:
    """Say when somebody without a raid has figures."""
    if own:
        said = say("You have been in no raid that counts yet. Sign up for one, and your figures come once it is over.")
    else:
        said = say("This member has been in no raid that counts yet. Figures come once a raid with them is over.")
    return paragraph(said, WHEN_COUNTED)


def nothing_of_period(period: Period, *, goes_on: bool, server_is_new: bool) -> Text:
    """Say that a week or month has no raid that counts, and when there will be figures."""
    if server_is_new:
        return paragraph(
            say("No raid that counts has taken place on this server yet. Figures come with the first one."),
            WHEN_COUNTED,
        )
    is_week = period.kind is PeriodKind.WEEK
    if goes_on:
        this = say("this week") if is_week else say("this month")
        return paragraph(say("No raid that counts has taken place {this} yet.", this=this), WHEN_COUNTED)
    return say("No raid that counts took place {then}.", then=say("that week") if is_week else say("that month"))


def _no_rate(tally: Tally) -> Text:
    """Return the numbers of fewer raids than make a rate."""
    if not tally.expected:
        return say("No raid attended or missed yet.")
    came = count("**Came to {came} of {n} raid.**", "**Came to {came} of {n} raids.**", tally.expected, came=tally.came)
    return paragraph(came, say("A rate is shown from {least} raids on.", least=RATE_FROM))


def _numbers(tally: Tally) -> Iterator[tuple[Text, int]]:
    for text, number in (
        (say("present"), tally.present),
        (say("late"), tally.late),
        (say("no-shows"), tally.no_shows),
        (say("excused"), tally.excused),
        (say("called off"), tally.called_off),
        (say("benched"), tally.benched),
    ):
        yield say("{word} {number}", word=text, number=number), number
