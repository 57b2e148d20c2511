"""Claiming what is due costs no more, however much was sent before."""

from functools import partial

from raidbot.db import outbox
from tests.db.memory_database import memory_database
from tests.db.queries.long_history import Size, fill, queue
from tests.db.queries.steps import steps_of
from tests.raids.builders import NOW


def test_five_messages_cost_the_same_after_a_hundred_sent_and_after_ten_thousand() -> None:
    few, many = _cost(sent=100), _cost(sent=10_000)

    assert many < 1.25 * few, f"{many} steps instead of {few}"


def _cost(*, sent: int) -> int:
    with memory_database() as connection:
        fill(connection, Size(raids=60, sent=sent))
        queue(connection, 20, targets=20)
        return steps_of(connection, partial(outbox.claim, kind="dm", limit=5, now=NOW))
