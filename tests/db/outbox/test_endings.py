"""Messages that are owed end in the transaction that ends their cause, with a reason."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from raidbot.db import outbox, transactions
from raidbot.db import raids as rows
from raidbot.raids import lifecycle
from raidbot.raids.changes import Asked, Rule
from raidbot.raids.events import Cause, Change, Reminder
from raidbot.raids.model import CancelReason, Raid, Source
from raidbot.raids.reminders.due import Pending, remind
from raidbot.raids.rosters import signups, substitutes
from tests.raids.builders import ALICE, BOB, CAROL, MANAGER, NOW, TANK, joined, raid

LATER = NOW + timedelta(minutes=1)


def changed(tx: sqlite3.Connection, before: Raid, rule: Rule) -> Raid:
    change = rule(before)
    change = replace(change, raid=replace(change.raid, version=before.version + 1))
    asked = Asked(rule, Cause(Source.COMMAND, MANAGER))
    transactions.save_changes(before, [(change, asked)], LATER, {}, tx)
    return change.raid


def stored(tx: sqlite3.Connection, found: Raid) -> Raid:
    return replace(found, id=rows.insert(tx, found))


def owed(tx: sqlite3.Connection) -> list[tuple[str, str, int]]:
    """Return state, purpose and recipient of each message."""
    return tx.execute("SELECT state, purpose, target FROM outbox ORDER BY id").fetchall()


def remind_participants(raid: Raid) -> Change:
    members = (Pending(NOW, seat.member, Reminder.PARTICIPANTS) for seat in raid.seats)
    return remind(raid, tuple(members), now=NOW)


CANCEL = partial(lifecycle.cancel, reason=CancelReason.MANUAL, by=MANAGER, now=NOW)
MOVE = partial(lifecycle.change_time, starts_at=NOW + timedelta(days=3), zone="UTC", now=NOW)


def test_a_cancelled_raid_reminds_nobody(tx: sqlite3.Connection) -> None:
    reminded = changed(tx, stored(tx, joined(raid(tank=2), TANK, ALICE, BOB)), remind_participants)

    changed(tx, reminded, CANCEL)

    assert owed(tx)[:2] == [("expired", "reminder", ALICE), ("expired", "reminder", BOB)]
    assert {state for state, purpose, _ in owed(tx) if purpose == "change"} == {"pending"}
    assert tx.execute("SELECT DISTINCT last_error, done_at FROM outbox WHERE state = 'expired'").fetchall() == [
        ("the raid was cancelled", int(LATER.timestamp()))
    ]


def test_a_moved_raid_reminds_nobody_of_the_old_time(tx: sqlite3.Connection) -> None:
    reminded = changed(tx, stored(tx, joined(raid(tank=1), TANK, ALICE)), remind_participants)

    moved = changed(tx, reminded, MOVE)
    changed(tx, moved, remind_participants)

    assert [row for row in owed(tx) if row[1] == "reminder"] == [
        ("expired", "reminder", ALICE),
        ("pending", "reminder", ALICE),
    ]


def test_a_request_for_a_moved_raid_is_made_again_with_its_new_time(tx: sqlite3.Connection) -> None:
    asked = changed(
        tx, stored(tx, raid(tank=1)), partial(substitutes.ask, key=TANK, members=[BOB], by=MANAGER, now=NOW)
    )

    moved = changed(tx, asked, MOVE)

    requests = tx.execute("SELECT state, payload FROM outbox WHERE purpose = 'request' ORDER BY id").fetchall()
    assert [state for state, _ in requests] == ["expired", "pending"]
    assert str(int(moved.starts_at.timestamp())) in requests[1][1]


def test_a_request_ends_when_somebody_else_takes_the_seat(tx: sqlite3.Connection) -> None:
    ask = partial(substitutes.ask, key=TANK, members=[BOB, CAROL], by=MANAGER, now=NOW)
    asked = changed(tx, stored(tx, raid(tank=1)), ask)

    changed(tx, asked, partial(substitutes.accept, member=BOB, key=TANK, now=NOW))

    assert {row for row in owed(tx) if row[1] == "request"} == {
        ("expired", "request", BOB),
        ("expired", "request", CAROL),
    }


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        (partial(signups.leave, member=BOB, now=NOW), "expired"),
        (partial(signups.leave, member=CAROL, now=NOW), "pending"),
    ],
)
def test_a_promotion_ends_with_its_seat(tx: sqlite3.Connection, rule: Rule, state: str) -> None:
    full = stored(tx, joined(raid(tank=2), TANK, ALICE, CAROL, BOB))
    promoted = changed(tx, full, partial(signups.leave, member=ALICE, now=NOW))

    changed(tx, promoted, rule)

    assert (state, "promotion", BOB) in owed(tx)


@pytest.mark.parametrize("outcome", [outbox.postpone, outbox.put_back])
def test_what_is_being_sent_when_its_cause_ends_is_not_tried_again_and_keeps_the_reason(
    tx: sqlite3.Connection, outcome: Callable[..., None]
) -> None:
    reminded = changed(tx, stored(tx, joined(raid(tank=1), TANK, ALICE)), remind_participants)
    (row,) = outbox.claim(tx, kind="dm", limit=1, now=LATER)

    changed(tx, reminded, CANCEL)
    outcome(tx, row.id, error="503", until=LATER)

    assert outbox.expire(tx, kind="dm", now=LATER) == 1
    reasons = tx.execute("SELECT last_error FROM outbox WHERE id = ?", (row.id,)).fetchall()
    assert reasons == [("the raid was cancelled",)]
