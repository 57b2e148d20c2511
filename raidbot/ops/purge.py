"""Delete all that is known of a server, while the bot is stopped."""

import sqlite3
from pathlib import Path

from raidbot.db import absences, wal
from raidbot.db.database import exclusive
from raidbot.ops.backups.server_tables import tables
from raidbot.raids.model import GuildId
from raidbot.utils.errors import Refusal

_RAIDS_PER_STEP = 100
_AUDIT_ROWS_PER_STEP = 5000


class NothingKnown(Refusal):
    """The database holds nothing of the server."""


def purge_server(guild: GuildId, database: Path) -> int:
    """Delete everything of the server, and write the database anew so that nothing is left in free pages.

    Return the number of rows. Raises NothingKnown, and UnusableDatabase while a bot runs.
    """
    if not database.exists():
        raise NothingKnown(f"There is no database {database}. Set RAIDBOT_DATABASE to the one of the bot.")
    with exclusive(database) as connection:
        known = [table for table in tables(connection) if table.name != "forgotten"]  # those tags stay
        rows = sum(1 for table in known for _ in table.rows(connection, guild))
        if not rows:
            raise NothingKnown(f"{database} holds nothing of server {guild}. `raidbot check` names those it holds.")
        while _step(connection, guild):
            pass
        wal.scrub(connection, rebuild=True)
    return rows


def _step(connection: sqlite3.Connection, guild: GuildId) -> bool:
    """Delete some of it in one transaction; return False once nothing is left."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        raids = absences.raids(connection, guild, _RAIDS_PER_STEP)
        for raid in raids:
            absences.delete_raid(connection, raid)
        goes_on = bool(raids) or bool(absences.delete_audit(connection, guild, _AUDIT_ROWS_PER_STEP))
        if not goes_on:
            absences.delete_guild(connection, guild)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return goes_on
