"""Every entry about a raid links it, from its row to what stands in the log channels."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest

from raidbot.db import audit
from raidbot.db import raids as rows
from raidbot.db.audit import Feed, Record
from raidbot.delivery.audit_log import entry_format
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.model import Raid, RaidCode, Source
from tests.db.memory_database import memory_database
from tests.raids.audit.examples import examples
from tests.raids.builders import BOARD, CHANNEL, GUILD, MANAGER, NOW, raid, unposted_raid

LINK = f"https://discord.com/channels/{GUILD}/{CHANNEL}/{BOARD}"
ABOUT_A_RAID = [
    entry
    for _, entry in examples()
    if entry.action.split(".")[0] in ("raid", "signup", "roster", "substitute", "thread")
]


@pytest.fixture
def tx() -> Iterator[sqlite3.Connection]:
    with memory_database() as connection:
        yield connection


def recorded(tx: sqlite3.Connection, board: Raid, *entries: Entry) -> Iterator[Record]:
    """Write the entries beside those of another raid, and yield them as each log channel reads them."""
    other = rows.insert(tx, unposted_raid(code=RaidCode("OTHER2")))
    about = rows.insert(tx, board)
    for raid_id in (other, about):
        audit.record(tx, entries, guild=GUILD, raid=raid_id, at=NOW, actor=MANAGER, source=Source.COMMAND)
    tx.execute("UPDATE audit SET owed_to_audit = 1, owed_to_live = 1")
    for feed in Feed:
        yield from audit.pending(tx, feed, GUILD, limit=1000)[len(entries) :]


def test_every_entry_about_a_raid_links_it_in_both_log_channels(tx: sqlite3.Connection) -> None:
    linked = f"[Molten Core]({LINK}) `ABC234`"

    found = list(recorded(tx, raid(tank=1), *ABOUT_A_RAID))

    assert {record.entry.action for record in found} >= {
        AuditAction.JOINED,
        AuditAction.CANCELLED,
        AuditAction.ASSIGNED,
    }
    assert len(found) == 2 * len(ABOUT_A_RAID)
    for record in found:
        assert f"**Raid:** {linked}" in entry_format.embed(record)["description"]
        assert entry_format.line(record).endswith(linked)


def test_a_raid_without_a_board_is_named_by_its_code(tx: sqlite3.Connection) -> None:
    for record in recorded(tx, replace(unposted_raid(), subject="Old Keep"), Entry(AuditAction.CREATED)):
        assert "**Raid:** Molten Core — Old Keep `ABC234`" in entry_format.embed(record)["description"]
        assert entry_format.line(record).endswith("Molten Core — Old Keep `ABC234`")
