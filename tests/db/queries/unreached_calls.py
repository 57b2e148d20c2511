"""Calls of what is kept about sign-up texts and about messages that reached nobody."""

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial

from raidbot.db import outbox, signup_texts, unreached
from raidbot.db.outbox import OutboxMessage
from raidbot.raids.model import MemberId, RaidId
from tests.raids.builders import GUILD, NOW

Call = Callable[[sqlite3.Connection], object]


def signup_text_calls(raid: RaidId, member: MemberId) -> Iterator[tuple[str, Call]]:
    yield "are_sent", partial(signup_texts.are_sent, guild=GUILD)
    yield "note", partial(signup_texts.note, raid=raid, members=[member])


def unreached_calls(raid: RaidId, member: MemberId) -> Iterator[tuple[str, Call]]:
    yield "note", partial(note_unreached, raid=raid, member=member)
    yield "batches", unreached.batches
    yield "is_under_way", lambda tx: [unreached.is_under_way(tx, batch) for batch in unreached.batches(tx)]
    yield "note_named", name_all
    yield "of_raid", partial(unreached.of_raid, raid=raid)


def name_all(tx: sqlite3.Connection) -> None:
    for batch in unreached.batches(tx):
        unreached.note_named(tx, batch)


def note_unreached(tx: sqlite3.Connection, raid: RaidId, member: MemberId) -> None:
    """Let a message about the raid be one that did not reach the member."""
    key = f"raid:{raid}:v99:timechanged:{member}"
    owed = OutboxMessage(
        kind="dm", target=member, payload={"content": "Hello"}, dedupe=key, due_at=NOW, guild=GUILD, raid=raid
    )
    outbox.enqueue(tx, owed)
    (row,) = tx.execute("SELECT id FROM outbox WHERE dedupe = ?", (key,)).fetchone()
    outbox.refused(tx, row, error="takes no DMs", now=NOW)
    unreached.note(tx, row, NOW)
