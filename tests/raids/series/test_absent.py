"""Members with a standing place who miss a series for three weeks."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from raidbot.raids.model import Presence
from raidbot.raids.series import rules
from raidbot.raids.series.absent import Attended, absent_members
from tests.raids.builders import ALICE, BOB, NOW
from tests.state.series.builders import HEALER, TANK, series

CAME, MISSED, EXCUSED, OFF = Presence.PRESENT, Presence.NO_SHOW, Presence.EXCUSED, Presence.CALLED_OFF
LATE, BENCHED = Presence.LATE, Presence.BENCHED


def of_alice(presences: Sequence[Presence], *, days: int = 7) -> list[Attended]:
    """Return Alice's presences, the latest first, in raids that are so many days apart."""
    return [Attended(ALICE, NOW - number * timedelta(days=days), one) for number, one in enumerate(presences)]


@pytest.mark.parametrize(
    ("presences", "days", "is_absent"),
    [
        ([MISSED, MISSED, MISSED], 7, True),
        ([MISSED, MISSED, MISSED, CAME], 7, True),
        ([MISSED, MISSED], 7, False),
        ([MISSED, MISSED], 28, False),
        ([MISSED, MISSED, CAME, MISSED], 7, False),
        ([CAME, MISSED, MISSED, MISSED], 7, False),
        ([MISSED, EXCUSED, MISSED, MISSED], 7, False),
        ([MISSED, OFF, MISSED, MISSED], 7, False),
        ([MISSED, LATE, MISSED, MISSED], 7, False),
        ([MISSED, BENCHED, MISSED, MISSED], 7, False),
        ([MISSED] * 5, 1, False),
        ([MISSED] * 14, 1, True),
        ([MISSED] * 6, 2, False),
        ([], 7, False),
    ],
)
def test_three_weeks_of_no_shows_in_a_row(presences: list[Presence], days: int, is_absent: bool) -> None:
    one = rules.join(series(), ALICE, HEALER, now=NOW - timedelta(days=365))

    assert absent_members(one, of_alice(presences, days=days)) == (frozenset({ALICE}) if is_absent else frozenset())


def test_only_those_with_a_place_and_only_since_they_have_it() -> None:
    long_ago, lately = NOW - timedelta(days=365), NOW - timedelta(days=10)
    one = rules.join(rules.join(series(), ALICE, HEALER, now=lately), BOB, TANK, now=long_ago)
    missed = of_alice([MISSED] * 4)

    assert absent_members(one, missed) == frozenset()
    assert absent_members(rules.leave(one, ALICE), missed) == frozenset()
    assert absent_members(one, [row._replace(member=BOB) for row in missed]) == frozenset({BOB})


def test_a_change_of_clocks_between_is_no_excuse() -> None:
    one = rules.join(series(), ALICE, HEALER, now=NOW - timedelta(days=365))
    first, second, third = of_alice([MISSED] * 3)
    earlier = third._replace(starts_at=third.starts_at + timedelta(hours=1))

    assert absent_members(one, [first, second, earlier]) == frozenset({ALICE})
