"""The outbox: messages to send, one row each, unique by `dedupe` (cause and recipient)."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from raidbot.db import cells
from raidbot.db.cells import SetAside
from raidbot.db.raids import seconds, seconds_or_none
from raidbot.db.timestamps import instant_or_none
from raidbot.raids.model import GuildId

CLAIM_LIFETIME = timedelta(minutes=2)
"""Time during which Discord reliably answers a repeated nonce with the first message.

The outcome of an older claim is unknown.
"""
_MAX_ATTEMPTS = 1_000_000
CLOCK_TOLERANCE = timedelta(minutes=5)
"""Most by which this machine's clock is assumed to be ahead of Discord's, which dates the messages."""
KEPT = timedelta(days=30)
"""Time for which a done row is kept. Whoever asks later whether a message was owed asks a fact of its own table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """A message to send. `target` is the id of a member (dm) or of a channel (post); instants are UTC.

    `payload` holds `content`, `embeds` and `buttons`, as `delivery.messages.outbox` sends them.
    """

    kind: Literal["dm", "post"]
    target: int
    payload: dict[str, Any]
    dedupe: str
    due_at: datetime
    expires_at: datetime | None = None
    guild: GuildId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A row to send. No attempt before `first_claimed_at` can have delivered it; None if that is not known."""

    id: int
    kind: Literal["dm", "post"]
    target: int
    payload: dict[str, Any]
    attempts: int
    first_claimed_at: datetime | None


def enqueue(tx: sqlite3.Connection, owed: OutboxMessage) -> bool:
    """Queue the message; return False if one with the same `dedupe` was queued before."""
    cursor = tx.execute(
        "INSERT INTO outbox (guild, kind, target, payload, dedupe, due_at, expires_at, state, attempts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', 0) ON CONFLICT (dedupe) DO NOTHING",
        (
            owed.guild,
            owed.kind,
            owed.target,
            json.dumps(owed.payload, ensure_ascii=False),
            owed.dedupe,
            seconds(owed.due_at),
            seconds_or_none(owed.expires_at),
        ),
    )
    return cursor.rowcount == 1


def claim(
    tx: sqlite3.Connection,
    *,
    kind: Literal["dm", "post"],
    limit: int,
    now: datetime,
    faults: list[SetAside] | None = None,
) -> list[Claimed]:
    """Claim up to `limit` due rows, oldest first; rows past `expires_at` become `expired`.

    Rows that cannot be read become `refused` and are added to `faults`.

    A row waits while an earlier row for the same recipient is postponed.
    `claimed_at` keeps the first claim; `due_at` of a claimed row is its last claim.
    """
    at = seconds(now)
    tx.execute(
        "UPDATE outbox SET state = 'expired', done_at = ? WHERE state = 'pending' AND kind = ? AND expires_at <= ?",
        (at, kind, at),
    )
    rows = tx.execute(
        "SELECT id, kind, target, payload, attempts, claimed_at, guild FROM outbox AS owed"
        " WHERE state = 'pending' AND kind = ? AND due_at <= ? AND NOT EXISTS ("
        "SELECT 1 FROM outbox AS earlier WHERE earlier.state = 'pending' AND earlier.kind = owed.kind"
        " AND earlier.target = owed.target AND earlier.id < owed.id AND earlier.attempts > 0)"
        " ORDER BY due_at, id LIMIT ?",
        (kind, at, limit),
    ).fetchall()
    # A row that an older version postponed has attempts but no first claim: it stays unknown.
    tx.executemany(
        "UPDATE outbox SET state = 'claimed', claimed_at = iif(attempts = 0, ?, claimed_at), due_at = ?,"
        " attempts = min(attempts, ?) + 1 WHERE id = ?",
        [(at, at, _MAX_ATTEMPTS, row[0]) for row in rows],
    )
    claimed: list[Claimed] = []
    for row in rows:
        try:
            claimed.append(_claimed(*row[:5], first_claim=row[5] if row[4] else at))
        except cells.UnreadableCellError as why:
            refused(tx, row[0], error=f"cannot be read: {why}", now=now)
            if faults is not None:
                faults.append(SetAside(table="outbox", row=str(row[0]), why=str(why), guild=row[6]))
    return claimed


def _claimed(
    row: int, kind: Literal["dm", "post"], target: object, payload: object, attempts: int, *, first_claim: object
) -> Claimed:
    """Raises UnreadableCellError."""
    return Claimed(
        id=row,
        kind=kind,
        target=cells.snowflake(target),
        payload=_payload(payload),
        attempts=min(attempts, _MAX_ATTEMPTS) + 1,
        first_claimed_at=instant_or_none(first_claim),
    )


def _payload(stored: object) -> dict[str, Any]:
    """Return a payload of the right shape. Raises UnreadableCellError."""
    found = cells.from_json(stored)
    if isinstance(found, dict):
        content, embeds, buttons = found.get("content"), found.get("embeds", []), found.get("buttons", [])
        said = isinstance(content, str | None) and isinstance(embeds, list) and isinstance(buttons, list)
        if said and all(isinstance(one, dict) for one in (*embeds, *buttons)):
            return found
    raise cells.UnreadableCellError(f"{cells.shown(stored)} is no message")


def unreadable(connection: sqlite3.Connection) -> list[SetAside]:
    """Return the unsent rows that `claim` would refuse."""
    found: list[SetAside] = []
    rows = connection.execute("SELECT id, guild, target, payload FROM outbox WHERE state = 'pending'").fetchall()
    for row, guild, target, payload in rows:
        try:
            _claimed(row, "dm", target, payload, 0, first_claim=None)
        except cells.UnreadableCellError as why:
            found.append(SetAside(table="outbox", row=str(row), why=str(why), guild=guild))
    return found


def drop_damaged(tx: sqlite3.Connection) -> list[SetAside]:
    """Delete unsent rows with values of wrong types, and return them: SQLite would let no statement change them."""
    found: list[SetAside] = []
    for state in ("pending", "claimed"):
        for row, guild in tx.execute(
            "DELETE FROM outbox WHERE state = ? AND NOT (typeof(kind) = 'text' AND typeof(target) = 'integer'"
            " AND typeof(payload) = 'text' AND typeof(dedupe) = 'text' AND typeof(due_at) = 'integer'"
            " AND typeof(attempts) = 'integer' AND typeof(last_error) IN ('text', 'null')"
            " AND typeof(coalesce(guild, 0)) = 'integer' AND typeof(coalesce(expires_at, 0)) = 'integer'"
            " AND typeof(coalesce(claimed_at, 0)) = 'integer' AND typeof(coalesce(done_at, 0)) = 'integer'"
            " AND typeof(coalesce(message, 0)) = 'integer') RETURNING id, guild",
            (state,),
        ).fetchall():
            known = GuildId(guild) if isinstance(guild, int) else None
            found.append(SetAside(table="outbox", row=str(row), why="a value is of a wrong type", guild=known))
    return found


def recover(tx: sqlite3.Connection, *, now: datetime) -> tuple[int, int]:
    """Handle claims left by a crash; return the numbers of retried and unknown rows.

    Claims younger than `CLAIM_LIFETIME` become pending again under their old nonce, older ones become `unknown`.
    """
    young = seconds(now - CLAIM_LIFETIME)
    again = tx.execute(  # in rows that an older version claimed, `claimed_at` is the last claim
        "UPDATE outbox SET state = 'pending' WHERE state = 'claimed' AND max(due_at, coalesce(claimed_at, due_at)) > ?",
        (young,),
    ).rowcount
    lost = tx.execute(
        "UPDATE outbox SET state = 'unknown', done_at = ? WHERE state = 'claimed'", (seconds(now),)
    ).rowcount
    return again, lost


def sent(tx: sqlite3.Connection, row: int, *, message: int, now: datetime) -> None:
    tx.execute(
        "UPDATE outbox SET state = 'sent', message = ?, done_at = ?, last_error = NULL WHERE id = ?",
        (message, seconds(now), row),
    )


def refused(tx: sqlite3.Connection, row: int, *, error: str, now: datetime) -> None:
    """Record that the message was refused for good."""
    tx.execute(
        "UPDATE outbox SET state = 'refused', last_error = ?, done_at = ? WHERE id = ?", (error, seconds(now), row)
    )


def postpone(tx: sqlite3.Connection, row: int, *, error: str, until: datetime) -> None:
    """Retry the row at `until` under the same nonce; as far as known, nothing was sent."""
    tx.execute(
        "UPDATE outbox SET state = 'pending', last_error = ?, due_at = ? WHERE id = ?",
        (error, seconds(until), row),
    )


def is_sent_message(connection: sqlite3.Connection, message: int) -> bool:
    """Return True if a row was sent as this message."""
    return connection.execute("SELECT 1 FROM outbox WHERE message = ?", (message,)).fetchone() is not None


def has_pending_posts(connection: sqlite3.Connection, channel: int) -> bool:
    """Return True if a message to this channel is pending or claimed."""
    # Two queries, so that each uses its partial index: sent rows stay in the table.
    found = connection.execute(
        "SELECT 1 FROM outbox WHERE state = 'pending' AND kind = 'post' AND target = :channel"
        " UNION ALL SELECT 1 FROM outbox WHERE state = 'claimed' AND kind = 'post' AND target = :channel",
        {"channel": channel},
    )
    return found.fetchone() is not None


def next_due(connection: sqlite3.Connection, kind: Literal["dm", "post"]) -> datetime | None:
    """Return the instant at which the next pending row of this kind is due, or None if there is none."""
    row = connection.execute("SELECT min(due_at) FROM outbox WHERE state = 'pending' AND kind = ?", (kind,)).fetchone()
    try:
        return instant_or_none(row[0])
    except cells.UnreadableCellError:  # later than any instant
        return None


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the number of rows per state."""
    return dict(connection.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall())


def done_before(
    connection: sqlite3.Connection, *, before: datetime, after: int, window: int
) -> tuple[list[int], int | None]:
    """Look at the `window` rows after the id `after`; return those done before that instant, and the last id seen.

    The last id is None at the end of the table.
    """
    found = connection.execute(
        "SELECT id, done_at FROM outbox WHERE id > ? ORDER BY id LIMIT ?", (after, window)
    ).fetchall()
    at = seconds(before)
    old = [row for row, done_at in found if isinstance(done_at, int) and done_at < at]
    return old, found[-1][0] if len(found) == window else None


def delete_done(tx: sqlite3.Connection, ids: Iterable[int], *, before: datetime) -> None:
    """Delete those of the rows that were done before that instant."""
    tx.executemany("DELETE FROM outbox WHERE id = ? AND done_at < ?", [(row, seconds(before)) for row in ids])
