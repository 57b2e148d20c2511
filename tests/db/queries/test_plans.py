"""No statement of raidbot/db reads a table or a guild's history from end to end, as SQLite plans it.

Nobody runs ANALYZE, so the planner has no statistics and assumes the same for an empty table as for a full one.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from raidbot.db.database import migrate
from raidbot.raids.model import RaidId
from tests.db.queries.calls import calls
from tests.db.queries.long_history import Size, fill
from tests.db.queries.plans import faults
from tests.db.queries.recording import RecordingConnection, Statement, places

SIZE = Size(raids=60, sent=200)
OPEN_RAID = RaidId(41)
BY_STATUS = "SEARCH raids USING INDEX raids_by_status (status=?)"
ALLOWED = {
    ("absences.py", "before", "SCAN absences"): "only servers that removed the bot",
    (
        "absences.py",
        "delete_audit",
        "SEARCH audit USING COVERING INDEX audit_by_guild (guild=?)",
    ): "stops after `limit`",
    ("absences.py", "delete_guild", "SCAN drafts"): "drafts are kept for a day",
    ("absences.py", "delete_guild", "SCAN heard_reactions"): "what the last run left, until the next start",
    ("absences.py", "delete_guild", "SCAN moved_rows"): "once per server, 30 days after it removed the bot",
    ("absences.py", "delete_guild", "SCAN outbox"): "once per server, 30 days after it removed the bot",
    ("absences.py", "delete_raid", "SCAN drafts"): "drafts are kept for a day",
    ("absences.py", "raids", "SEARCH raids USING COVERING INDEX raids_by_guild (guild=?)"): "stops at `limit`",
    ("announcements.py", "unheard_mentions", "SCAN audit USING INDEX audit_by_guild"): "only `raidbot check` asks",
    ("absences.py", "guilds", "SCAN absences"): "servers that removed the bot within 30 days",
    (
        "calendar_feeds.py",
        "latest_entry",
        "SEARCH audit USING COVERING INDEX audit_by_guild (guild=?)",
    ): "stops at the first entry",
    (
        "forgetting/jobs.py",
        "note_old_reactions",
        "SEARCH raids USING INDEX raids_by_guild (guild=?)",
    ): "once for each member who is forgotten",
    ("forgetting/aging.py", "outlived", "SCAN guilds"): "one short row for each server",
    (
        "forgetting/aging.py",
        "_heads",
        "SEARCH raids USING INDEX raids_by_guild (guild=?)",
    ): "only for names that nothing else needs, every six hours",
    ("forgetting/jobs.py", "old_reactions", "SCAN old_reactions"): "once at start",
    (
        "forgetting/jobs.py",
        "raids_with_old_reactions",
        "SCAN old_reactions",
    ): "a few rows for each board of who was forgotten, for some weeks",
    ("forgetting/jobs.py", "is_pending", "SCAN forgetting"): "those who are being forgotten, for some seconds each",
    ("forgetting/jobs.py", "forgotten", "SCAN forgotten"): "once at start and at a restore",
    (
        "pictures.py",
        "unused",
        "SEARCH pictures USING INTEGER PRIMARY KEY (rowid>?)",
    ): "stops after `window` files",
    ("outbox.py", "claim", "SCAN absences"): "servers that removed the bot within 30 days",
    ("audit.py", "active_since", "SCAN audit"): "stops after 5,000 entries",
    ("audit_overview.py", "last_noted", "SCAN audit"): "stops after a few entries; only the demo asks",
    ("closed_dms.py", "all_silent", "SCAN closed_dms"): "once at start, members whose messages are closed",
    ("audit_overview.py", "happened", "SEARCH audit USING INTEGER PRIMARY KEY (rowid>?)"): "only the demo asks",
    ("audit_overview.py", "roster_changes", "SEARCH audit USING INTEGER PRIMARY KEY (rowid>?)"): "only the demo asks",
    ("drafts.py", "prune", "SCAN drafts"): "drafts are kept for a day",
    (
        "heard_reactions.py",
        "delete",
        "SEARCH heard_reactions USING INTEGER PRIMARY KEY (rowid<?)",
    ): "all were just read",
    ("heard_reactions.py", "kept", "SCAN heard_reactions"): "once at start, what the last run left",
    ("job_runs.py", "all_runs", "SCAN job_runs"): "one row a job; only `raidbot check` asks",
    ("outbox.py", "counts", "SCAN outbox"): "only the demo asks",
    ("outbox.py", "done_before", "SEARCH outbox USING INTEGER PRIMARY KEY (rowid>?)"): "stops after `window` rows",
    ("raid_queries.py", "boards", BY_STATUS): "all open raids, a few times after a start",
    (
        "raid_queries.py",
        "hosted_count",
        "SEARCH raids USING INDEX raids_by_status (status=?)",
    ): "open raids, once in 20 seconds",
    ("raid_queries.py", "guilds_with_coming", "SCAN absences"): "only servers that removed the bot",
    ("raid_queries.py", "guilds_with_coming", BY_STATUS): "only raids that are being posted or open",
    ("standing.py", "_count", BY_STATUS): "open raids, every five seconds at most, and less often if it takes long",
    ("raids.py", "all_ids", "SCAN raids"): "only `raidbot check` asks",
    (
        "raids.py",
        "with_live_boards",
        BY_STATUS.replace("INDEX", "COVERING INDEX"),
    ): "once at start",
    ("unreadable.py", "_guilds", "SCAN guilds"): "only `raidbot check` asks",
    ("unreadable.py", "_guilds", "SCAN series_dates_off"): "only `raidbot check` asks",
    (
        "unreadable.py",
        "_guilds",
        "SCAN templates USING COVERING INDEX sqlite_autoindex_templates_1",
    ): "only `raidbot check` asks",
    ("raids.py", "board_snapshots", BY_STATUS): "once at start",
    ("raids.py", "cancelled_boards", BY_STATUS): "once at start",
    ("raids.py", "in_posting", BY_STATUS.replace("INDEX", "COVERING INDEX")): "only raids that are being posted",
    ("rosters.py", "with_unwanted_marks", "SCAN marks"): "once at start",
    ("refused_forms.py", "prune", "SCAN refused_forms"): "refused forms are kept for a day",
    ("series.py", "next_looks", "SCAN series"): "once at start, and when the clock was set back",
    ("series.py", "unreadable", "SCAN series"): "only `raidbot check` asks",
    (
        "series.py",
        "guilds_with_standing",
        "SCAN series USING COVERING INDEX sqlite_autoindex_series_1",
    ): "after a start, with all boards",
    ("threads.py", "lacking_members", BY_STATUS): "only open raids",
}
"""Steps that read more, by file and function, and why they may."""


@pytest.fixture(scope="module")
def recording() -> Iterator[RecordingConnection]:
    """Return a connection that recorded every call."""
    with closing(sqlite3.connect(":memory:", isolation_level=None, factory=RecordingConnection)) as connection:
        connection.statements = []
        migrate(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        fill(connection, SIZE)
        connection.statements.clear()
        for _, call in calls(OPEN_RAID):
            call(connection)
        yield connection


def test_every_statement_is_looked_at(recording: RecordingConnection) -> None:
    unseen = [place for place in places() if not any(statement.is_from(place) for statement in recording.statements)]

    assert not unseen, f"not in tests/db/queries/calls.py yet: {', '.join(map(str, unseen))}"


def test_no_statement_reads_a_whole_table(recording: RecordingConnection) -> None:
    found = {
        f"raidbot/db/{statement.file}:{statement.line} {statement.function}: {step}"
        for statement in recording.statements
        for step in faults(recording, statement)
        if (statement.file, statement.function, step) not in ALLOWED
    }

    assert not found, "\n".join(sorted(found))


def test_every_exception_is_needed(recording: RecordingConnection) -> None:
    needed = {
        (statement.file, statement.function, step)
        for statement in recording.statements
        for step in faults(recording, statement)
    }

    assert ALLOWED.keys() - needed == set()


@pytest.mark.parametrize(
    ("sql", "is_fault"),
    [
        ("SELECT id FROM outbox WHERE message = ?", False),
        ("SELECT id FROM outbox WHERE dedupe > ? AND id < ?", False),
        ("SELECT id FROM outbox WHERE last_error = ?", True),
        ("SELECT id FROM outbox WHERE id > ?", True),
        ("SELECT count(*) FROM outbox WHERE state = 'pending'", False),
        ("SELECT count(*) FROM outbox AS owed WHERE owed.state = 'sent'", True),
        ("SELECT id FROM raids WHERE guild = ? AND starts_at > ?", False),
        ("SELECT id FROM raids WHERE guild = ? AND channel = ?", True),
        ("SELECT id FROM raids WHERE status = 'closed'", True),
        ("SELECT count(*) FROM seats", True),
        ("SELECT 1 FROM seats WHERE raid = ?", False),
        ("SELECT 1 FROM marks AS a JOIN waits AS b ON a.role = b.role WHERE a.raid = ?", True),
        ("SELECT 1 FROM (SELECT member FROM leaders WHERE guild = ?)", False),
    ],
)
def test_a_step_that_reads_everything_is_found(recording: RecordingConnection, sql: str, is_fault: bool) -> None:
    statement = Statement("", "", 0, sql, (1,) * sql.count("?"))

    assert bool(list(faults(recording, statement))) is is_fault
