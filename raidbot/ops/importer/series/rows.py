"""Take over the old bot's table of recurring raids: every row is kept, then taken over or left with the reason."""

import sqlite3
from datetime import datetime

from raidbot.db import imported
from raidbot.ops.importer import columns
from raidbot.ops.importer.columns import Unusable
from raidbot.ops.importer.legacy_database import LegacyDatabase
from raidbot.ops.importer.report import Report, RowNotes
from raidbot.ops.importer.role_layouts import LegacyTemplates
from raidbot.ops.importer.series.takeover import TABLE, Outcome, TakeOver
from raidbot.ops.importer.unmapped_rows import keep
from raidbot.raids.series.brought import in_plain_text


def take(source: LegacyDatabase, tx: sqlite3.Connection, known: LegacyTemplates, report: Report, now: datetime) -> None:
    """Take over the rows, also those that an earlier import kept and that this source lacks."""
    read: dict[str, RowNotes] = {}
    for row in source.rows(TABLE):
        key = source.name(TABLE, row)
        read[key] = report.row(TABLE, key)
        keep(source, tx, TABLE, row, read[key])
    work = TakeOver(now=now, known=known, posted=_posted(source))
    for key in imported.waiting(tx, TABLE):
        outcome = work.take(tx, key)
        if outcome is not None:
            _report(report, key, read.get(key), outcome)


def _posted(source: LegacyDatabase) -> dict[str, list[int]]:
    """Return the messages of the raids of each recurring raid, by its id."""
    found: dict[str, list[int]] = {}
    for row in source.rows("raids"):
        try:
            series, message = columns.text(row.get("recurring_id")), columns.snowflake(row.get("message_id"))
        except Unusable:
            continue
        if series and message:
            found.setdefault(series, []).append(message)
    return found


def _report(report: Report, key: str, notes: RowNotes | None, outcome: Outcome) -> None:
    remarks = map(in_plain_text, outcome.remarks)
    reason = None if outcome.reason is None else in_plain_text(outcome.reason)
    if notes is None:
        report.note(TABLE, key, f"kept by an earlier import: {reason or 'taken over'}")
    elif reason is not None:
        notes.left(reason)
    else:
        for remark in remarks:
            notes.repair(remark)
        notes.taken()
