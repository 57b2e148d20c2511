"""Members whom no message reached are named in one place, once their batch is over; without Discord."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from raidbot.db import guilds, outbox, raids, unreached
from raidbot.db.outbox import OutboxMessage
from raidbot.delivery.messages.unreached_mentions import MAX_WAIT, name
from raidbot.raids.model import ChannelId, MemberId, Raid, RaidId
from raidbot.raids.purposes import Purpose
from raidbot.raids.settings import GuildSettings
from tests.db.memory_database import memory_database
from tests.raids.builders import CHANNEL, GUILD, NOW, START, raid

THREAD = ChannelId(7_300)


def stored(tx: sqlite3.Connection, *, wants: bool = True, thread: ChannelId | None = None) -> Raid:
    settings = GuildSettings(guild=GUILD)
    guilds.save_settings(tx, settings, replace(settings, unreached_mentions=wants))
    posted = replace(raid(tank=1), thread=thread)
    return replace(posted, id=raids.insert(tx, posted))


def owe(tx: sqlite3.Connection, about: RaidId, *members: int, purpose: Purpose = Purpose.CHANGE) -> list[int]:
    """Owe a message of one batch to each member, and return the rows."""
    rows = []
    for member in members:
        key = f"raid:{about}:v2:timechanged:{member}"
        outbox.enqueue(
            tx,
            OutboxMessage(
                kind="dm",
                target=member,
                payload={"content": "Hello"},
                dedupe=key,
                due_at=NOW,
                guild=GUILD,
                raid=about,
                purpose=purpose,
            ),
        )
        rows.append(tx.execute("SELECT id FROM outbox WHERE dedupe = ?", (key,)).fetchone()[0])
    return rows


def fail(tx: sqlite3.Connection, *rows: int) -> None:
    for row in rows:
        outbox.refused(tx, row, error="takes no DMs", now=NOW)
        unreached.note(tx, row, NOW)


def posts(tx: sqlite3.Connection) -> list[tuple[int, str]]:
    return tx.execute("SELECT target, payload FROM outbox WHERE kind = 'post' ORDER BY id").fetchall()


@pytest.mark.parametrize(("thread", "place"), [(THREAD, THREAD), (None, CHANNEL)])
def test_the_thread_is_the_place_or_else_the_channel(thread: ChannelId | None, place: ChannelId) -> None:
    with memory_database() as tx:
        fail(tx, *owe(tx, stored(tx, thread=thread).id, 11, 12))

        assert name(tx, now=NOW) == (True, False)
        assert name(tx, now=NOW) == (False, False)
        ((target, payload),) = posts(tx)

    assert target == place
    assert "<@11> and <@12>" in payload


def test_a_batch_waits_for_its_last_message_but_not_for_ever() -> None:
    with memory_database() as tx:
        refused, pending = owe(tx, stored(tx).id, 11, 12)
        fail(tx, refused)

        assert name(tx, now=NOW) == (False, True)
        assert posts(tx) == []
        assert name(tx, now=NOW + MAX_WAIT) == (True, False)
        fail(tx, pending)
        assert name(tx, now=NOW + MAX_WAIT) == (True, False)

        assert ["11" in payload for _, payload in posts(tx)] == [True, False]


def test_more_than_fifty_are_named_in_more_than_one_message() -> None:
    with memory_database() as tx:
        fail(tx, *owe(tx, stored(tx).id, *range(1000, 1051)))

        name(tx, now=NOW)

        assert [payload.count("<@") for _, payload in posts(tx)] == [50, 1]


def test_nobody_is_named_where_nobody_should_be() -> None:
    with memory_database() as tx:
        fail(tx, *owe(tx, stored(tx, wants=False).id, 11))
        assert name(tx, now=NOW) == (False, False)
    with memory_database() as tx:
        about = stored(tx).id
        fail(tx, *owe(tx, about, 11, purpose=Purpose.REMINDER))
        assert name(tx, now=START) == (False, False)  # a reminder after the start
        fail(tx, *owe(tx, RaidId(about + 5), 11))
        assert name(tx, now=NOW) == (False, False)  # a raid that is gone
        assert posts(tx) == []


def test_courtesy_and_requests_name_nobody() -> None:
    with memory_database() as tx:
        about = stored(tx).id
        for member, purpose in ((11, Purpose.COURTESY), (12, Purpose.REQUEST)):
            fail(tx, *owe(tx, about, member, purpose=purpose))

        assert unreached.of_raid(tx, about) == []


def test_a_damaged_row_keeps_nobody_else_from_being_named() -> None:
    with memory_database() as tx:
        about = stored(tx).id
        fail(tx, *owe(tx, about, 11, 12))
        tx.execute("UPDATE unreached SET member = -1 WHERE member = 11")

        name(tx, now=NOW + timedelta(seconds=1))

        assert [one.member for one in unreached.of_raid(tx, about)] == [MemberId(12)]
        assert "<@12>" in posts(tx)[0][1]
