"""Check the backups: the last one, how many there are, and how large they are."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from raidbot.check.findings import Finding, Part, ago, in_bytes, ok, warning
from raidbot.ops.backups.names import facts

OVERDUE = timedelta(hours=36)
"""Backups are made once a day; one may fall into a night with the machine off."""


def backups(database: Path, now: datetime, *, makes_backups: bool) -> Iterator[Finding]:
    """Check a database that exists; `makes_backups` says that a running bot makes one a day."""
    found = facts(database, now=now)
    by_itself = "A running bot makes one a day" if makes_backups else "RAIDBOT_BACKUPS=off: the bot makes none"
    if found.last is None:
        sentence = f"There is no backup in {found.folder} yet. {by_itself}; `raidbot backup` makes one now."
        yield warning(Part.BACKUPS, "backups", sentence)
        return
    kept = (
        f"{found.count} {'is' if found.count == 1 else 'are'} kept in {found.folder}, {in_bytes(found.bytes)} together."
    )
    sentence = f"The last backup is of {ago(found.last, now)}. {kept}"
    if now - found.last <= OVERDUE:
        yield ok(Part.BACKUPS, "backups", sentence)
    elif makes_backups:
        yield warning(Part.BACKUPS, "backups", f"{sentence} A newer one is overdue: look for “backup” in the log.")
    else:
        yield warning(Part.BACKUPS, "backups", f"{sentence} {by_itself}; `raidbot backup` makes one now.")
