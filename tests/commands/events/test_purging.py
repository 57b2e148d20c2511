"""All tables about servers and raids are purged with the server."""

import sqlite3
from contextlib import closing
from pathlib import Path

from raidbot.db.absences import PURGED_TABLES
from tests.conftest import Start


async def test_every_table_about_a_server_or_a_raid_is_purged(start: Start, database: Path) -> None:
    async with start():
        with closing(sqlite3.connect(database)) as connection:
            found = connection.execute(
                "SELECT DISTINCT m.name FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c"
                " WHERE m.type = 'table' AND c.name IN ('guild', 'raid', 'series')"
            ).fetchall()

    # Tags of those who were forgotten stay: a backup may bring them back.
    assert {table for (table,) in found} - {"forgotten"} | {"guilds"} == PURGED_TABLES
