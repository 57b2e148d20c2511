"""Raids go when their server keeps them no longer, and names when nothing needs them."""

import sqlite3
from datetime import timedelta

from raidbot.db import guilds
from raidbot.db import raids as rows
from raidbot.db.forgetting import aging
from raidbot.raids.model import GuildId, MemberId, RaidCode, Status
from raidbot.raids.settings import GuildSettings
from raidbot.raids.settings.panel import KEEP_RAIDS_CHOICES
from tests.raids.builders import ALICE, BOB, GUILD, NOW, unposted_raid

YEAR = KEEP_RAIDS_CHOICES[1]
KEEPS_ALL = GuildId(7_001)


def store(tx: sqlite3.Connection, code: str, guild: GuildId, status: Status, days: int) -> int:
    closed_at = NOW if status is Status.CLOSED else None
    return rows.insert(
        tx,
        unposted_raid(
            guild=guild,
            code=RaidCode(code),
            creator=ALICE,
            status=status,
            closed_at=closed_at,
            starts_at=NOW - timedelta(days=days),
        ),
    )


def test_only_what_is_over_goes_and_only_where_it_is_chosen(tx: sqlite3.Connection) -> None:
    before = GuildSettings(guild=GUILD)
    guilds.save_settings(tx, before, before.with_value("keep_raids_days", YEAR))
    guilds.save_settings(tx, GuildSettings(guild=KEEPS_ALL), GuildSettings(guild=KEEPS_ALL, zone="UTC"))
    old = store(tx, "AAAAAA", GUILD, Status.CLOSED, YEAR + 1)
    called_off = store(tx, "BBBBBB", GUILD, Status.CANCELLED, YEAR + 1)
    store(tx, "CCCCCC", GUILD, Status.OPEN, YEAR + 1)
    store(tx, "DDDDDD", GUILD, Status.CLOSED, YEAR - 1)
    store(tx, "EEEEEE", KEEPS_ALL, Status.CLOSED, 9 * YEAR)

    assert set(aging.outlived(tx, now=NOW, limit=10)) == {old, called_off}
    assert len(aging.outlived(tx, now=NOW, limit=1)) == 1


def test_nothing_goes_on_the_day_on_which_that_was_chosen(tx: sqlite3.Connection) -> None:
    before = GuildSettings(guild=GUILD)
    chosen = {"keep_raids_days": YEAR, "keep_raids_since": NOW}
    guilds.save_settings(tx, before, before.with_fields(chosen))
    old = store(tx, "AAAAAA", GUILD, Status.CLOSED, YEAR + 1)

    assert aging.outlived(tx, now=NOW + timedelta(hours=23), limit=10) == []
    assert aging.outlived(tx, now=NOW + timedelta(days=1), limit=10) == [old]


def test_a_name_goes_once_nothing_needs_it(tx: sqlite3.Connection) -> None:
    store(tx, "AAAAAA", GUILD, Status.CLOSED, 1)
    many = {MemberId(number): "Somebody" for number in range(100, 110)}
    guilds.save_names(tx, GUILD, {ALICE: "Alice", BOB: "Bob", **many}.items())
    tx.execute("INSERT INTO opening_balances VALUES (?, ?, 1, 0, '{}', '{}', '{}', NULL)", (GUILD, BOB))

    seen, gone = None, []
    for _ in range(4):
        idle, seen = aging.idle_names(tx, after=seen, window=4)
        aging.delete_names(tx, idle)
        gone += idle

    assert seen is None
    assert {member for _, member in gone} == many.keys()
    assert tx.execute("SELECT member FROM members ORDER BY member").fetchall() == [(ALICE,), (BOB,)]
