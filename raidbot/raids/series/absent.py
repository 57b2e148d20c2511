"""Members with a standing place who did not come for three weeks."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import takewhile
from typing import NamedTuple

from raidbot.raids.model import MemberId, Presence
from raidbot.raids.series.model import Series, StandingPlace

_MIN_RAIDS = 3
_MIN_TIME = timedelta(days=13)
"""Time from the first raid to the last: two weeks, and less by an hour when clocks change."""


class Attended(NamedTuple):
    """The presence of a member in a raid of a series that took place."""

    member: MemberId
    starts_at: datetime
    presence: Presence


def absent_members(series: Series, attended: Iterable[Attended]) -> frozenset[MemberId]:
    """Return who has a standing place and came to none of their raids for three weeks; `attended` is latest first.

    These are three raids or more in a row, all of them marked as no-shows. Whoever waited in vain was there.
    """
    rows = tuple(attended)
    return frozenset(place.member for place in series.standing if _is_absent(place, rows))


def _is_absent(place: StandingPlace, rows: Iterable[Attended]) -> bool:
    own = (one for one in rows if one.member == place.member and one.starts_at > place.since)
    missed = list(takewhile(lambda one: one.presence is Presence.NO_SHOW, own))
    return len(missed) >= _MIN_RAIDS and missed[0].starts_at - missed[-1].starts_at >= _MIN_TIME
