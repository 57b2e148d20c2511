"""Put something else in the place of a forgotten member."""

import re
from collections.abc import Iterable
from dataclasses import replace

from raidbot.raids.model import MemberId
from raidbot.raids.series.model import Series
from raidbot.utils.text import FORMER_MEMBER


def names(text: str, member: int) -> bool:
    """Return True if the text has the member's id."""
    return _ids(member).search(text) is not None


def without_ids(text: str, member: int, stand_in: int | None = None) -> str:
    """Return the text with “former member” for each mention of the member, and the stand-in, or else the same, for ids.

    In JSON the stand-in is a number where the id was one.
    """

    def instead(found: re.Match[str]) -> str:
        return FORMER_MEMBER if stand_in is None or found[0].startswith("<") else str(stand_in)

    return _ids(member).sub(instead, text)


def without_names(text: str, names: Iterable[str]) -> str:
    """Return the text with “former member” for each of the names that stands as a word of its own."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", FORMER_MEMBER, text)
    return text


def without_member(series: Series, member: MemberId) -> Series:
    """Return the series without the member's standing place, and led by nobody where it was theirs to lead."""
    singles = (replace(one, leader=None) if one.leader == member else one for one in series.singles)
    return replace(
        series,
        leader=None if series.leader == member else series.leader,
        rotation=tuple(replace(turn, leader=None) if turn.leader == member else turn for turn in series.rotation),
        singles=tuple(one for one in singles if not one.is_empty),
        standing=tuple(one for one in series.standing if one.member != member),
    )


def _ids(member: int) -> re.Pattern[str]:
    return re.compile(rf"<@!?{member:d}>|(?<!\d){member:d}(?!\d)")
