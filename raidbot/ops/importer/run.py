"""Run a whole import in one transaction."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from raidbot.db import database, process_lock
from raidbot.db.errors import UnusableDatabase
from raidbot.ops.importer import (
    guilds,
    legacy_database,
    member_statistics,
    raids,
    templates,
    unmapped_rows,
)
from raidbot.ops.importer.columns import Unusable
from raidbot.ops.importer.legacy_database import LegacyDatabase, NotALegacyDatabase
from raidbot.ops.importer.member_statistics import Counted
from raidbot.ops.importer.report import Report
from raidbot.ops.importer.series import rows as series
from raidbot.ops.importer.series import takeover

_TABLES = {"raids", takeover.TABLE, *raids.TABLES, *guilds.TABLES, *templates.TABLES, member_statistics.TABLE}


def import_database(
    old: Path,
    new: Path,
    *,
    analytics: Path | None = None,
    templates: Path | None = None,
    dry_run: bool = False,
    now: datetime,
) -> Report:
    """Import the `old` database into the `new` one, in one transaction.

    `analytics` and `templates` are the JSON files beside the old bot's database. Raises NotALegacyDatabase for an
    unusable old database or JSON file, UnusableDatabase for an unusable new database.
    """
    report = Report(dry_run=dry_run)
    if _are_one(old, new):
        raise UnusableDatabase(f"{new} is the old bot’s own database. Set RAIDBOT_DATABASE to another file.")
    with legacy_database.opened(old) as found, _target(new, dry_run=dry_run) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            _take(found, connection, report, analytics=analytics, template_file=templates, now=now)
            report.settle()
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if isinstance(error, Unusable):
                raise NotALegacyDatabase(str(error)) from error
            raise
    return report


def _take(
    old: LegacyDatabase,
    tx: sqlite3.Connection,
    report: Report,
    *,
    analytics: Path | None,
    template_file: Path | None,
    now: datetime,
) -> None:
    for table in old.tables:
        report.seen(table)
    settled = guilds.take(old, tx, report)
    known = templates.known(template_file, report)
    changes = templates.CatalogueChanges(tx)
    templates.take(old, changes, known, set(settled.settings), report)
    counted = Counted(settled)
    raids.Raids(tx=tx, source=old, report=report, servers=settled, known=known, counted=counted, now=now).take()
    series.take(old, tx, known, report, now)
    member_statistics.take(old, tx, counted, report)
    unmapped_rows.keep_rest(old, tx, report, but=_TABLES)
    if analytics is not None:
        unmapped_rows.keep_analytics(analytics, tx, report)


def _are_one(old: Path, new: Path) -> bool:
    try:
        return old.samefile(new)
    except OSError:  # one is missing or unreadable; opening it reports that
        return False


@contextmanager
def _target(path: Path, *, dry_run: bool) -> Iterator[sqlite3.Connection]:
    """Open this bot's database, in a dry run a copy of it."""
    if not dry_run:
        with database.exclusive(path) as connection:
            yield connection
        return
    with TemporaryDirectory(prefix="moving-in-") as folder:
        copy = Path(folder) / "raidbot.db"
        with process_lock.hold_if_locked(path):
            for ending in ("", "-wal"):
                if (beside := Path(f"{path}{ending}")).exists():
                    shutil.copyfile(beside, f"{copy}{ending}")
        with database.exclusive(copy, keep_copy=False) as connection:
            yield connection
