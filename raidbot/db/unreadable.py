"""Find all rows that the bot would set aside, for `raidbot check`."""

import sqlite3
from collections.abc import Iterator

from raidbot.db import guilds, outbox_rows, raids, series, series_occurrences, templates, undo
from raidbot.db.cells import SetAside
from raidbot.raids.model import GuildId


def unreadable_rows(connection: sqlite3.Connection) -> list[SetAside]:
    """Return the raids, series, settings, templates, unsent messages and undo steps that cannot be read."""
    found, faults = raids.load_readable(connection, raids.all_ids(connection))
    for guild in _guilds(connection):
        guilds.settings(connection, guild, faults)
        templates.catalogue(connection, guild, faults)
        series_occurrences.dates_off(connection, guild, faults)
    faults += series.unreadable(connection)
    faults += outbox_rows.unreadable(connection)
    faults += [row for raid in found if (row := undo.unreadable(connection, raid)) is not None]
    return faults


def _guilds(connection: sqlite3.Connection) -> Iterator[GuildId]:
    for (guild,) in connection.execute(
        "SELECT id FROM guilds UNION SELECT guild FROM templates UNION SELECT guild FROM series_dates_off"
    ).fetchall():
        yield GuildId(guild)
