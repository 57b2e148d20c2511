"""Refused forms: what a member typed, kept until it is accepted or too old. Only that member gets it back."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import datetime

from raidbot.db import cells
from raidbot.db.timestamps import seconds
from raidbot.raids.model import GuildId, MemberId, MessageId


@dataclass(frozen=True, slots=True)
class FormKey:
    """The member whose form was refused, and the panel that offers to try again. A panel has one refused form."""

    guild: GuildId
    member: MemberId
    panel: MessageId


def keep(tx: sqlite3.Connection, key: FormKey, fields: Mapping[str, str], now: datetime) -> None:
    """Keep what was typed, by the fields' keys, in place of what was typed there before."""
    tx.execute(
        "INSERT OR REPLACE INTO refused_forms (guild, member, panel, fields, refused_at) VALUES (?, ?, ?, ?, ?)",
        (*astuple(key), json.dumps(dict(fields), ensure_ascii=False), seconds(now)),
    )


def load(connection: sqlite3.Connection, key: FormKey) -> dict[str, str]:
    """Return what was typed, by the fields' keys; empty if nothing is kept."""
    row = connection.execute(
        "SELECT fields FROM refused_forms WHERE guild = ? AND member = ? AND panel = ?", astuple(key)
    ).fetchone()
    try:
        typed = {} if row is None else cells.from_json(row[0])
    except cells.UnreadableCellError:
        typed = {}
    return {key: value for key, value in typed.items() if isinstance(value, str)} if isinstance(typed, dict) else {}


def delete(tx: sqlite3.Connection, key: FormKey) -> None:
    tx.execute("DELETE FROM refused_forms WHERE guild = ? AND member = ? AND panel = ?", astuple(key))


def prune(tx: sqlite3.Connection, *, before: datetime, limit: int = 500) -> int:
    """Delete up to `limit` forms refused before that instant, and return their number."""
    return tx.execute(
        "DELETE FROM refused_forms WHERE rowid IN (SELECT rowid FROM refused_forms WHERE refused_at < ? LIMIT ?)",
        (seconds(before), limit),
    ).rowcount
