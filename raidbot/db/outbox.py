"""The outbox: messages to send, one row each, unique by `dedupe` (cause and recipient)."""

import json
import sqlite3
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from raidbot.db import cells
from raidbot.db.cells import SetAside
from raidbot.db.outbox_rows import MAX_ATTEMPTS, Entries, Row, read
from raidbot.db.outbox_rows import Claimed as Claimed
from raidbot.db.outbox_rows import Kind as Kind
from raidbot.db.raids import seconds, seconds_or_none
from raidbot.db.timestamps import instant_or_none
from raidbot.raids.model import GuildId, RaidId
from raidbot.raids.purposes import Purpose, Urgency

CLAIM_LIFETIME = timedelta(minutes=2)
"""Time during which Discord reliably answers a repeated nonce with the first message.

The outcome of an older claim is unknown.
"""
CLOCK_TOLERANCE = timedelta(minutes=5)
"""Most by which this machine's clock is assumed to be ahead of Discord's, which dates the messages."""
KEPT = timedelta(days=30)
"""Time for which a done row is kept. Whoever asks later whether a message was owed asks a fact of its own table."""


_LOOKED_AT_GUILDS = 50
_LOOKED_AT_ROWS = 100
"""How far a claim looks behind rows that may not go at present, in guilds and in rows of each."""

NO_TURNS: Mapping[int, int] = {}

MayGo = Callable[[Row], bool]
"""Called once for each row in the order of the claim; True takes the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """A message to send. `target` is the id of a member (dm) or of a channel (post); instants are UTC.

    `entries` are the audit entries that it reports.
    `payload` holds `content`, `embeds` and `buttons`, as `delivery.messages.outbox` sends them, and in `mentions` the
    ids of the `users` and `roles` that the message notifies.
    """

    kind: Kind
    target: int
    payload: dict[str, Any]
    dedupe: str
    due_at: datetime
    expires_at: datetime | None = None
    guild: GuildId | None = None
    raid: RaidId | None = None
    entries: Entries = field(default_factory=dict)
    purpose: Purpose = Purpose.CHANGE


class Undelivered(NamedTuple):
    waiting: int = 0
    unknown: int = 0


def enqueue(tx: sqlite3.Connection, owed: OutboxMessage) -> bool:
    """Queue the message; return False if one with the same `dedupe` was queued before.

    Nothing is queued for a former member.
    Of the courtesy messages to a member about a raid that were not tried yet, only the newest stays pending.
    """
    if owed.target < 0:
        return False
    cursor = tx.execute(
        "INSERT INTO outbox"
        " (guild, kind, target, payload, dedupe, due_at, expires_at, raid, purpose, urgency, entries, state, attempts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0) ON CONFLICT (dedupe) DO NOTHING",
        (
            owed.guild,
            owed.kind,
            owed.target,
            json.dumps(owed.payload, ensure_ascii=False),
            owed.dedupe,
            seconds(owed.due_at),
            seconds_or_none(owed.expires_at),
            owed.raid,
            owed.purpose,
            owed.purpose.urgency,
            json.dumps(owed.entries) if owed.entries else None,
        ),
    )
    if cursor.rowcount == 1 and owed.raid is not None and owed.kind == "dm":
        _put_behind(tx, owed, cursor.lastrowid or 0)
    return cursor.rowcount == 1


def _put_behind(tx: sqlite3.Connection, owed: OutboxMessage, row: int) -> None:
    """Let the message overtake none to the same member about the same raid, and replace older courtesy ones."""
    if owed.purpose in (Purpose.COURTESY, Purpose.PROMOTION):
        tx.execute(
            "UPDATE outbox SET state = 'expired', last_error = 'replaced by a newer message', done_at = ?"
            " WHERE state = 'pending' AND raid = ? AND target = ? AND kind = 'dm' AND purpose = 'courtesy'"
            " AND attempts = 0 AND id < ?",
            (seconds(owed.due_at), owed.raid, owed.target, row),
        )
    tx.execute(
        "UPDATE outbox SET urgency = min(urgency, ?)"
        " WHERE state = 'pending' AND raid = ? AND target = ? AND kind = 'dm' AND id < ?",
        (owed.purpose.urgency, owed.raid, owed.target, row),
    )


def claim(
    tx: sqlite3.Connection,
    *,
    kind: Kind,
    limit: int,
    now: datetime,
    turns: Mapping[int, int] = NO_TURNS,
    busy: Iterable[int] = (),
    faults: list[SetAside] | None = None,
    may_go: MayGo | None = None,
) -> list[Claimed]:
    """Claim up to `limit` due rows: the most urgent first, and of these one per guild in turn, oldest first.

    `turns` has the guild that had the last turn, by urgency. One of several rows is a less urgent one, if there is one.
    Rows that cannot be read become `refused` and are added to `faults`.
    A row waits while an earlier row for the same recipient is postponed or being sent, while its guild has removed the
    bot, and while its guild is one of `busy` (0: rows of no guild). Where `may_go` returns False, later rows go first.
    `claimed_at` keeps the first claim; `due_at` of a claimed row is its last claim.
    """
    at = seconds(now)
    is_due = "SELECT 1 FROM outbox WHERE state = 'pending' AND kind = ? AND due_at <= ? LIMIT 1"
    if tx.execute(is_due, (kind, at)).fetchone() is None:
        return []
    resting = {guild for (guild,) in tx.execute("SELECT guild FROM absences")} | set(busy)
    urgent, *others = (
        _in_turn(tx, kind, urgency, at, turns.get(urgency, 0), limit, resting, may_go) for urgency in Urgency
    )
    rows = list(islice(urgent, max(limit - 1, 1)))
    for less_urgent in others:
        rows += islice(less_urgent, limit - len(rows))
    rows += islice(urgent, limit - len(rows))
    # A row that an older version postponed has attempts but no first claim: it stays unknown.
    tx.executemany(
        "UPDATE outbox SET state = 'claimed', claimed_at = iif(attempts = 0, ?, claimed_at), due_at = ?,"
        " attempts = min(attempts, ?) + 1 WHERE id = ?",
        [(at, at, MAX_ATTEMPTS, row.id) for row in rows],
    )
    claimed: list[Claimed] = []
    for row in rows:
        try:
            claimed.append(read(row, first_claim=row.claimed_at if row.attempts else at))
        except cells.UnreadableCellError as why:
            refused(tx, row.id, error=f"cannot be read: {why}", now=now)
            if faults is not None:
                faults.append(SetAside(table="outbox", row=str(row.id), why=str(why), guild=row.guild))
    return claimed


def _in_turn(
    tx: sqlite3.Connection,
    kind: str,
    urgency: Urgency,
    at: int,
    after: int,
    limit: int,
    resting: Container[int],
    may_go: MayGo | None,
) -> Iterator[Row]:
    """Yield due rows of this urgency that may go: the first of each guild, then the second of each, and so on."""
    waiting = (guild for guild in _guilds_after(tx, kind, urgency, after) if guild not in resting)
    depth = limit if may_go is None else _LOOKED_AT_ROWS
    queues: list[Iterator[Row]] = []
    for guild in islice(waiting, None if may_go is None else _LOOKED_AT_GUILDS):
        due = _due(tx, kind, urgency, guild, at, depth)
        queue = due if may_go is None else filter(may_go, due)
        yield from islice(queue, 1)
        queues.append(queue)
    while queues:
        for queue in list(queues):
            row = next(queue, None)
            if row is None:
                queues.remove(queue)
            else:
                yield row


def _guilds_after(tx: sqlite3.Connection, kind: str, urgency: int, after: int) -> Iterator[int]:
    """Yield the guilds with pending rows of this urgency, in a circle that begins behind `after`."""
    step = (
        "SELECT ifnull(guild, 0) FROM outbox WHERE state = 'pending' AND kind = ? AND urgency = ?"
        " AND ifnull(guild, 0) > ? ORDER BY ifnull(guild, 0) LIMIT 1"
    )
    guild, is_second_half = after, False
    while True:
        row = tx.execute(step, (kind, urgency, guild)).fetchone()
        if row is None and not is_second_half:
            guild, is_second_half = -1, True
            continue
        if row is None or (is_second_half and row[0] > after):
            return
        guild = row[0]
        yield guild


def _due(tx: sqlite3.Connection, kind: str, urgency: int, guild: int, at: int, limit: int) -> Iterator[Row]:
    found = tx.execute(
        "SELECT id, kind, target, payload, attempts, claimed_at, guild, urgency, entries FROM outbox AS owed"
        " WHERE state = 'pending' AND kind = ? AND urgency = ? AND ifnull(guild, 0) = ? AND due_at <= ?"
        " AND NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.state = 'pending'"
        " AND earlier.kind = owed.kind AND earlier.target = owed.target AND earlier.id < owed.id"
        " AND (earlier.attempts > 0 OR earlier.last_error IS NOT NULL"
        " OR (earlier.raid = owed.raid AND earlier.urgency < owed.urgency AND earlier.due_at <= ?)))"
        " AND NOT EXISTS (SELECT 1 FROM outbox AS tried WHERE tried.state = 'claimed'"
        " AND tried.kind = owed.kind AND tried.target = owed.target) ORDER BY due_at, id LIMIT ?",
        (kind, urgency, guild, at, at, limit),
    ).fetchall()
    return (Row(*row) for row in found)


def expire(tx: sqlite3.Connection, *, kind: Kind, now: datetime) -> int:
    """Give up what is past its `expires_at`; return the number of rows."""
    at = seconds(now)
    return tx.execute(
        "UPDATE outbox SET state = 'expired', done_at = ? WHERE state = 'pending' AND kind = ? AND expires_at <= ?",
        (at, kind, at),
    ).rowcount


def recover(tx: sqlite3.Connection) -> int:
    """Make the claims that a crash left pending again, and return their number.

    They are searched for before they are sent again, because each may have arrived.
    """
    return tx.execute("UPDATE outbox SET state = 'pending' WHERE state = 'claimed'").rowcount


def sent(tx: sqlite3.Connection, row: int, *, message: int | None, now: datetime) -> None:
    """Record that the message was sent; `message` is None if it was deleted since."""
    tx.execute(
        "UPDATE outbox SET state = 'sent', message = ?, done_at = ?, last_error = NULL WHERE id = ?",
        (message, seconds(now), row),
    )


def refused(tx: sqlite3.Connection, row: int, *, error: str, now: datetime) -> bool:
    """Record that the message was refused for good; return False if it is gone: its receiver was forgotten."""
    cursor = tx.execute(
        "UPDATE outbox SET state = 'refused', last_error = ?, done_at = ? WHERE id = ?", (error, seconds(now), row)
    )
    return cursor.rowcount == 1


def end(tx: sqlite3.Connection, row: int, *, reason: str, now: datetime) -> None:
    """Record that the message is not sent, because what it was about is over."""
    tx.execute(
        "UPDATE outbox SET state = 'expired', last_error = ?, done_at = ? WHERE id = ?", (reason, seconds(now), row)
    )


def reword(tx: sqlite3.Connection, row: int, payload: Mapping[str, object]) -> None:
    """Store what the row is about to say, so that it is found after a crash."""
    tx.execute("UPDATE outbox SET payload = ? WHERE id = ?", (json.dumps(payload, ensure_ascii=False), row))


def unknown(tx: sqlite3.Connection, row: int, *, error: str, now: datetime) -> None:
    """Record that nobody can know whether the message arrived."""
    tx.execute(
        "UPDATE outbox SET state = 'unknown', last_error = ?, done_at = ? WHERE id = ?", (error, seconds(now), row)
    )


def postpone(tx: sqlite3.Connection, row: int, *, error: str, until: datetime) -> None:
    """Retry the row at `until` under the same nonce; as far as known, nothing was sent.

    A row that ended while it was being sent keeps the reason.
    """
    tx.execute(
        "UPDATE outbox SET state = 'pending', due_at = :until,"
        " last_error = iif(expires_at <= :until, coalesce(last_error, :error), :error) WHERE id = :row",
        {"row": row, "error": error, "until": seconds(until)},
    )


def put_back(tx: sqlite3.Connection, row: int, *, error: str, until: datetime) -> None:
    """Take back the claim of a row that could not be tried: it is due again at `until`, as if never claimed."""
    tx.execute(
        "UPDATE outbox SET state = 'pending', due_at = :until,"
        " last_error = iif(expires_at <= :until, coalesce(last_error, :error), :error),"
        " attempts = attempts - 1, claimed_at = iif(attempts = 1, NULL, claimed_at) WHERE id = :row",
        {"row": row, "error": error, "until": seconds(until)},
    )


def return_entries(tx: sqlite3.Connection, row: int) -> Entries:
    """Return the audit entries that the row reports, and free its key for the row that reports them next."""
    found = tx.execute(
        "UPDATE outbox SET dedupe = dedupe || ':' || id WHERE id = ? AND entries IS NOT NULL RETURNING entries", (row,)
    ).fetchone()
    return {} if found is None else dict(json.loads(found[0]))


def last_returned(connection: sqlite3.Connection, channel: int) -> datetime | None:
    """Return the instant at which a report to this log channel failed last."""
    row = connection.execute(
        "SELECT max(done_at) FROM outbox WHERE entries IS NOT NULL AND state IN ('refused', 'unknown') AND target = ?",
        (channel,),
    ).fetchone()
    return instant_or_none(row[0])


def undelivered(connection: sqlite3.Connection, raid: RaidId) -> Undelivered:
    """Return the numbers of messages about this raid that had to be postponed, and of those nobody knows about."""
    waiting, unknown = connection.execute(
        "SELECT (SELECT count(*) FROM outbox WHERE state = 'pending' AND raid = :raid"
        " AND (attempts > 0 OR last_error IS NOT NULL)),"
        " (SELECT count(*) FROM outbox WHERE state = 'unknown' AND raid = :raid)",
        {"raid": raid},
    ).fetchone()
    return Undelivered(waiting, unknown)


def is_sent_message(connection: sqlite3.Connection, message: int) -> bool:
    """Return True if a row was sent as this message."""
    return connection.execute("SELECT 1 FROM outbox WHERE message = ?", (message,)).fetchone() is not None


def request_of(connection: sqlite3.Connection, row: int) -> RaidId | None:
    """Return the raid that the row asks somebody to substitute in; None for any other message."""
    found = connection.execute("SELECT raid FROM outbox WHERE id = ? AND purpose = 'request'", (row,)).fetchone()
    return None if found is None else RaidId(found[0])


def has_pending_posts(connection: sqlite3.Connection, channel: int) -> bool:
    """Return True if a message to this channel is pending or claimed."""
    # Two queries, so that each uses its partial index: sent rows stay in the table.
    found = connection.execute(
        "SELECT 1 FROM outbox WHERE state = 'pending' AND kind = 'post' AND target = :channel"
        " UNION ALL SELECT 1 FROM outbox WHERE state = 'claimed' AND kind = 'post' AND target = :channel",
        {"channel": channel},
    )
    return found.fetchone() is not None


def next_due(connection: sqlite3.Connection, kind: Kind) -> datetime | None:
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
