"""Edits are counted as Discord does, whichever way it does."""

import pytest

from raidbot.delivery.boards.edits.window import Answer, Counting, EditWindow


def answer(left: int, reset_after: float, *, at: float, limit: int = 5) -> Answer:
    return Answer(limit, left, reset_after, 1000.0 + at + reset_after)


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def window(counting: Counting) -> EditWindow:
    return EditWindow(5, 5.0, counting)


def test_a_window_opens_with_its_first_edit(window: EditWindow) -> None:
    window.spend(100.0)
    window.spend(104.0)

    assert window.left_by(104.0, 104.9) == 3
    assert window.left_by(104.0, 105.1) == 5


def test_the_answer_says_when_the_window_closes(window: EditWindow) -> None:
    window.spend(0.0)
    window.answered(2.0, answer(4, 4.5, at=2.0))

    assert window.left_by(2.0, 6.4) == 4
    assert window.left_by(2.0, 6.6) == 5


def test_another_limit_holds_from_the_first_answer_on(window: EditWindow) -> None:
    window.spend(0.0)
    window.answered(0.1, answer(1, 9.9, at=0.1, limit=2))

    assert (window.limit, window.left_by(0.1, 9.0), window.left_by(0.1, 10.1)) == (2, 1, 2)


def test_a_rest_that_is_too_small_for_a_new_window_shows_that_there_are_none(
    window: EditWindow, counting: Counting
) -> None:
    for at, left in ((0.0, 4), (4.0, 3), (4.1, 2)):
        window.spend(at)
        window.answered(at, answer(left, 5.0 - at, at=at))
    assert not counting.slides(4.1)
    window.spend(5.1)
    window.answered(5.1, answer(2, 3.9, at=5.1))

    assert counting.slides(5.1)
    assert window.left_by(5.1, 8.9) == 2
    assert window.left_by(5.1, 9.1) == 3
    assert window.left_by(5.1, 10.2) == 5


def test_a_reset_that_moves_shows_it_too(window: EditWindow, counting: Counting) -> None:
    window.spend(0.0)
    window.answered(0.0, answer(4, 1.0, at=0.0))
    window.spend(0.1)
    window.answered(0.1, answer(3, 1.9, at=0.1))

    assert counting.slides(0.1)


def test_a_late_answer_shows_nothing(window: EditWindow, counting: Counting) -> None:
    window.spend(0.0)
    window.answered(0.1, answer(4, 5.0, at=0.0))
    window.spend(0.2)
    window.answered(3.0, answer(3, 4.8, at=0.2))

    assert not counting.slides(3.0)


def test_what_was_learned_is_forgotten_after_an_hour(counting: Counting) -> None:
    counting.learn(0.0)

    assert counting.slides(3599.0)
    assert not counting.slides(3601.0)


def test_a_refusal_ends_the_window_when_it_says(window: EditWindow) -> None:
    window.refused(0.0, 2.5)

    assert window.left_by(0.0, 2.4) == 0
    assert window.left_by(0.0, 2.6) == 5
