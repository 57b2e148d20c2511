"""Openings are shared out by urgency and by server, and nothing waits for ever."""

import pytest

from raidbot.delivery.messages.openings import SAVED_AT_MOST, Openings
from raidbot.raids.purposes import Urgency

GAP = 1.6
HERE, THERE = 1, 2


def flood(openings: Openings, urgency: Urgency, *, seconds: float, guild: int = HERE) -> int:
    """Ask for an opening ten times a second; return how many there were."""
    return sum(openings.take(urgency, guild, tick / 10) for tick in range(int(seconds * 10)))


@pytest.mark.parametrize("urgency", Urgency)
def test_no_ten_seconds_have_more_than_ten(urgency: Urgency) -> None:
    openings = Openings(GAP)
    taken = [tick / 10 for tick in range(600) if openings.take(urgency, tick % 7, tick / 10)]

    assert all(sum(at <= other < at + 10 for other in taken) <= 10 for at in taken)


@pytest.mark.parametrize("urgency", Urgency)
def test_after_a_flood_the_first_four_of_another_server_wait_two_gaps_at_most(urgency: Urgency) -> None:
    openings = Openings(GAP)
    flood(openings, urgency, seconds=60)

    taken = [tick / 10 for tick in range(600, 660) if openings.take(Urgency.FIRST, THERE, tick / 10)]

    assert taken[3] - 60 <= 2 * GAP


def test_courtesy_goes_on_while_urgent_messages_never_end() -> None:
    openings = Openings(GAP)
    courtesy = urgent = 0
    for tick in range(3000):
        urgent += openings.take(Urgency.FIRST, HERE, tick / 10)
        urgent += openings.take(Urgency.SECOND, HERE, tick / 10)
        courtesy += openings.take(Urgency.LAST, HERE, tick / 10)

    assert courtesy >= (courtesy + urgent) // 6


def test_after_a_pause_as_many_go_at_once_as_are_saved() -> None:
    openings = Openings(GAP)

    assert sum(openings.take(Urgency.FIRST, HERE, 100.0) for _ in range(9)) == SAVED_AT_MOST
    assert 0 < openings.next_in(100.5) < GAP


def test_a_copy_leaves_the_original_alone() -> None:
    openings = Openings(GAP)
    flood(openings.copy(), Urgency.FIRST, seconds=30)

    assert openings.take(Urgency.LAST, HERE, 0.0)
