"""Write a change, its audit and its messages in one transaction."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from raidbot.db import (
    announcements,
    audit,
    calendar_feeds,
    closed_dms,
    guilds,
    outbox,
    raids,
    reminders,
    series_occurrences,
    signup_texts,
    templates,
    undo,
)
from raidbot.db.outbox_endings import end_obsolete
from raidbot.db.outbox_rows import payload_of
from raidbot.raids.announcements.model import Owner, OwnerKind
from raidbot.raids.audit.entry import Entry
from raidbot.raids.audit.raid_entries import entries
from raidbot.raids.audit.settings_entries import settings_entries
from raidbot.raids.audit.template_entries import template_entries
from raidbot.raids.changes import Asked
from raidbot.raids.events import SIGNING_UP, Cancelled, Cause, Change, Created, Undone
from raidbot.raids.model import CancelReason, GuildId, MemberId, Raid, Source
from raidbot.raids.notifications import Notice, asks_for_spec, notices, thread_note
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.utils.words import render

log = structlog.get_logger(__name__)

_SERIES_RETRY = timedelta(minutes=15)
"""Time until a raid of a series that Discord refused is tried again, if the bot is killed before it counts that."""
_USEFUL_AFTER_START = timedelta(days=1)
"""Time after a raid's start, or after the change if that is later, for which a message about it is tried."""


def save_changes(
    before: Raid,
    made: Sequence[tuple[Change, Asked]],
    now: datetime,
    names: Mapping[MemberId, str],
    tx: sqlite3.Connection,
) -> bool:
    """Write changes, each of which follows the one before; return True if they queued messages.

    The raid is written once, as it is after the last; each change has its own audit, messages and undo step.
    """
    raids.save(tx, before, made[-1][0].raid, at=now)
    announcements.follow(tx, before, made[-1][0].raid, now)
    if names:
        guilds.save_names(tx, before.guild, names.items())
    queued = False
    for change, asked in made:
        queued |= _save_what_follows(tx, before, change, asked.cause, now)
        before = change.raid
    return queued


def _save_what_follows(tx: sqlite3.Connection, before: Raid, change: Change, cause: Cause, now: datetime) -> bool:
    found = entries(before, change)
    _note_step(tx, before, change, found, cause, now)
    if cause.actor is not None:
        closed_dms.note_sign_of_life(tx, cause.actor)
    if change.raid.series is not None and _was_refused(change):
        series_occurrences.release(tx, change.raid, now + _SERIES_RETRY)
    asked_anew = end_obsolete(tx, before, change, now)
    if asked_anew:
        change = replace(change, events=(*change.events, *asked_anew))
    return record(tx, change, found, cause, now)


def _was_refused(change: Change) -> bool:
    return any(isinstance(one, Cancelled) and one.reason is CancelReason.NOT_POSTED for one in change.events)


def save_settings(
    before: GuildSettings, after: GuildSettings, cause: Cause, now: datetime, tx: sqlite3.Connection
) -> None:
    guilds.save_settings(tx, before, after)
    if before.calendar_feeds and not after.calendar_feeds:
        calendar_feeds.end_all(tx, after.guild)
    found = settings_entries(before, after)
    audit.record(tx, found, guild=after.guild, raid=None, at=now, actor=cause.actor, source=cause.source)


def save_templates(
    guild: GuildId, before: Catalogue, after: Catalogue, cause: Cause, now: datetime, tx: sqlite3.Connection
) -> None:
    templates.save(tx, guild, before, after)
    gone = {entry.key for entry in before.entries} - {entry.key for entry in after.entries}
    announcements.forget(tx, guild, (Owner(OwnerKind.TEMPLATE, key) for key in gone))
    found = template_entries(before, after)
    audit.record(tx, found, guild=guild, raid=None, at=now, actor=cause.actor, source=cause.source)


def record_creation(raid: Raid, cause: Cause, now: datetime, tx: sqlite3.Connection) -> bool:
    """Write the audit and the messages of a new raid; return True if it queued messages."""
    announcements.follow(tx, None, raid, now)
    change = Change(raid, (Created(),))
    return record(tx, change, entries(None, change), cause, now)


def record(tx: sqlite3.Connection, change: Change, found: Sequence[Entry], cause: Cause, now: datetime) -> bool:
    raid = change.raid
    audit.record(tx, found, guild=raid.guild, raid=raid.id, at=now, actor=cause.actor, source=cause.source)
    return _owe(tx, change, now, _owed_signup_texts(tx, change, cause))


def _owed_signup_texts(tx: sqlite3.Connection, change: Change, cause: Cause) -> frozenset[MemberId]:
    """Return the members who are sent the sign-up text, or are asked what they play.

    That is once per raid, for a reaction, which has no other answer, and only if the server wants it.
    """
    raid = change.raid
    if cause.source not in (Source.REACTION, Source.RECONCILE):
        return frozenset()
    signing_up = (event.member for event in change.events if isinstance(event, SIGNING_UP))
    members = [member for member in signing_up if raid.signup_text or asks_for_spec(raid, member)]
    return signup_texts.note(tx, raid.id, members) if members and signup_texts.are_sent(tx, raid.guild) else frozenset()


def _owe(tx: sqlite3.Connection, change: Change, now: datetime, texts: frozenset[MemberId]) -> bool:
    """Queue the messages that follow from the change; return True if there are any. `texts` get the sign-up text."""
    reminders.note_joint(tx, change.events, now)
    messages = list(_messages(change, now, texts))
    for message in messages:
        if not outbox.enqueue(tx, message):  # its key holds the raid's version, so nothing else may have it
            log.error("message dropped, its key was used before", key=message.dedupe, raid=change.raid.id)
    return bool(messages)


def _messages(change: Change, now: datetime, texts: frozenset[MemberId]) -> Iterator[outbox.OutboxMessage]:
    raid = change.raid
    for notice in notices(change, texts):
        if notice.member < 0:  # a former member
            continue
        yield outbox.OutboxMessage(
            kind="dm",
            target=notice.member,
            payload=_payload(notice),
            dedupe=notice.key,
            due_at=now,
            expires_at=notice.expires_at or max(raid.starts_at, now) + _USEFUL_AFTER_START,
            guild=raid.guild,
            raid=None if len(notice.reminds) > 1 else raid.id,  # of several raids, one may be cancelled
            purpose=notice.purpose,
        )
    note = thread_note(change)
    if note is not None and raid.thread is not None:
        yield outbox.OutboxMessage(
            kind="post",
            target=raid.thread,
            payload={"content": render(note)},
            dedupe=f"raid:{raid.id}:v{raid.version}:thread",
            due_at=now,
            expires_at=max(raid.starts_at, now) + _USEFUL_AFTER_START,
            guild=raid.guild,
            raid=raid.id,
        )


def _note_step(
    tx: sqlite3.Connection, before: Raid, change: Change, found: Sequence[Entry], cause: Cause, now: datetime
) -> None:
    for event in change.events:
        if isinstance(event, Undone):
            undo.used(tx, before.id, event.version)
    if cause.can_be_undone and found:
        undo.note(tx, before, change.raid, action=found[0].action, actor=cause.actor, at=now)


def _payload(notice: Notice) -> dict[str, object]:
    """Return the payload that `delivery.messages.outbox` sends."""
    said: dict[str, object] = {"kinds": list(notice.kinds)} if notice.kinds else {}
    if notice.reminds:
        return said | {"reminds": notice.reminds}
    return said | payload_of(notice.text, notice.buttons, notice.menu)
