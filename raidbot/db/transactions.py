"""Write a change, its audit and its messages in one transaction."""

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from raidbot.db import audit, guilds, outbox, raids, templates, undo
from raidbot.raids.audit.raid_entries import entries
from raidbot.raids.audit.settings_entries import settings_entries
from raidbot.raids.audit.template_entries import template_entries
from raidbot.raids.events import Cause, Change, Undone
from raidbot.raids.model import GuildId, MemberId, Raid
from raidbot.raids.notifications import Notice, notices, thread_note
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates.catalogue import Catalogue


def save_change(
    before: Raid, change: Change, cause: Cause, now: datetime, names: Mapping[MemberId, str], tx: sqlite3.Connection
) -> None:
    raids.save(tx, before, change.raid)
    if names:
        guilds.save_names(tx, before.guild, names.items())
    record(tx, before, change, cause, now)
    _note_step(tx, before, change, cause, now)


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


def record(tx: sqlite3.Connection, before: Raid | None, change: Change, cause: Cause, now: datetime) -> None:
    raid = change.raid
    audit.record(
        tx, entries(before, change), guild=raid.guild, raid=raid.id, at=now, actor=cause.actor, source=cause.source
    )
    for notice in notices(change):
        owed = outbox.OutboxMessage(
            kind="dm",
            target=notice.member,
            payload=_payload(notice),
            dedupe=notice.key,
            due_at=now,
            expires_at=notice.expires_at,
            guild=raid.guild,
        )
        outbox.enqueue(tx, owed)
    note = thread_note(change)
    if note is not None and raid.thread is not None:
        written = outbox.OutboxMessage(
            kind="post",
            target=raid.thread,
            payload={"content": note},
            dedupe=f"raid:{raid.id}:v{raid.version}:thread",
            due_at=now,
            guild=raid.guild,
        )
        outbox.enqueue(tx, written)


def _note_step(tx: sqlite3.Connection, before: Raid, change: Change, cause: Cause, now: datetime) -> None:
    for event in change.events:
        if isinstance(event, Undone):
            undo.used(tx, before.id, event.version)
    told = entries(before, change)
    if cause.can_be_undone and told:
        undo.note(tx, before, change.raid, action=told[0].action, actor=cause.actor, at=now)


def _payload(notice: Notice) -> dict[str, Any]:
    """Return the payload that `delivery.messages.outbox` sends."""
    said: dict[str, Any] = {"content": notice.text}
    return said | {"buttons": [asdict(button) for button in notice.buttons]} if notice.buttons else said
