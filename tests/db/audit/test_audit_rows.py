import sqlite3
from datetime import timedelta

from raidbot.db import audit, guilds
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.model import GuildId, RaidId, Source
from raidbot.raids.settings import DEFAULT_AUDIT_DAYS, GuildSettings
from tests.raids.builders import GUILD, NOW


def test_old_entries_go_when_their_server_says(tx: sqlite3.Connection) -> None:
    guilds.save_settings(tx, GuildSettings(guild=GUILD), GuildSettings(guild=GUILD, audit_days=30))
    for guild in (GUILD, GuildId(8)):
        for days in (10, 100, 200):
            at = NOW - timedelta(days=days)
            entry = Entry(AuditAction.REMINDED, None, {"which": "creator", "members": days})
            audit.record(tx, [entry], guild=guild, raid=RaidId(1), at=at, actor=None, source=Source.CLOCK)

    assert audit.prune(tx, now=NOW, days=DEFAULT_AUDIT_DAYS, limit=2) == 2
    assert audit.prune(tx, now=NOW, days=DEFAULT_AUDIT_DAYS) == 1
    assert audit.prune(tx, now=NOW, days=DEFAULT_AUDIT_DAYS) == 0

    kept = tx.execute("SELECT guild, json_extract(arguments, '$.members') FROM audit ORDER BY id").fetchall()
    assert kept == [(GUILD, 10), (8, 10), (8, 100)]
