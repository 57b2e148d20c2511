"""The last manager's change of each raid, kept so that it can be undone."""

import json
import sqlite3
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import structlog

from raidbot.db import leads, pictures, rosters
from raidbot.db.cells import SetAside
from raidbot.db.timestamps import instant, instant_or_none, seconds, seconds_or_none
from raidbot.raids.audit.entry import AuditAction, known_action
from raidbot.raids.audit.old_entries import action_of_text
from raidbot.raids.model import CancelReason, CloseReason, MemberId, Picture, Raid, RaidId, Status
from raidbot.raids.rosters.undo import FIELDS, UNDO_PERIOD, Step

log = structlog.get_logger(__name__)

_UNREADABLE = (KeyError, TypeError, ValueError, OverflowError)
_INSTANTS = ("timed_at", "reminded_until", "closed_at")


def note(
    tx: sqlite3.Connection, before: Raid, after: Raid, *, action: AuditAction, actor: MemberId | None, at: datetime
) -> None:
    """Store the last change of the raid, replacing the one before, which can no longer be undone."""
    tx.execute(
        "INSERT OR REPLACE INTO undo (raid, version, at, actor, action, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (after.id, after.version, seconds(at), actor, action, _written(before), _written(after)),
    )


def used(tx: sqlite3.Connection, raid: RaidId, version: int) -> None:
    """Delete the stored change of that version, because it was undone."""
    tx.execute("DELETE FROM undo WHERE raid = ? AND version = ?", (raid, version))


def last(connection: sqlite3.Connection, raid: Raid, *, now: datetime) -> Step | None:
    """Return the last change of the raid if it can still be undone and read, or None. Older ones are not looked at."""
    row = connection.execute(
        "SELECT action, at, version, before, after FROM undo WHERE raid = ? AND at >= ?",
        (raid.id, seconds(now - UNDO_PERIOD)),
    ).fetchone()
    action = None if row is None else _action(row[0])
    if action is None:
        return None
    _, at, version, before, after = row
    try:
        at, before, after = instant(at), _read(raid, json.loads(before)), _read(raid, json.loads(after))
    except _UNREADABLE as error:
        _report(raid.id, version, repr(error))
        return None
    return Step(action=action, at=at, version=version, before=before, after=after)


def unreadable(connection: sqlite3.Connection, raid: Raid) -> SetAside | None:
    """Return the last change of the raid if it cannot be read."""
    row = connection.execute("SELECT before, after FROM undo WHERE raid = ?", (raid.id,)).fetchone()
    try:
        for stored in row or ():
            _read(raid, json.loads(stored))
    except _UNREADABLE as error:
        return SetAside(table="undo", row=str(raid.id), why=repr(error), guild=raid.guild)
    return None


@lru_cache(maxsize=1000)
def _report(raid: RaidId, version: int, error: str) -> None:
    """Log once that a change cannot be read: the panel asks for it again and again."""
    log.warning("change cannot be undone because it cannot be read", raid=raid, version=version, error=error)


def _action(stored: str) -> AuditAction | None:
    """Return the stored code, or the code for the English that rows held before."""
    return known_action(stored) or action_of_text(stored)


def _written(raid: Raid) -> str:
    said: dict[str, object] = {name: getattr(raid, name) for name in FIELDS} | {
        name: seconds_or_none(getattr(raid, name)) for name in _INSTANTS
    }
    said["signup_lead"] = leads.written(raid.signup_lead)
    said["picture"] = pictures.written(raid.picture)
    said["starts_at"] = seconds(raid.starts_at)
    said["role_seats"] = {role.key: role.seats for role in raid.roles}
    said["seats"], said["waits"] = rosters.SEATS.told(raid), rosters.WAITS.told(raid)
    said["attendance"] = rosters.ATTENDANCE.told(raid)
    return json.dumps(said, ensure_ascii=False)


def _picture(stored: object) -> Picture | None:
    return None if stored is None else pictures.read(stored)


def _read(raid: Raid, said: dict[str, Any]) -> Raid:
    """Return the raid with the stored fields restored. Versions before did not store the number of seats."""
    said = dict(said)
    numbers = dict(said.pop("role_seats", {}))
    roles = tuple(replace(role, seats=int(numbers.get(role.key, role.seats))) for role in raid.roles)
    return replace(
        raid,
        roles=roles,
        **said
        | {name: instant_or_none(said[name]) for name in _INSTANTS}
        | {
            "status": Status(said["status"]),
            "closed_reason": CloseReason(said["closed_reason"]) if said["closed_reason"] else None,
            "cancelled_reason": CancelReason(said["cancelled_reason"]) if said["cancelled_reason"] else None,
            "starts_at": instant(said["starts_at"]),
            "signup_lead": None if said.get("signup_lead") is None else leads.read(said["signup_lead"]),
            "picture": raid.picture if "picture" not in said else _picture(said["picture"]),
            "seats": tuple(rosters.SEATS.value(*row) for row in said["seats"]),
            "waits": tuple(rosters.WAITS.value(*row) for row in said["waits"]),
            "attendance": tuple(rosters.ATTENDANCE.value(*row) for row in said["attendance"]),
        },
    )
