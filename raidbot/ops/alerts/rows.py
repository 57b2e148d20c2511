"""Rows of the table `alerts`, and the day of the last daily report."""

import sqlite3
from collections.abc import Mapping
from datetime import date

import structlog

from raidbot.db import cells, guilds
from raidbot.db.cells import UnreadableCellError
from raidbot.db.timestamps import instant_or_none, seconds_or_none
from raidbot.ops.alerts.model import Alert, Key
from raidbot.ops.alerts.standing import Standing

log = structlog.get_logger(__name__)

_LAST_REPORT = "daily report"
_alert = cells.one_of(Alert)


def load(connection: sqlite3.Connection) -> dict[Key, Standing]:
    """Return the standing of every alert, without those that cannot be read."""
    found = {}
    query = "SELECT alert, subject, began_at, ended_at, told, owed, delivered_at, cleared_at, count FROM alerts"
    for alert, subject, *rest in connection.execute(query).fetchall():
        try:
            found[Key(_alert(alert), cells.text(subject))] = _standing(*rest)
        except UnreadableCellError as why:
            log.error("row set aside", table="alerts", why=str(why))
    return found


def _standing(
    began_at: object,
    ended_at: object,
    told: object,
    owed: object,
    delivered_at: object,
    cleared_at: object,
    count: object,
) -> Standing:
    return Standing(
        began_at=instant_or_none(began_at),
        ended_at=instant_or_none(ended_at),
        told=cells.flag(told),
        owed=cells.optional(cells.text)(owed),
        delivered_at=instant_or_none(delivered_at),
        cleared_at=instant_or_none(cleared_at),
        count=cells.counter(count),
    )


def save(tx: sqlite3.Connection, changed: Mapping[Key, Standing]) -> None:
    """Write the standing of these alerts."""
    tx.executemany(
        """INSERT OR REPLACE INTO alerts
               (alert, subject, began_at, ended_at, told, owed, delivered_at, cleared_at, count)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (
                key.alert.value,
                key.subject,
                seconds_or_none(one.began_at),
                seconds_or_none(one.ended_at),
                one.told,
                one.owed,
                seconds_or_none(one.delivered_at),
                seconds_or_none(one.cleared_at),
                one.count,
            )
            for key, one in changed.items()
        ],
    )


def last_report(connection: sqlite3.Connection) -> date | None:
    """Return the day of the last daily report, in its zone; None if there was none, or nobody can read it."""
    noted = guilds.fact(connection, _LAST_REPORT)
    try:
        return None if noted is None else date.fromisoformat(noted)
    except ValueError:
        return None


def note_report(tx: sqlite3.Connection, day: date) -> None:
    guilds.note_fact(tx, _LAST_REPORT, day.isoformat())
