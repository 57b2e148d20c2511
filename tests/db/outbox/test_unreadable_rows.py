"""Rows of the outbox that cannot be read, and those that can."""

import sqlite3

import pytest

from raidbot.db import outbox, outbox_rows
from raidbot.db.cells import SetAside
from raidbot.raids.purposes import Purpose
from tests.db.outbox.test_rows import owe
from tests.raids.builders import ALICE, BOB, CAROL, GUILD, NOW


def test_no_message_that_can_be_sent_is_dropped(tx: sqlite3.Connection) -> None:
    for number, purpose in enumerate(Purpose):
        owe(tx, purpose.value, target=number + 1, purpose=purpose, entries={"owed_to_live": [1]})
    owe(tx, "no guild", guild=None)

    assert outbox_rows.drop_damaged(tx) == []
    assert len(outbox.claim(tx, kind="dm", limit=100, now=NOW)) == len(Purpose) + 1


@pytest.mark.parametrize(
    ("column", "cell"), [("payload", "5"), ("entries", "[]"), ("entries", '{"owed_to_live": ["x"]}'), ("target", -1)]
)
def test_a_message_that_cannot_be_read_is_refused_and_the_others_go_on(
    tx: sqlite3.Connection, column: str, cell: object
) -> None:
    for number, member in enumerate((ALICE, BOB, CAROL)):
        owe(tx, str(number), target=member)
    tx.execute(" ".join(("UPDATE outbox SET", column, "= ? WHERE id = 2")), (cell,))
    named = outbox_rows.unreadable(tx)
    faults: list[SetAside] = []

    claimed = outbox.claim(tx, kind="dm", limit=5, now=NOW, faults=faults)

    assert [row.target for row in claimed] == [ALICE, CAROL]
    assert faults == named
    assert [(fault.row, fault.guild) for fault in faults] == [("2", GUILD)]
    assert outbox.counts(tx) == {"claimed": 2, "refused": 1}


@pytest.mark.parametrize(("column", "cell"), [("urgency", 3), ("purpose", "magic"), ("guild", -5)])
def test_a_message_whose_turn_would_never_come_is_dropped(tx: sqlite3.Connection, column: str, cell: object) -> None:
    owe(tx, "damaged")
    tx.execute("PRAGMA ignore_check_constraints = ON")
    tx.execute(" ".join(("UPDATE outbox SET", column, "= ?")), (cell,))

    assert [row.row for row in outbox_rows.drop_damaged(tx)] == ["1"]
    assert outbox.counts(tx) == {}
