import sqlite3
from datetime import datetime, timedelta
from typing import Any

from raidbot.db import closed_dms, outbox
from raidbot.db.outbox import OutboxMessage
from raidbot.raids.model import GuildId, RaidId
from raidbot.raids.purposes import Purpose
from tests.raids.builders import ALICE, BOB, GUILD, NOW

SOON = NOW + timedelta(seconds=30)


def owe(tx: sqlite3.Connection, dedupe: str, *, target: int = ALICE, due_at: datetime = NOW, **values: Any) -> bool:
    payload = {"content": f"“{dedupe}” 😀"}
    chosen: dict[str, Any] = {"kind": "dm", "guild": GUILD} | values
    return outbox.enqueue(tx, OutboxMessage(target=target, payload=payload, dedupe=dedupe, due_at=due_at, **chosen))


def claimed(tx: sqlite3.Connection, *, now: datetime = NOW, limit: int = 5) -> list[int]:
    return [row.id for row in outbox.claim(tx, kind="dm", limit=limit, now=now)]


def test_one_cause_is_owed_once_whatever_became_of_it(tx: sqlite3.Connection) -> None:
    assert owe(tx, "promotion")
    assert not owe(tx, "promotion")
    (row,) = claimed(tx)
    outbox.sent(tx, row, message=77, now=NOW)

    assert not owe(tx, "promotion")
    assert outbox.counts(tx) == {"sent": 1}
    assert outbox.is_sent_message(tx, 77)
    assert not outbox.is_sent_message(tx, 78)


def test_due_rows_are_claimed_oldest_first_and_once(tx: sqlite3.Connection) -> None:
    for number in range(4):
        owe(tx, f"n{number}", target=100 + number, due_at=NOW - timedelta(seconds=number))
    owe(tx, "later", due_at=SOON)
    owe(tx, "post", kind="post")

    assert claimed(tx, limit=3) == [4, 3, 2]
    assert claimed(tx) == [1]
    assert claimed(tx) == []
    assert claimed(tx, now=SOON) == [5]
    assert [row.kind for row in outbox.claim(tx, kind="post", limit=9, now=NOW)] == ["post"]


def test_a_claim_knows_what_to_send_and_how_often_it_was_tried(tx: sqlite3.Connection) -> None:
    owe(tx, "promotion")

    (first,) = outbox.claim(tx, kind="dm", limit=1, now=NOW)
    outbox.postpone(tx, first.id, error="503", until=SOON)
    (second,) = outbox.claim(tx, kind="dm", limit=1, now=SOON)

    assert (first.target, first.payload, first.attempts) == (ALICE, {"content": "“promotion” 😀"}, 1)
    assert (second.id, second.attempts) == (first.id, 2)


def test_a_postponed_row_waits_and_later_ones_of_its_recipient_behind_it(tx: sqlite3.Connection) -> None:
    owe(tx, "first")
    (row,) = claimed(tx)
    owe(tx, "second")
    owe(tx, "somebody else's", target=BOB)

    outbox.postpone(tx, row, error="503", until=SOON)

    assert claimed(tx) == [3]
    assert claimed(tx, now=SOON) == [1]
    assert claimed(tx, now=SOON) == []
    outbox.sent(tx, row, message=1, now=SOON)
    assert claimed(tx, now=SOON) == [2]


def test_rows_past_their_use_expire_unsent(tx: sqlite3.Connection) -> None:
    owe(tx, "reminder", expires_at=SOON)
    owe(tx, "later", due_at=SOON + timedelta(days=1), expires_at=SOON)

    assert outbox.expire(tx, kind="dm", now=SOON) == 2
    assert claimed(tx, now=SOON) == []
    assert outbox.counts(tx) == {"expired": 2}


def test_what_a_crash_left_claimed_is_owed_again_however_old(tx: sqlite3.Connection) -> None:
    owe(tx, "old", target=1)
    assert claimed(tx) == [1]
    owe(tx, "young", target=2)
    assert claimed(tx, now=NOW + timedelta(days=1)) == [2]

    assert outbox.recover(tx) == 2

    again = outbox.claim(tx, kind="dm", limit=5, now=NOW + timedelta(days=1))
    assert [(row.id, row.attempts) for row in again] == [(1, 2), (2, 2)]
    assert again[0].first_claimed_at == NOW


def test_a_final_no_is_kept_with_its_reason(tx: sqlite3.Connection) -> None:
    owe(tx, "promotion")
    (row,) = claimed(tx)

    outbox.refused(tx, row, error="50007", now=SOON)

    assert tx.execute("SELECT state, last_error, done_at FROM outbox").fetchone() == (
        "refused",
        "50007",
        int(SOON.timestamp()),
    )
    assert claimed(tx, now=SOON) == []


def test_the_next_due_moment_is_known(tx: sqlite3.Connection) -> None:
    assert outbox.next_due(tx, "dm") is None
    owe(tx, "later", due_at=SOON)
    owe(tx, "now")

    assert outbox.next_due(tx, "dm") == NOW
    claimed(tx)
    assert outbox.next_due(tx, "dm") == SOON


def test_closed_dms_are_remembered_until_one_arrives(tx: sqlite3.Connection) -> None:
    assert closed_dms.dms_closed_since(tx, ALICE) is None

    closed_dms.close_dms(tx, ALICE, NOW)
    closed_dms.close_dms(tx, ALICE, SOON)
    assert closed_dms.dms_closed_since(tx, ALICE) == SOON

    closed_dms.open_dms(tx, ALICE)
    assert closed_dms.dms_closed_since(tx, ALICE) is None


def test_the_first_claim_is_kept_through_postponing_and_crashes(tx: sqlite3.Connection) -> None:
    owe(tx, "promotion")
    (first,) = outbox.claim(tx, kind="dm", limit=1, now=NOW)
    outbox.postpone(tx, first.id, error="503", until=SOON)
    (second,) = outbox.claim(tx, kind="dm", limit=1, now=NOW + timedelta(hours=1))

    assert outbox.recover(tx) == 1

    (third,) = outbox.claim(tx, kind="dm", limit=1, now=NOW + timedelta(hours=2))
    assert [row.first_claimed_at for row in (first, second, third)] == [NOW, NOW, NOW]


def test_of_a_row_that_an_older_version_postponed_the_first_claim_is_unknown(tx: sqlite3.Connection) -> None:
    owe(tx, "promotion")
    tx.execute("UPDATE outbox SET attempts = 2, claimed_at = NULL")

    (row,) = outbox.claim(tx, kind="dm", limit=1, now=NOW)

    assert row.first_claimed_at is None
    assert outbox.recover(tx) == 1


def test_guilds_take_turns(tx: sqlite3.Connection) -> None:
    many, few = GuildId(1), GuildId(2)
    for number in range(6):
        owe(tx, f"many {number}", target=100 + number, guild=many)
    for number in range(2):
        owe(tx, f"few {number}", target=200 + number, guild=few)
    owe(tx, "of no guild", target=300, guild=None)

    first = outbox.claim(tx, kind="dm", limit=4, now=NOW)
    second = outbox.claim(tx, kind="dm", limit=4, now=NOW, turns={first[-1].urgency: first[-1].guild or 0})

    assert [row.guild for row in first] == [many, few, None, many]
    assert [row.guild for row in second] == [few, many, many, many]


def test_what_is_urgent_goes_first_and_leaves_one_place_to_the_rest(tx: sqlite3.Connection) -> None:
    for number in range(3):
        owe(tx, f"courtesy {number}", target=100 + number, purpose=Purpose.COURTESY)
        owe(tx, f"change {number}", target=200 + number)
    for number in range(4):
        owe(tx, f"reminder {number}", target=300 + number, purpose=Purpose.REMINDER)

    batches = [[row.urgency for row in outbox.claim(tx, kind="dm", limit=3, now=NOW)] for _ in range(4)]

    assert batches == [[0, 0, 1], [0, 0, 1], [1, 2, 2], [2]]


def test_of_courtesy_messages_about_a_raid_the_newest_is_owed(tx: sqlite3.Connection) -> None:
    for dedupe, raid, target in (("a", 7, ALICE), ("b", 7, BOB), ("c", 8, ALICE), ("d", 7, ALICE)):
        owe(tx, dedupe, target=target, raid=RaidId(raid), purpose=Purpose.COURTESY)

    assert sorted(claimed(tx)) == [2, 3, 4]
    assert tx.execute("SELECT id, last_error FROM outbox WHERE state = 'expired'").fetchall() == [
        (1, "replaced by a newer message")
    ]


def test_nothing_overtakes_an_earlier_message_about_the_same_raid(tx: sqlite3.Connection) -> None:
    owe(tx, "moved", raid=RaidId(7))
    owe(tx, "another raid", raid=RaidId(8))
    owe(tx, "reminder", raid=RaidId(7), purpose=Purpose.REMINDER)

    assert [row.id for row in outbox.claim(tx, kind="dm", limit=2, now=NOW, turns={})] == [1, 2]
    assert claimed(tx) == []
    for row in (1, 2):
        outbox.sent(tx, row, message=row, now=NOW)
    assert claimed(tx) == [3]


def test_what_could_not_be_tried_is_due_again_as_if_never_claimed(tx: sqlite3.Connection) -> None:
    owe(tx, "first")
    owe(tx, "second")
    (row,) = claimed(tx, limit=1)

    outbox.put_back(tx, row, error="circuit open", until=SOON)

    assert claimed(tx) == []
    (first,) = outbox.claim(tx, kind="dm", limit=2, now=SOON + timedelta(hours=1))
    assert (first.id, first.attempts, first.first_claimed_at) == (row, 1, SOON + timedelta(hours=1))
