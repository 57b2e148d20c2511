"""Messages about raids that could not be delivered, because their recipients take no direct messages.

A batch are all messages of one cause, such as a new time: their keys differ in the recipient at the end only.
"""

import sqlite3
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from raidbot.db import cells
from raidbot.db.raids import seconds
from raidbot.db.timestamps import instant
from raidbot.raids.model import MemberId, RaidId
from raidbot.raids.purposes import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """A message that a member did not get; `cause` is the last part of its batch's key, such as “timechanged”."""

    member: MemberId
    purpose: Purpose
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Members who are still to be named for one cause; the first was not reached at `since` (UTC)."""

    raid: RaidId
    key: str
    purpose: Purpose
    members: tuple[MemberId, ...]
    since: datetime

    @property
    def cause(self) -> str:
        return _cause(self.key)


def note(tx: sqlite3.Connection, row: int, now: datetime) -> bool:
    """Record that the recipient of this row of the outbox was not reached; return False if nobody else needs to know.

    Courtesy is not recorded, nor are requests to substitute, whose askers hear of it. A reminder of several raids is
    recorded for each of them.
    """
    found = tx.execute(
        "SELECT raid, dedupe, target, purpose FROM outbox WHERE id = ? AND kind = 'dm'"
        " AND purpose IN ('promotion', 'reminder', 'change')",
        (row,),
    ).fetchone()
    if found is None:
        return False
    raid, key, member, purpose = found
    raids = [raid] if raid is not None else _reminded_of(tx, row)
    tx.executemany(
        "INSERT INTO unreached (raid, batch, member, purpose, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(one, key.removesuffix(f":{member}"), member, purpose, seconds(now)) for one in raids],
    )
    return bool(raids)


def _reminded_of(connection: sqlite3.Connection, row: int) -> list[int]:
    """Return the raids of a reminder of several that are as they were when it was queued."""
    rows = connection.execute(
        "SELECT raids.id FROM outbox, json_each(outbox.payload, '$.reminds') AS one JOIN raids"
        " ON raids.id = one.value ->> 0 AND raids.time_revision = one.value ->> 1 AND raids.status <> 'cancelled'"
        " WHERE outbox.id = ?",
        (row,),
    ).fetchall()
    return [raid for (raid,) in rows]


def batches(connection: sqlite3.Connection) -> list[Batch]:
    """Return the batches with members who are still to be named, oldest first. Damaged rows are left out."""
    found: dict[tuple[RaidId, str], Batch] = {}
    rows = connection.execute(
        "SELECT raid, batch, member, purpose, at FROM unreached INDEXED BY unreached_unnamed WHERE named = 0"
        " ORDER BY at, member"
    ).fetchall()
    for raid, key, member, purpose, at in rows:
        with suppress(ValueError):
            one = Batch(
                raid=RaidId(cells.snowflake(raid)),
                key=cells.text(key),
                purpose=Purpose(purpose),
                members=(MemberId(cells.snowflake(member)),),
                since=instant(at),
            )
            known = found.get((one.raid, one.key))
            found[one.raid, one.key] = one if known is None else replace(known, members=known.members + one.members)
    return list(found.values())


def is_under_way(connection: sqlite3.Connection, batch: Batch) -> bool:
    """Return True if a message of the batch is still to be sent."""
    # By key alone: a reminder of several raids names none of them in its row.
    row = connection.execute(
        "SELECT 1 FROM outbox WHERE dedupe > :key || ':' AND dedupe < :key || ';'"
        " AND state IN ('pending', 'claimed') AND kind = 'dm' LIMIT 1",
        {"key": batch.key},
    ).fetchone()
    return row is not None


def note_named(tx: sqlite3.Connection, batch: Batch) -> None:
    """Record that the members of the batch were named, or need not be."""
    tx.executemany(
        "UPDATE unreached SET named = 1 WHERE raid = ? AND batch = ? AND member = ?",
        [(batch.raid, batch.key, member) for member in batch.members],
    )


def of_raid(connection: sqlite3.Connection, raid: RaidId) -> list[Unreached]:
    """Return what members did not get about the raid, oldest first. Damaged rows are left out."""
    rows = connection.execute(
        "SELECT member, purpose, batch FROM unreached WHERE raid = ? ORDER BY at, member", (raid,)
    ).fetchall()
    found: list[Unreached] = []
    for member, purpose, key in rows:
        with suppress(ValueError):
            one = MemberId(cells.snowflake(member))
            found.append(Unreached(member=one, purpose=Purpose(purpose), cause=_cause(cells.text(key))))
    return found


def _cause(key: str) -> str:
    return key.rpartition(":")[2]
