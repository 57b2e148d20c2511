"""Changes of boards are counted by the edits that they need, and by how long they wait."""

from dataclasses import dataclass

import pytest

from raidbot.delivery.boards.edits.staleness import Staleness
from raidbot.delivery.boards.posted import PostedKey
from raidbot.utils.metrics import boards as metrics
from raidbot.utils.metrics.reading import Increase

ONE, OTHER = PostedKey("raid", 1), PostedKey("raid", 2)


@dataclass(slots=True)
class Turn:
    made: bool = True


class Counted:
    """What grew since it was made."""

    def __init__(self) -> None:
        self._all = [Increase(one, 600) for one in (metrics.MARKS, metrics.EDITS, metrics.SAVED, metrics.STALENESS)]
        assert self.numbers() == (0, 0, 0, 0)

    def numbers(self) -> tuple[float, ...]:
        """Return marks, edits, saved edits, and edits whose wait was measured."""
        return tuple(one.look(0) for one in self._all)


async def test_one_edit_shows_several_changes() -> None:
    counted, staleness = Counted(), Staleness()

    for key in (ONE, ONE, ONE, OTHER):
        staleness.changed(key)
    assert staleness.standing().boards == 2
    with staleness.editing(ONE, Turn()):
        staleness.changed(ONE)

    assert counted.numbers() == (5, 1, 2, 1)
    assert staleness.standing().boards == 2
    assert staleness.standing().oldest >= 0


async def test_an_edit_that_fails_shows_nothing() -> None:
    counted, staleness = Counted(), Staleness()
    staleness.changed(ONE)

    with pytest.raises(RuntimeError):
        fail_to_edit(staleness)

    assert counted.numbers() == (2, 0, 1, 0)
    assert staleness.standing().boards == 1


def fail_to_edit(staleness: Staleness) -> None:
    with staleness.editing(ONE, Turn()):
        staleness.changed(ONE)
        raise RuntimeError("refused")


async def test_a_change_that_is_shown_already_needs_no_edit() -> None:
    counted, staleness = Counted(), Staleness()
    staleness.changed(ONE)
    staleness.changed(OTHER)

    staleness.shown(ONE)
    staleness.shown(ONE)
    with staleness.editing(OTHER, Turn(made=False)):
        pass

    assert counted.numbers() == (2, 0, 2, 0)
    assert staleness.standing() == (0, 0.0)
