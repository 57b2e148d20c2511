"""Calls of what is kept about sign-up texts and specs, and about messages that reached nobody."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from raidbot.db import last_specs, outbox, signup_texts, unreached
from raidbot.db.outbox import OutboxMessage
from raidbot.raids.model import MemberId, RaidId
from raidbot.raids.purposes import Purpose
from tests.raids import builders
from tests.raids.builders import GUILD, HEALER, NOW, TANK

Call = Callable[[sqlite3.Connection], object]


def signup_text_calls(raid: RaidId, member: MemberId) -> Iterator[tuple[str, Call]]:
    yield "are_sent", partial(signup_texts.are_sent, guild=GUILD)
    yield "note", partial(signup_texts.note, raid=raid, members=[member])
    played = builders.raid(tank=1)
    yield "last_specs", partial(last_specs.last_specs, raid=played, asked=[(member, TANK), (MemberId(1), HEALER)])


def unreached_calls(raid: RaidId, member: MemberId) -> Iterator[tuple[str, Call]]:
    yield "note", partial(note_unreached, raid=raid, member=member)
    yield "note of several", partial(note_unreached, raid=raid, member=member, reminds=[(raid, 0)])
    yield "batches", unreached.batches
    yield "is_under_way", lambda tx: [unreached.is_under_way(tx, batch) for batch in unreached.batches(tx)]
    yield "note_named", name_all
    yield "of_raid", partial(unreached.of_raid, raid=raid)


def name_all(tx: sqlite3.Connection) -> None:
    for batch in unreached.batches(tx):
        unreached.note_named(tx, batch)


def note_unreached(
    tx: sqlite3.Connection, raid: RaidId, member: MemberId, reminds: Sequence[tuple[RaidId, int]] = ()
) -> None:
    """Let a message about the raid, or about several, be one that did not reach the member."""
    key = f"raid:{raid}:{'remind:0:99' if reminds else 'v99:timechanged'}:{member}"
    owed = OutboxMessage(
        kind="dm",
        target=member,
        payload={"reminds": reminds} if reminds else {"content": "Hello"},
        dedupe=key,
        due_at=NOW,
        guild=GUILD,
        raid=None if reminds else raid,
        purpose=Purpose.REMINDER if reminds else Purpose.CHANGE,
    )
    outbox.enqueue(tx, owed)
    (row,) = tx.execute("SELECT id FROM outbox WHERE dedupe = ?", (key,)).fetchone()
    outbox.refused(tx, row, error="takes no DMs", now=NOW)
    unreached.note(tx, row, NOW)
