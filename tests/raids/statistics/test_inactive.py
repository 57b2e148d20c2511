"""The inactive ones of a list of members."""

from datetime import timedelta

from raidbot.raids.model import MemberId
from raidbot.raids.statistics.inactive import ListedMember, Question, inactive
from tests.raids.builders import ALICE, BOB, CAROL, DAVE, ERIN, NOW

RAIDERS = 77


def member(number: MemberId, *, weeks: float | None = 100, roles: tuple[int, ...] = ()) -> ListedMember:
    """A member who joined so many weeks ago."""
    joined_at = None if weeks is None else NOW - timedelta(weeks=weeks)
    return ListedMember(number, f"Member {number}", roles, joined_at)


def names(members: list[ListedMember], question: Question, **weeks_ago: float) -> list[MemberId]:
    ids = {"alice": ALICE, "bob": BOB, "carol": CAROL, "dave": DAVE, "erin": ERIN}
    last = {ids[name]: NOW - timedelta(weeks=weeks) for name, weeks in weeks_ago.items()}
    return [one.member for one in inactive(members, last, set(), question, now=NOW).absentees]


def test_who_never_came_is_first_then_who_is_away_for_longest() -> None:
    members = [member(ALICE), member(BOB), member(CAROL, weeks=9), member(DAVE, weeks=99), member(ERIN)]

    assert names(members, Question(weeks=4), alice=5, bob=50, erin=1) == [DAVE, CAROL, BOB, ALICE]


def test_exactly_the_weeks_asked_for_are_not_too_long() -> None:
    assert names([member(ALICE), member(BOB)], Question(weeks=4), alice=4, bob=4.001) == [BOB]


def test_zero_weeks_asks_for_those_who_never_came_newcomers_too() -> None:
    members = [member(ALICE), member(BOB, weeks=0.1), member(CAROL, weeks=None)]

    assert names(members, Question(weeks=0), alice=90) == [CAROL, BOB]


def test_newcomers_are_counted_and_not_listed() -> None:
    members = [member(ALICE, weeks=3), member(BOB, weeks=4), member(CAROL, weeks=None)]
    found = inactive(members, {}, {BOB}, Question(weeks=4), now=NOW)

    assert [(one.member, one.is_coming) for one in found.absentees] == [(CAROL, False), (BOB, True)]
    assert (found.looked_at, found.newcomers) == (3, 1)


def test_only_people_with_the_role_are_looked_at() -> None:
    members = [member(ALICE, roles=(RAIDERS, 5)), member(BOB), member(CAROL, weeks=1, roles=(RAIDERS,))]
    found = inactive(members, {}, set(), Question(weeks=4, role=RAIDERS), now=NOW)

    assert ([one.member for one in found.absentees], found.looked_at, found.newcomers) == ([ALICE], 2, 1)
