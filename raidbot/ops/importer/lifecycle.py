"""Import a raid's times and whether its signups are open."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from raidbot.ops.importer import columns
from raidbot.ops.importer.columns import Unusable
from raidbot.ops.importer.report import RowNotes
from raidbot.ops.importer.rosters import Cells
from raidbot.raids.model import CloseReason, MemberId, Raid, Status
from raidbot.raids.times.parse import parse_time
from raidbot.utils.errors import Refusal

_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
"""Epoch of Discord's ids: https://discord.com/developers/docs/reference#snowflakes"""
_REASONS = {
    "manual": CloseReason.MANUAL,
    "auto": CloseReason.FULL,
    "museum_start": CloseReason.AT_START,
    "key_start": CloseReason.AT_START,
    "challenge_start": CloseReason.AT_START,
}


class NoTime(Exception):  # noqa: N818 - a fact about a raid
    """No cell gives the start of an open raid."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    created_at: datetime
    starts_at: datetime
    is_closed: bool
    closed_at: datetime | None = None
    closed_by: MemberId | None = None
    closed_reason: CloseReason | None = None

    def of(self, raid: Raid) -> Raid:
        """Return the raid with the imported status."""
        if not self.is_closed:
            return raid
        return replace(
            raid,
            status=Status.CLOSED,
            closed_at=self.closed_at,
            closed_by=self.closed_by,
            closed_reason=self.closed_reason,
        )


def of(row: Cells, message: int, zone: ZoneInfo, notes: RowNotes, *, now: datetime) -> Lifecycle:
    """Return a raid's lifecycle from its row. Raises NoTime."""
    created_at = _created(row, message, notes)
    is_closed = row.get("closed_at") is not None
    closed_at = _moment(row, "closed_at", notes, "the moment of closing")
    starts_at = _start(row, zone, notes, created_at=created_at)
    if starts_at is None:
        if not is_closed:
            raise NoTime("nothing says when it begins, and its signups are open")
        starts_at = closed_at or created_at
        notes.repair("nothing says when it began; it is taken to be when its signups closed")
    if not is_closed and starts_at <= now:
        notes.repair("its signups were still open although it had begun; they closed at its start")
        return Lifecycle(created_at, starts_at, True, starts_at, None, CloseReason.AT_START)
    if not is_closed:
        return Lifecycle(created_at, starts_at, False)
    by = _closer(row, notes)
    return Lifecycle(created_at, starts_at, True, closed_at or starts_at, by, _reason(row, by, notes))


def _created(row: Cells, message: int, notes: RowNotes) -> datetime:
    return _moment(row, "created_at", notes, "the moment it was made") or posted_at(message)


def posted_at(message: int) -> datetime:
    """Return the creation time of a message id, in whole seconds (UTC)."""
    return _EPOCH + timedelta(seconds=(message >> 22) // 1000)


def _start(row: Cells, zone: ZoneInfo, notes: RowNotes, *, created_at: datetime) -> datetime | None:
    starts_at = _moment(row, "timestamp", notes, "its start")
    if starts_at is not None:
        return starts_at
    try:
        typed = columns.text(row.get("datetime"))
    except Unusable:
        typed = None
    if not typed or not typed.strip():
        return None
    try:
        meant = parse_time(typed, zone=zone, now=created_at).instant
    except Refusal:
        return None
    notes.repair(f"its start is read from what was typed, {columns.shown(typed)}: {meant:%Y-%m-%d %H:%M} UTC")
    return meant


def _moment(row: Cells, column: str, notes: RowNotes, what: str) -> datetime | None:
    cell: Any = row.get(column)
    try:
        return columns.moment(cell)
    except Unusable as why:
        notes.repair(f"{what} {why}")
        return None


def _closer(row: Cells, notes: RowNotes) -> MemberId | None:
    try:
        by = columns.snowflake(row.get("closed_by"))
    except Unusable as why:
        notes.repair(f"who closed its signups {why}")
        return None
    return None if by is None else MemberId(by)


def _reason(row: Cells, by: MemberId | None, notes: RowNotes) -> CloseReason:
    cell = row.get("closed_reason")
    known = _REASONS.get(cell) if isinstance(cell, str) else None
    reason = known or (CloseReason.MANUAL if by else CloseReason.AT_START)
    if known is None and cell is not None:
        notes.repair(f"the reason {columns.shown(cell)} for closing is unknown; it is {reason} now")
    return reason
