"""A member's roles: a bar each, the longest first."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from raidbot.pictures.canvas import MARGIN, WIDTH, Canvas, bar_length
from raidbot.pictures.colours import FAINT_INK, LINE, SKY_BLUE
from raidbot.pictures.facts import Picture, RoleCount
from raidbot.pictures.lettering import drawn_name, legible_name, short_number
from raidbot.pictures.wording import description, plain
from raidbot.utils.words import Name, Raw, Text, count, say

MOST_BARS = 12
BAR_LEFT = 200
LONGEST = WIDTH - BAR_LEFT - MARGIN - 50
"""Points of the longest bar; a number has room after it."""
TOP = 54
ROW = 28
BAR = 18


class _Bar(NamedTuple):
    """`drawn` stands in the picture, `name` in the text; where the name is not one of a role, both are the same."""

    drawn: str
    name: str
    raids: int


def picture(roles: Sequence[RoleCount], member: str) -> Picture:
    bars = tuple(_bars(sorted((role for role in roles if role.raids > 0), key=lambda role: -role.raids)))
    if not bars:
        nothing = say("{member} has not come to a raid that counts yet.", member=Name(legible_name(member)))
        return Picture(b"", f"{plain(legible_name(member))}: no raids yet.", (str(nothing),))
    head = f"Roles in which {plain(legible_name(member))} came:"
    facts = tuple(f"{_plain(bar)}: {bar.raids:,}" for bar in bars)
    told = description(head, facts, "the text beside the picture has the numbers.")
    return Picture(_drawn(bars), told, tuple(str(_line(bar)) for bar in bars))


def _bars(roles: Sequence[RoleCount]) -> Iterator[_Bar]:
    own = len(roles) if len(roles) <= MOST_BARS else MOST_BARS - 1
    for number, role in enumerate(roles[:own], start=1):
        yield _Bar(drawn_name(role.name, number), legible_name(role.name), role.raids)
    if others := roles[own:]:
        together = str(count("{n} other role", "{n} other roles", len(others)))
        yield _Bar(together, together, sum(role.raids for role in others))


def _plain(bar: _Bar) -> str:
    return plain(bar.name) if bar.drawn == bar.name else f"{bar.drawn} = {plain(bar.name)}"


def _line(bar: _Bar) -> Text:
    raids = count("{n} raid", "{n} raids", bar.raids)
    if bar.drawn == bar.name:
        return say("{role}: {raids}", role=Name(bar.name), raids=raids)
    return say("{number} = {role}: {raids}", number=Raw(bar.drawn), role=Name(bar.name), raids=raids)


def _drawn(bars: Sequence[_Bar]) -> bytes:
    canvas = Canvas(TOP + ROW * len(bars) + 14)
    canvas.text(MARGIN, 36, "Raids by role", 18)
    most = max(bar.raids for bar in bars)
    for number, bar in enumerate(bars):
        top = TOP + ROW * number
        baseline = top + ROW / 2 + 5
        canvas.text(BAR_LEFT - 12, baseline, bar.drawn, 14, FAINT_INK, at="right", width=BAR_LEFT - MARGIN - 12)
        length = bar_length(bar.raids, most, LONGEST)
        canvas.box(BAR_LEFT, top + (ROW - BAR) / 2, length, BAR, SKY_BLUE)
        canvas.text(BAR_LEFT + length + 6, baseline, short_number(bar.raids), 14)
    canvas.box(BAR_LEFT - 1, TOP, 1, ROW * len(bars), LINE)
    return canvas.png()
