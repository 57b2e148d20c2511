"""Drafts of raids, stored so that a restart loses none."""

import json
import sqlite3
from datetime import datetime
from typing import Any, NewType

from raidbot.db import cells
from raidbot.db.raids import seconds
from raidbot.raids.model import GuildId, MemberId, RaidId
from raidbot.utils.errors import Refusal

DraftId = NewType("DraftId", int)


class DraftUsed(Refusal):
    def __init__(self) -> None:
        super().__init__("This raid is created already. Use /create again for another one.")


class NoSuchDraft(Refusal):
    def __init__(self) -> None:
        super().__init__("This draft is no longer there. Use /create again.")


def add(tx: sqlite3.Connection, guild: GuildId, member: MemberId, payload: dict[str, Any], now: datetime) -> DraftId:
    cursor = tx.execute(
        "INSERT INTO drafts (guild, member, payload, created_at) VALUES (?, ?, ?, ?)",
        (guild, member, json.dumps(payload, ensure_ascii=False), seconds(now)),
    )
    assert cursor.lastrowid is not None  # noqa: S101
    return DraftId(cursor.lastrowid)


def load(connection: sqlite3.Connection, draft: DraftId, guild: GuildId, member: MemberId) -> dict[str, Any]:
    """Return the payload of this member's draft in this guild.

    Raises NoSuchDraft, also for a draft of another member or guild, and DraftUsed.
    """
    row = connection.execute(
        "SELECT payload, raid FROM drafts WHERE id = ? AND guild = ? AND member = ?", (draft, guild, member)
    ).fetchone()
    if row is None:
        raise NoSuchDraft
    if row[1] is not None:
        raise DraftUsed
    try:
        payload = cells.from_json(row[0])
    except cells.UnreadableCellError:
        raise NoSuchDraft from None
    if not isinstance(payload, dict):
        raise NoSuchDraft
    return payload


def save(tx: sqlite3.Connection, draft: DraftId, payload: dict[str, Any]) -> None:
    cursor = tx.execute(
        "UPDATE drafts SET payload = ? WHERE id = ? AND raid IS NULL", (json.dumps(payload, ensure_ascii=False), draft)
    )
    if cursor.rowcount != 1:
        raise DraftUsed


def use(tx: sqlite3.Connection, draft: DraftId, raid: RaidId) -> None:
    """Mark the draft as used for this raid. Raises DraftUsed on a second use."""
    cursor = tx.execute("UPDATE drafts SET raid = ? WHERE id = ? AND raid IS NULL", (raid, draft))
    if cursor.rowcount != 1:
        raise DraftUsed


def take(tx: sqlite3.Connection, draft: DraftId) -> None:
    """Delete a draft as something other than a raid is made of it. Raises NoSuchDraft on a second use."""
    if tx.execute("DELETE FROM drafts WHERE id = ? AND raid IS NULL", (draft,)).rowcount != 1:
        raise NoSuchDraft


def discard(tx: sqlite3.Connection, draft: DraftId) -> None:
    tx.execute("DELETE FROM drafts WHERE id = ? AND raid IS NULL", (draft,))


def prune(tx: sqlite3.Connection, *, before: datetime, limit: int = 500) -> int:
    """Delete up to `limit` drafts created before that instant, confirmed or not, and return their number."""
    return tx.execute(
        "DELETE FROM drafts WHERE id IN (SELECT id FROM drafts WHERE created_at < ? LIMIT ?)", (seconds(before), limit)
    ).rowcount
