"""Write a change, its audit and its messages in one transaction."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from raidbot.db import audit, closed_dms, guilds, outbox, raids, series_occurrences, templates, undo
from raidbot.db.outbox_endings import end_obsolete
from raidbot.raids.audit.entry import Entry
from raidbot.raids.audit.raid_entries import entries
from raidbot.raids.audit.settings_entries import settings_entries
from raidbot.raids.audit.template_entries import template_entries
from raidbot.raids.events import Cancelled, Cause, Change, Created, Undone
from raidbot.raids.model import CancelReason, GuildId, MemberId, Raid
from raidbot.raids.notifications import Button, Notice, notices, thread_note
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.utils.words import render

log = structlog.get_logger(__name__)

_SERIES_RETRY = timedelta(minutes=15)
"""Time until a raid of a series that Discord refused is tried again, if the bot is killed before it counts that."""
_USEFUL_AFTER_START = timedelta(days=1)
"""Time after a raid's start, or after the change if that is later, for which a message about it is tried."""


def save_change(
    before: Raid, change: Change, cause: Cause, now: datetime, names: Mapping[MemberId, str], tx: sqlite3.Connection
) -> bool:
    """Write the change with its audit, messages and undo step; return True if it queued messages."""
    raids.save(tx, before, change.raid)
    if names:
        guilds.save_names(tx, before.guild, names.items())
    found = entries(before, change)
    _note_step(tx, before, change, found, cause, now)
    if cause.actor is not None:
        closed_dms.note_sign_of_life(tx, cause.actor)
    if change.raid.series is not None and _was_refused(change):
        series_occurrences.release(tx, change.raid, now + _SERIES_RETRY)
    asked_anew = end_obsolete(tx, before, change, now)
    return record(tx, replace(change, events=(*change.events, *asked_anew)), found, cause, now)


def _was_refused(change: Change) -> bool:
    return any(isinstance(one, Cancelled) and one.reason is CancelReason.NOT_POSTED for one in change.events)


def save_settings(
    before: GuildSettings, after: GuildSettings, cause: Cause, now: datetime, tx: sqlite3.Connection
) -> None:
    guilds.save_settings(tx, before, after)
    found = settings_entries(before, after)
    audit.record(tx, found, guild=after.guild, raid=None, at=now, actor=cause.actor, source=cause.source)


def save_templates(
    guild: GuildId, before: Catalogue, after: Catalogue, cause: Cause, now: datetime, tx: sqlite3.Connection
) -> None:
    templates.save(tx, guild, before, after)
    found = template_entries(before, after)
    audit.record(tx, found, guild=guild, raid=None, at=now, actor=cause.actor, source=cause.source)


def record_creation(raid: Raid, cause: Cause, now: datetime, tx: sqlite3.Connection) -> bool:
    """Write the audit and the messages of a new raid; return True if it queued messages."""
    change = Change(raid, (Created(),))
    return record(tx, change, entries(None, change), cause, now)


def record(tx: sqlite3.Connection, change: Change, found: Sequence[Entry], cause: Cause, now: datetime) -> bool:
    raid = change.raid
    audit.record(tx, found, guild=raid.guild, raid=raid.id, at=now, actor=cause.actor, source=cause.source)
    return _owe(tx, change, now)


def _owe(tx: sqlite3.Connection, change: Change, now: datetime) -> bool:
    """Queue the messages that follow from the change; return True if there are any."""
    messages = list(_messages(change, now))
    for message in messages:
        if not outbox.enqueue(tx, message):  # its key holds the raid's version, so nothing else may have it
            log.error("message dropped, its key was used before", key=message.dedupe, raid=change.raid.id)
    return bool(messages)


def _messages(change: Change, now: datetime) -> Iterator[outbox.OutboxMessage]:
    raid = change.raid
    for notice in notices(change):
        yield outbox.OutboxMessage(
            kind="dm",
            target=notice.member,
            payload=_payload(notice),
            dedupe=notice.key,
            due_at=now,
            expires_at=notice.expires_at or max(raid.starts_at, now) + _USEFUL_AFTER_START,
            guild=raid.guild,
            raid=raid.id,
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


def _payload(notice: Notice) -> dict[str, Any]:
    """Return the payload that `delivery.messages.outbox` sends."""
    said: dict[str, Any] = {"content": render(notice.text)}
    return said | {"buttons": [_button(button) for button in notice.buttons]} if notice.buttons else said


def _button(button: Button) -> dict[str, str]:
    return {"label": render(button.label), "address": button.address, "style": button.style}
