"""The weekly trend: two rows of columns, each with a scale of its own."""

from collections.abc import Sequence
from typing import NamedTuple

from raidbot.pictures.canvas import MARGIN, WIDTH, Canvas, bar_length
from raidbot.pictures.colours import FAINT_INK, LINE, ORANGE, SKY_BLUE, Colour
from raidbot.pictures.facts import Picture, Week
from raidbot.pictures.lettering import short_number
from raidbot.pictures.wording import day, description
from raidbot.utils.words import count, say

MOST_WEEKS = 12
TALLEST = 88
"""Points of the tallest column in each row."""
BASELINES = (186, 344)
"""The lines, in points, on which the columns of raids and of people stand."""
_HEIGHT = 392
_GAP = 0.3
"""The part of a column's place that is left free."""


class _Row(NamedTuple):
    title: str
    colour: Colour
    values: tuple[int, ...]
    baseline: int


def picture(weeks: Sequence[Week]) -> Picture:
    shown = tuple(weeks)[-MOST_WEEKS:]
    if not any(week.raids or week.people for week in shown):
        nothing = str(say("No raid that counts took place in these weeks."))
        return Picture(b"", nothing, (nothing,))
    facts = tuple(_fact(week) for week in shown)
    head = f"Raids and people who came, for {count('{n} week', '{n} weeks', len(shown))!s}:"
    return Picture(_drawn(shown), description(head, facts, "the text beside the picture has the numbers."), facts)


def _fact(week: Week) -> str:
    raids = count("{n} raid", "{n} raids", week.raids)
    people = count("{n} person came", "{n} people came", week.people)
    when = f"{day(week.monday)} {week.monday.year}"
    if week.goes_on:
        return str(say("Week of {when}, so far: {raids}, {people}", when=when, raids=raids, people=people))
    return str(say("Week of {when}: {raids}, {people}", when=when, raids=raids, people=people))


def _drawn(weeks: Sequence[Week]) -> bytes:
    canvas = Canvas(_HEIGHT)
    canvas.text(MARGIN, 36, "Raids by week" if len(weeks) > 1 else "Raids of one week", 18)
    raids, people = (tuple(week.raids for week in weeks), tuple(week.people for week in weeks))
    _draw_row(canvas, _Row("Raids", SKY_BLUE, raids, BASELINES[0]))
    _draw_row(canvas, _Row("People who came", ORANGE, people, BASELINES[1]))
    for middle, week in zip(_middles(), weeks, strict=False):
        canvas.text(middle, BASELINES[1] + 18, day(week.monday), 12, FAINT_INK, at="middle")
        if week.goes_on:
            canvas.text(middle, BASELINES[1] + 34, "so far", 12, FAINT_INK, at="middle")
    return canvas.png()


def _draw_row(canvas: Canvas, row: _Row) -> None:
    top = row.baseline - TALLEST - 44
    canvas.box(MARGIN, top + 1, 11, 11, row.colour)
    canvas.text(MARGIN + 18, top + 11, row.title, 14, FAINT_INK)
    most = max(row.values)
    width = _place() * (1 - _GAP)
    for middle, value in zip(_middles(), row.values, strict=False):
        height = bar_length(value, most, TALLEST)
        canvas.box(middle - width / 2, row.baseline - height, width, height, row.colour)
        canvas.text(middle, row.baseline - height - 5, short_number(value), 13, at="middle")
    canvas.box(MARGIN, row.baseline, WIDTH - 2 * MARGIN, 1, LINE)


def _place() -> float:
    return (WIDTH - 2 * MARGIN) / MOST_WEEKS


def _middles() -> tuple[float, ...]:
    """Return the middles of the columns, from the left."""
    return tuple(MARGIN + _place() * (number + 0.5) for number in range(MOST_WEEKS))
