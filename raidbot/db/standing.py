"""Facts about all that is open and all that waits, for whoever watches the process."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from raidbot.db.audit_overview import newest_entry
from raidbot.db.outbox_rows import Kind
from raidbot.db.raid_queries import hosted_count
from raidbot.db.timestamps import instant_or_none, seconds

KINDS: tuple[Kind, ...] = ("dm", "post")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The facts at one instant. `since` says when the oldest message that is due should have been sent."""

    raids: int
    participants: int
    pending: Mapping[Kind, int]
    claimed: Mapping[Kind, int]
    since: Mapping[Kind, datetime | None]
    audit_newest: int
    owed_to_audit: int
    owed_to_live: int


def standing(connection: sqlite3.Connection, *, now: datetime) -> Standing:
    """Return the facts. It costs as much as there are open raids and unsent messages, however many were."""
    return Standing(
        raids=hosted_count(connection),
        participants=_participants(connection),
        pending={kind: _number(connection, "pending", kind) for kind in KINDS},
        claimed={kind: _number(connection, "claimed", kind) for kind in KINDS},
        since={kind: _waiting_since(connection, kind, now) for kind in KINDS},
        audit_newest=newest_entry(connection),
        owed_to_audit=_count(connection, "SELECT count(*) FROM audit WHERE owed_to_audit = 1"),
        owed_to_live=_count(connection, "SELECT count(*) FROM audit WHERE owed_to_live = 1"),
    )


def _participants(connection: sqlite3.Connection) -> int:
    """Return the number of seats in open raids of all guilds that the bot is in."""
    return _count(
        connection,
        "SELECT count(*) FROM raids CROSS JOIN seats ON seats.raid = raids.id"
        " WHERE raids.status = 'open' AND raids.guild NOT IN (SELECT guild FROM absences)",
    )


def _number(connection: sqlite3.Connection, state: str, kind: Kind) -> int:
    # The state is part of the statement, so that each uses its partial index: sent rows stay in the table.
    pending = "SELECT count(*) FROM outbox WHERE state = 'pending' AND kind = ?"
    claimed = "SELECT count(*) FROM outbox WHERE state = 'claimed' AND kind = ?"
    return _count(connection, pending if state == "pending" else claimed, kind)


def _waiting_since(connection: sqlite3.Connection, kind: Kind, now: datetime) -> datetime | None:
    """Return when the oldest unsent message that is due, or was tried before, should have been sent.

    Those to guilds that removed the bot rest and do not count.
    """
    row = connection.execute(
        "SELECT min(since) FROM ("
        " SELECT min(ifnull(claimed_at, due_at)) AS since FROM outbox WHERE state = 'pending' AND kind = :kind"
        " AND (due_at <= :now OR claimed_at IS NOT NULL) AND ifnull(guild, 0) NOT IN (SELECT guild FROM absences)"
        " UNION ALL SELECT min(claimed_at) FROM outbox WHERE state = 'claimed' AND kind = :kind)",
        {"kind": kind, "now": seconds(now)},
    ).fetchone()
    return instant_or_none(row[0])


def _count(connection: sqlite3.Connection, query: str, *values: str) -> int:
    count: int = connection.execute(query, values).fetchone()[0]
    return count
