"""Every table says whether its rows go with a server, and every column whether it holds a number of this database."""

import sqlite3
from collections.abc import Iterator

import pytest

from raidbot.ops.backups.renumbering import REFERENCES
from raidbot.ops.backups.server_tables import LEFT_OUT, tables, unassigned
from tests.db.memory_database import memory_database

NOT_OURS = {
    "actor", "asked_by", "audit_channel", "board_hash", "cancelled_by", "channel", "closed_by", "creator",
    "debug_channel", "guild",
    "leader", "leader_role", "marked_by", "member", "mention", "mention_role", "message", "panel", "role", "stand_in",
    "target", "thread",
}  # fmt: skip
"""Columns with ids that Discord gave."""
COUNTED = {
    "asked_at", "at", "attempts", "audit_days", "begun", "calendar_feeds", "changed_at",
    "claimed_at", "closed_at", "closes_at", "colour", "compared",
    "counts", "created_at", "days", "deadline_lifted", "done_at", "due_at", "enabled", "expires_at", "failures",
    "filled_once", "forced", "full_close_minutes", "hold", "is_role_gone", "is_super", "keep_raids_days",
    "keep_raids_since",
    "last_raid_at", "leaderboards",
    "games_chosen",
    "leads_since", "length_minutes", "looked_at", "marked_at", "minutes", "named", "next_announcement", "next_at",
    "next_place", "no_shows", "not_held", "own", "owed_to_audit", "owed_to_live", "place", "position",
    "post_claimed_at", "raids", "refusal_notices_in_thread", "refused_at", "remind_waiting", "reminded_until",
    "revision", "seats", "signup_text_by_dm", "since", "starts_at", "stats_for_everyone", "tell",
    "told_of_hidden_commands",
    "thread_archive_minutes", "thread_members", "threads", "time_revision", "timed_at", "unreached_mentions", "until",
    "unwanted", "urgency", "used_at", "uses", "version", "zone_chosen",
}  # fmt: skip
"""Columns with numbers of things, instants and switches."""
CHOSEN_BY_KIND = {("heard_reactions", "thing")}
"""Columns that hold a number of ours for some kinds; `renumbering.py` says for which."""


@pytest.fixture
def tx() -> Iterator[sqlite3.Connection]:
    with memory_database() as connection:
        yield connection


def test_every_table_is_assigned(tx: sqlite3.Connection) -> None:
    assert unassigned(tx) == []
    assert {table.name for table in tables(tx)} & LEFT_OUT.keys() == set()


def test_a_new_table_has_to_be_assigned(tx: sqlite3.Connection) -> None:
    tx.execute("CREATE TABLE polls (id INTEGER PRIMARY KEY, question TEXT)")
    tx.execute("CREATE TABLE votes (raid INTEGER, member INTEGER)")

    assert unassigned(tx) == ["polls"]
    assert ("votes", "raid") in {(table.name, table.link) for table in tables(tx)}


def test_every_number_is_known_as_ours_or_not(tx: sqlite3.Connection) -> None:
    unknown = []
    for table in tables(tx):
        for column, kind, key in tx.execute(
            "SELECT name, type, pk FROM pragma_table_info(?)", (table.name,)
        ).fetchall():
            known = column in REFERENCES or column in NOT_OURS | COUNTED or (table.name, column) in CHOSEN_BY_KIND
            if kind == "INTEGER" and not known and not (column == "id" and key == 1):
                unknown.append(f"{table.name}.{column}")

    assert unknown == []


def test_what_refers_to_a_table_by_a_foreign_key_is_renumbered(tx: sqlite3.Connection) -> None:
    for table in tables(tx):
        for owner, column in tx.execute(
            'SELECT "table", "from" FROM pragma_foreign_key_list(?)', (table.name,)
        ).fetchall():
            if owner in {"raids", "series"}:
                assert REFERENCES.get(column) == owner, f"{table.name}.{column}"
