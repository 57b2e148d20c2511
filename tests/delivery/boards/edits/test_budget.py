"""The edits of a channel: never too many, every change within a bound, last pictures soon after silence."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.delivery.boards.edits.budget import EditBudget, EditPace
from raidbot.delivery.boards.edits.window import Answer, Counting
from tests.delivery.boards.edits.simulated_channel import Server, Simulation

PACE = EditPace()
LATENCY = st.floats(0.01, 0.4)
SERVERS = st.builds(Server, slides=st.booleans())


@st.composite
def changes(draw: st.DrawFn, *, boards: int) -> list[tuple[float, int]]:
    """Changes at random times, in bursts and with pauses."""
    gaps = draw(st.lists(st.sampled_from((0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 1.3, 4.0)), min_size=1, max_size=120))
    at, made = 0.0, []
    for gap in gaps:
        at += gap
        made.append((at, draw(st.integers(0, boards - 1))))
    return made


def regular(number: int, seconds: float, boards: int) -> list[tuple[float, int]]:
    return [(seconds * one / (number - 1), one % boards) for one in range(number)]


def toggling(seed: int, *, seconds: float, each_second: float, boards: int) -> list[tuple[float, int]]:
    rng = random.Random(seed)
    times = sorted(rng.uniform(0.0, seconds) for _ in range(round(seconds * each_second)))
    return [(at, rng.randrange(boards)) for at in times]


@given(changes(boards=8), LATENCY, SERVERS)
def test_discord_refuses_once_at_most(made: list[tuple[float, int]], latency: float, server: Server) -> None:
    Simulation(server, latency).play(made)

    assert server.refused <= server.slides


@given(changes(boards=4), st.floats(0.01, 0.1))
def test_every_change_of_four_boards_is_seen_within_a_window(made: list[tuple[float, int]], latency: float) -> None:
    played = Simulation(Server(), latency).play(made)

    assert played.longest_unseen <= PACE.window + 5 * latency


@given(changes(boards=12), LATENCY)
def test_more_boards_take_as_many_windows_as_their_number_asks_for(
    made: list[tuple[float, int]], latency: float
) -> None:
    played = Simulation(Server(), latency).play(made)

    assert played.longest_unseen <= 3 * (PACE.window + 2 * latency) + 5 * latency


@given(changes(boards=4), LATENCY)
def test_without_windows_every_change_is_seen_within_its_bound(made: list[tuple[float, int]], latency: float) -> None:
    played = Simulation(Server(slides=True), latency).play(made)

    assert played.longest_unseen <= PACE.max_unseen_sliding + PACE.window + 5 * latency


@given(changes(boards=3), LATENCY)
def test_boards_older_than_an_hour_get_three_edits_in_twenty_seconds(
    made: list[tuple[float, int]], latency: float
) -> None:
    edits = Simulation(Server(), latency).play(made, old=True).edits

    for first, fourth in zip(edits, edits[3:], strict=False):
        assert fourth[0] - first[0] >= PACE.old_window


@pytest.mark.parametrize("boards", [1, 2, 3])
@pytest.mark.parametrize("slides", [False, True])
def test_last_pictures_come_soon_after_a_burst(boards: int, slides: bool) -> None:
    played = Simulation(Server(slides), 0.05).play(regular(60, 2.0, boards))

    assert played.right_after <= 0.6
    assert len(played.edits) <= 5


@pytest.mark.parametrize("seed", range(5))
def test_four_boards_that_never_rest_are_right_soon_after_the_end(seed: int) -> None:
    played = Simulation(Server(), 0.05).play(toggling(seed, seconds=60, each_second=10, boards=4))

    assert played.right_after <= 1.5
    assert played.longest_unseen <= 5.0
    assert played.server.refused == 0


@pytest.mark.parametrize("seed", range(3))
def test_where_edits_count_over_the_time_just_past_boards_are_right_soon_all_the_same(seed: int) -> None:
    played = Simulation(Server(slides=True), 0.05).play(toggling(seed, seconds=60, each_second=10, boards=4))

    assert played.right_after <= 2.0
    assert played.server.refused <= 1


@pytest.mark.parametrize("boards", [2, 4, 8])
def test_boards_get_their_pictures_in_turn(boards: int) -> None:
    edits = Simulation(Server(), 0.05).play(toggling(1, seconds=60, each_second=20, boards=boards)).edits

    each = [sum(board == one for _, board in edits) for one in range(boards)]
    assert max(each) - min(each) <= 2


def test_the_first_change_of_a_quiet_board_is_shown_at_once() -> None:
    budget: EditBudget[str] = EditBudget(PACE, Counting())
    budget.changed("a", 100.0)
    budget.wait("a", 100.0)

    assert budget.next(100.0).board == "a"


def test_two_boards_whose_last_pictures_are_set_aside_leave_none_for_a_third() -> None:
    budget: EditBudget[str] = EditBudget(PACE, Counting())
    for board in ("a", "b"):
        budget.changed(board, 0.0)
        budget.wait(board, 0.0)
        budget.began(board, 0.0)
        budget.ended(board, made=True)
    budget.changed("c", 0.1)
    budget.wait("c", 0.1)

    turn = budget.next(0.1)

    assert turn.board is None
    assert turn.ask_at is not None
    assert turn.ask_at <= 0.1 + PACE.max_silence


def test_what_is_urgent_waits_for_nothing_but_an_edit() -> None:
    budget: EditBudget[str] = EditBudget(PACE, Counting())
    for number, board in enumerate(("a", "b", "c", "d")):
        budget.changed(board, 0.1 * number)
        budget.wait(board, 0.1 * number, is_urgent=board == "d")

    assert budget.next(0.3).board == "d"


def test_a_bot_that_stops_keeps_nothing_for_later() -> None:
    budget: EditBudget[str] = EditBudget(PACE, Counting())
    budget.hurries = True
    drawn = []
    for number in range(6):
        budget.changed(str(number), 0.0)
        budget.wait(str(number), 0.0)
    while (board := budget.next(0.0).board) is not None:
        budget.began(board, 0.0)
        budget.ended(board, made=True)
        drawn.append(board)

    assert len(drawn) == PACE.edits


def test_an_edit_that_was_not_sent_costs_nothing() -> None:
    budget: EditBudget[str] = EditBudget(PACE, Counting())
    for _ in range(20):
        budget.wait("a", 0.0, is_urgent=True)
        assert budget.next(0.0).board == "a"
        budget.began("a", 0.0)
        budget.ended("a", made=False)


def test_edits_of_others_in_the_channel_count() -> None:
    budget: EditBudget[str] = EditBudget(PACE, Counting())
    for left in (4, 3, 2, 1, 0):
        budget.answered("another message", 0.0, Answer(5, left, 5.0, 1005.0))
    budget.wait("a", 0.0, is_urgent=True)

    turn = budget.next(0.0)

    assert turn.board is None
    assert turn.ask_at == pytest.approx(5.0, abs=0.1)


def test_a_refusal_for_old_messages_holds_up_no_others() -> None:
    budget: EditBudget[str] = EditBudget(PACE, Counting())
    budget.refused(0.0, 17.0, remaining=3)
    budget.wait("old", 0.0, is_old=True)
    budget.wait("new", 0.0)

    assert budget.next(0.0).board == "new"
    budget.leave("new")
    later = budget.next(0.0).ask_at
    assert later is not None
    assert later >= 17.0


def test_what_nobody_waits_for_comes_last_until_it_changes() -> None:
    budget: EditBudget[str] = EditBudget(PACE, Counting())
    for board in ("a", "b", "c"):
        budget.wait(board, 0.0, is_quiet=True)
    budget.changed("d", 1.0)
    budget.wait("d", 1.0)
    budget.changed("c", 1.1)
    drawn = []
    for now in (6.0, 7.0, 8.0, 9.0):
        turn = budget.next(now)
        assert turn.board is not None
        budget.began(turn.board, now)
        budget.ended(turn.board, made=True)
        drawn.append(turn.board)

    assert drawn == ["c", "d", "a", "b"]
