"""Announcements as messages of the outbox: what they say when they are sent, and what becomes of them."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from raidbot.db import audit, guilds, raids
from raidbot.db.outbox import OutboxMessage
from raidbot.db.outbox_rows import Claimed
from raidbot.raids.announcements.model import Moment, PlannedPost
from raidbot.raids.announcements.text import Message, message_of
from raidbot.raids.audit.announcement_entries import Failure, failed_entry, unheard_entry
from raidbot.raids.audit.entry import Entry
from raidbot.raids.model import ChannelId, GuildId, Raid, RaidId, Source
from raidbot.raids.purposes import Purpose

ANNOUNCES = "announces"
"""The key of a payload under which it says what it announces: so much is in a row that its words can be made anew."""


def as_owed(connection: sqlite3.Connection, raid: Raid, post: PlannedPost, now: datetime) -> OutboxMessage:
    """Return the message to queue. It is unique for the raid, the announcement and the raid's start."""
    return OutboxMessage(
        kind="post",
        target=post.channel,
        payload=_payload(connection, raid, post),
        dedupe=dedupe_of(raid, post),
        due_at=now,
        expires_at=post.moment.latest(raid),
        guild=raid.guild,
        raid=raid.id,
        purpose=Purpose.REMINDER,
    )


def dedupe_of(raid: Raid, post: PlannedPost) -> str:
    return f"raid:{raid.id}:t{raid.time_revision}:announce:{post.key}"


def brought_up_to_date(tx: sqlite3.Connection, row: Claimed) -> Claimed:
    """Return an announcement that was never tried with the raid's facts as they are now, and store it so.

    Later attempts send the same words, by which an earlier one that arrived is found. Other rows stay as they are.
    """
    post = _post_of(row)
    if post is None or row.attempts > 1:
        return row
    found = tx.execute("SELECT raid FROM outbox WHERE id = ?", (row.id,)).fetchone()
    try:
        raid = None if found is None or found[0] is None else raids.load(tx, RaidId(found[0]))
    except raids.UnreadableRaid:
        return row
    if raid is None:
        return row
    payload = _payload(tx, raid, post)
    tx.execute("UPDATE outbox SET payload = ? WHERE id = ?", (json.dumps(payload, ensure_ascii=False), row.id))
    return replace(row, payload=payload)


def note_failed(
    tx: sqlite3.Connection, row: Claimed, failure: Failure, now: datetime, *, error: str | None = None
) -> None:
    """Record in the audit that the announcement was not posted, or perhaps not; nothing for other rows."""
    post = _post_of(row)
    if post is not None:
        _record(tx, row.id, row.guild, failed_entry(post, failure, error), now)


def note_unheard(tx: sqlite3.Connection, row: Claimed, roles: Iterable[int], now: datetime) -> None:
    """Record in the audit that the posted message notified nobody of these roles."""
    for role in roles:
        _record(tx, row.id, row.guild, unheard_entry(role, row.target), now)


def note_expired(tx: sqlite3.Connection, now: datetime) -> None:
    """Record the announcements that are about to be given up, because their time is over."""
    for row, guild, target, payload, attempts in tx.execute(
        "SELECT id, guild, target, payload, attempts FROM outbox WHERE state = 'pending' AND kind = 'post'"
        " AND expires_at <= ? AND payload LIKE '%\"announces\"%'",
        (int(now.timestamp()),),
    ).fetchall():
        post = _post(_loaded(payload), ChannelId(target))
        if post is not None:
            failure = Failure.UNKNOWN if attempts else Failure.LATE
            _record(tx, row, guild, failed_entry(post, failure, None), now)


def _record(tx: sqlite3.Connection, row: int, guild: GuildId | None, entry: Entry, now: datetime) -> None:
    found = tx.execute("SELECT raid FROM outbox WHERE id = ?", (row,)).fetchone()
    if guild is not None:
        raid = None if found is None else found[0]
        audit.record(tx, [entry], guild=guild, raid=raid, at=now, actor=None, source=Source.CLOCK)


def _payload(connection: sqlite3.Connection, raid: Raid, post: PlannedPost) -> dict[str, object]:
    head = raid.leader or raid.creator
    message = message_of(raid, post, guilds.names(connection, raid.guild, [head]))
    announces = {
        "days": post.moment.days,
        "minutes": post.moment.minutes,
        "text": post.text,
        "seated": post.seated,
        "roles": list(post.roles),
    }
    return {"content": message.content, "mentions": _mentions(message), ANNOUNCES: announces}


def _mentions(message: Message) -> dict[str, list[int]]:
    return {"users": list(message.members), "roles": list(message.roles)}


def _post_of(row: Claimed) -> PlannedPost | None:
    return _post(row.payload, ChannelId(row.target)) if row.kind == "post" else None


def _post(payload: Mapping[str, object], channel: ChannelId) -> PlannedPost | None:
    """Return the announcement that a payload is made of; None for another message."""
    said = payload.get(ANNOUNCES)
    if not isinstance(said, Mapping):
        return None
    days, minutes, text, roles = (said.get(name) for name in ("days", "minutes", "text", "roles"))
    if not (isinstance(days, int) and isinstance(minutes, int) and isinstance(text, str) and isinstance(roles, list)):
        return None
    ids = tuple(role for role in roles if isinstance(role, int))
    return PlannedPost(Moment(days, minutes), channel, text, bool(said.get("seated")), ids)


def _loaded(payload: object) -> dict[str, object]:
    try:
        found = json.loads(payload) if isinstance(payload, str) else None
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
