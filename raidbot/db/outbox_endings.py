"""End what is owed together with its cause: messages of a cancelled or moved raid, and of places that are gone."""

import json
import sqlite3
from collections.abc import Collection, Iterator
from datetime import datetime

import structlog

from raidbot.db.rosters import apart
from raidbot.db.timestamps import seconds
from raidbot.raids import events as ev
from raidbot.raids.model import MemberId, Raid
from raidbot.raids.purposes import Purpose

log = structlog.get_logger(__name__)

_Ending = tuple[Purpose, str, Collection[MemberId] | None]
"""A purpose, the reason why its messages are over, and for whom; None for everybody."""


def end_obsolete(
    tx: sqlite3.Connection, before: Raid, change: ev.Change, now: datetime
) -> tuple[ev.SubstituteAsked, ...]:
    """End the messages that the change makes untrue; return the requests among them that still stand, to owe anew."""
    raid, asked = change.raid, set[MemberId]()
    endings = list(_endings(before, change))
    if not endings or not _owes(tx, raid):
        return ()
    for purpose, reason, members in endings:
        ended = _end(tx, raid, purpose, reason, now, members)
        if ended:
            log.info("messages no longer owed", raid=raid.id, purpose=purpose.value, messages=len(ended), reason=reason)
        if purpose is Purpose.REQUEST:
            asked |= ended
    return tuple(ev.SubstituteAsked(ask.member, ask.role) for ask in raid.asks if raid.is_live and ask.member in asked)


def _owes(tx: sqlite3.Connection, raid: Raid) -> bool:
    """Return True if any message about the raid is unsent, which is seldom so."""
    # Two queries, so that each uses its partial index: sent rows stay in the table.
    unsent = (
        "SELECT 1 FROM outbox WHERE state = 'pending' AND raid = ?1"
        " UNION ALL SELECT 1 FROM outbox WHERE state = 'claimed' AND raid = ?1 LIMIT 1"
    )
    return tx.execute(unsent, (raid.id,)).fetchone() is not None


def _endings(before: Raid, change: ev.Change) -> Iterator[_Ending]:
    raid = change.raid
    if any(isinstance(event, ev.Cancelled) for event in change.events):
        for purpose in Purpose:
            if purpose is not Purpose.CHANGE:
                yield purpose, "the raid was cancelled", None
        return
    if any(isinstance(event, ev.TimeChanged) and event.before != event.after for event in change.events):
        yield Purpose.REMINDER, "the raid was moved", None
        yield Purpose.REQUEST, "the raid was moved", None
    if gone := apart(before.seats, raid.seats)[0]:
        seats = {(seat.member, seat.role) for seat in raid.seats}
        if lost := {seat.member for seat in gone if (seat.member, seat.role) not in seats}:
            yield Purpose.PROMOTION, "the seat is gone", lost
        if left := {seat.member for seat in gone} - {member for member, _ in seats} - {raid.creator, raid.leader}:
            yield Purpose.REMINDER, "the seat is gone", left
    if unasked := {ask.member for ask in before.asks} - {ask.member for ask in raid.asks}:
        yield Purpose.REQUEST, "the request has ended", unasked


def _end(
    tx: sqlite3.Connection,
    raid: Raid,
    purpose: Purpose,
    reason: str,
    now: datetime,
    members: Collection[MemberId] | None,
) -> set[MemberId]:
    """End pending messages and return their recipients; what is being sent expires if it comes back unsent."""
    at = seconds(now)
    of = {"raid": raid.id, "purpose": purpose, "members": None if members is None else json.dumps(list(members))}
    tx.execute(
        "UPDATE outbox SET expires_at = :at, last_error = :reason WHERE state = 'claimed' AND raid = :raid"
        " AND purpose = :purpose AND (:members IS NULL OR target IN (SELECT value FROM json_each(:members)))",
        of | {"at": at, "reason": reason},
    )
    ended = tx.execute(
        "UPDATE outbox SET state = 'expired', last_error = :reason, done_at = :at"
        " WHERE state = 'pending' AND raid = :raid"
        " AND purpose = :purpose AND (:members IS NULL OR target IN (SELECT value FROM json_each(:members)))"
        " RETURNING target",
        of | {"at": at, "reason": reason},
    )
    return {MemberId(member) for (member,) in ended.fetchall()}
