"""Read rows of the outbox, and find those that cannot be read."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Literal, NamedTuple

from raidbot.db import cells
from raidbot.db.cells import SetAside
from raidbot.db.timestamps import instant_or_none, seconds
from raidbot.raids.messages.kinds import MessageKind
from raidbot.raids.model import GuildId
from raidbot.raids.notifications import Button, Menu
from raidbot.utils.words import Text, render

MAX_ATTEMPTS = 1_000_000
_KINDS = tuple(MessageKind)
_MENU_KEYS = {one.name for one in fields(Menu)}
_MAX_MENU_OPTIONS = 25  # https://discord.com/developers/docs/components/reference#string-select

Kind = Literal["dm", "post"]
Entries = dict[str, list[int]]
"""Ids of audit entries, by the log channel to which a message reports them."""


class Row(NamedTuple):
    """A row whose values are of the right types."""

    id: int
    kind: Kind
    target: int
    payload: str
    attempts: int
    claimed_at: int | None
    guild: GuildId | None
    urgency: int
    entries: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A row to send. No attempt before `first_claimed_at` can have delivered it; None if that is not known."""

    id: int
    kind: Kind
    target: int
    guild: GuildId | None
    payload: dict[str, Any]
    attempts: int
    first_claimed_at: datetime | None
    urgency: int
    entries: Entries


def read(row: Row, *, first_claim: int | None) -> Claimed:
    """Return the row as one to send. Raises UnreadableCellError."""
    return Claimed(
        id=row.id,
        kind=row.kind,
        target=cells.snowflake(row.target),
        guild=row.guild,
        payload=_payload(row.payload),
        attempts=min(row.attempts, MAX_ATTEMPTS) + 1,
        first_claimed_at=instant_or_none(first_claim),
        urgency=row.urgency,
        entries={} if row.entries is None else _entries(row.entries),
    )


def payload_of(text: Text, buttons: Iterable[Button], menu: Menu | None = None) -> dict[str, object]:
    """Return the payload that `delivery.messages.outbox` sends for these words, buttons and menu."""
    said: dict[str, object] = {"content": render(text)}
    if menu is not None:
        said["menu"] = asdict(menu)
    made = [{"label": render(one.label), "address": one.address, "style": one.style} for one in buttons]
    return said | {"buttons": made} if made else said


def _payload(stored: object) -> dict[str, Any]:
    """Return a payload of the right shape. Raises UnreadableCellError."""
    found = cells.from_json(stored)
    if isinstance(found, dict):
        content, embeds, buttons = found.get("content"), found.get("embeds", []), found.get("buttons", [])
        said = isinstance(content, str | None) and isinstance(embeds, list) and isinstance(buttons, list)
        said = said and _are_mentions(found.get("mentions", {})) and _is_late(found) and _is_menu(found.get("menu"))
        if said and all(isinstance(one, dict) for one in (*embeds, *buttons)):
            return found
    raise cells.UnreadableCellError(f"{cells.shown(stored)} is no message")


def _are_mentions(stored: object) -> bool:
    if not isinstance(stored, dict) or not all(isinstance(ids, list) for ids in stored.values()):
        return False
    return all(isinstance(one, int) for ids in stored.values() for one in ids)


def _is_menu(stored: object) -> bool:
    if not isinstance(stored, dict):
        return stored is None
    options, chosen = stored.get("options"), stored.get("chosen")
    if stored.keys() != _MENU_KEYS or not isinstance(options, list) or not 1 <= len(options) <= _MAX_MENU_OPTIONS:
        return False
    texts = (stored["hint"], stored["address"], *options)
    return isinstance(chosen, str | None) and all(isinstance(text, str) for text in texts)


def _is_late(payload: Mapping[str, object]) -> bool:
    """Return True if what the message is made of when it is sent is of the right shape, if there is any."""
    reminds, kinds = payload.get("reminds", []), payload.get("kinds", [])
    if not (isinstance(reminds, list) and isinstance(kinds, list)):
        return False
    pairs = all(isinstance(pair, list) and len(pair) == 2 and all(isinstance(n, int) for n in pair) for pair in reminds)
    return pairs and all(kind in _KINDS for kind in kinds)


def _entries(stored: object) -> Entries:
    """Raises UnreadableCellError."""
    found = cells.from_json(stored)
    if isinstance(found, dict) and all(isinstance(ids, list) for ids in found.values()):
        return {feed: [cells.snowflake(one) for one in ids] for feed, ids in found.items()}
    raise cells.UnreadableCellError(f"{cells.shown(stored)} names no entries")


def bring_forward(tx: sqlite3.Connection, rows: Iterable[int], *, now: datetime) -> None:
    """Make these rows due now, those that are still pending."""
    at = seconds(now)
    tx.executemany(
        "UPDATE outbox SET due_at = ? WHERE id = ? AND state = 'pending' AND due_at > ?",
        [(at, row, at) for row in rows],
    )


def unreadable(connection: sqlite3.Connection) -> list[SetAside]:
    """Return the unsent rows that `claim` would refuse."""
    found: list[SetAside] = []
    rows = connection.execute(
        "SELECT id, kind, target, payload, 0, NULL, guild, urgency, entries FROM outbox WHERE state = 'pending'"
    ).fetchall()
    for row in [Row(*row) for row in rows]:
        try:
            read(row, first_claim=None)
        except cells.UnreadableCellError as why:
            found.append(SetAside(table="outbox", row=str(row.id), why=str(why), guild=row.guild))
    return found


def drop_damaged(tx: sqlite3.Connection) -> list[SetAside]:
    """Delete unsent rows that could neither be changed nor claimed, and return them.

    SQLite lets no statement change a row with a value of a wrong type or one that a constraint forbids.
    """
    found: list[SetAside] = []
    for state in ("pending", "claimed"):
        for row, guild in tx.execute(
            "DELETE FROM outbox WHERE state = ? AND NOT (typeof(kind) = 'text' AND typeof(target) = 'integer'"
            " AND typeof(payload) = 'text' AND typeof(dedupe) = 'text' AND typeof(due_at) = 'integer'"
            " AND typeof(attempts) = 'integer' AND typeof(last_error) IN ('text', 'null')"
            " AND typeof(coalesce(guild, 0)) = 'integer' AND coalesce(guild, 0) >= 0"
            " AND typeof(coalesce(expires_at, 0)) = 'integer' AND typeof(coalesce(claimed_at, 0)) = 'integer'"
            " AND typeof(coalesce(done_at, 0)) = 'integer' AND typeof(coalesce(message, 0)) = 'integer'"
            " AND typeof(coalesce(raid, 0)) = 'integer' AND typeof(urgency) = 'integer' AND urgency BETWEEN 0 AND 2"
            " AND typeof(purpose) = 'text' AND typeof(entries) IN ('text', 'null')"
            " AND purpose IN ('promotion', 'request', 'reminder', 'change', 'courtesy')"
            " AND CASE WHEN typeof(entries) = 'text' THEN json_valid(entries) ELSE 1 END) RETURNING id, guild",
            (state,),
        ).fetchall():
            known = GuildId(guild) if isinstance(guild, int) else None
            found.append(SetAside(table="outbox", row=str(row), why="a value is of a wrong type", guild=known))
    return found
