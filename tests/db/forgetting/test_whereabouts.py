"""A member is found on every server that has a row with them, whatever the row."""

import sqlite3
from pathlib import Path

from raidbot.db.database import Database
from raidbot.delivery.forgetting.whereabouts import servers_of
from raidbot.raids.model import MemberId

WHO = MemberId(345_678_901_234_567_890)


def fill(tx: sqlite3.Connection) -> None:
    tx.execute("INSERT INTO members VALUES (71, ?, 'Ann'), (72, 5, 'Bob')", (WHO,))
    audit = "INSERT INTO audit (guild, at, actor, source, action, arguments) VALUES (?, 0, ?, 'command', 'x', ?)"
    tx.execute(audit, (73, WHO, "{}"))
    tx.execute(audit, (74, 5, f'{{"before": {WHO}}}'))
    tx.execute(audit, (75, 5, f'{{"before": {WHO + 1}}}'))
    tx.execute("INSERT INTO moved_rows (source, key, guild, payload) VALUES ('polls', '1', 76, ?)", (f"[{WHO}]",))


async def test_every_server_is_found(tmp_path: Path) -> None:
    db = await Database.open(tmp_path / "raidbot.db")
    try:
        await db.write(fill)

        assert await servers_of(db, WHO) == {71, 73, 74, 76}
        assert await servers_of(db, MemberId(WHO + 7)) == set()
    finally:
        await db.close()
