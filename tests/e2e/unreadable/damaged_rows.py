"""Rows of many small servers, each with another damaged cell."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from raidbot.db import (
    absences,
    audit,
    drafts,
    guilds,
    heard_reactions,
    imported,
    outbox,
    refused_forms,
    reminders,
    templates,
    threads,
    undo,
)
from raidbot.db import closed_dms as closed_dm_rows
from raidbot.db import raids as rows
from raidbot.db.heard_reactions import Heard, HeardReaction
from raidbot.db.outbox import OutboxMessage
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.events import Joint, Reminded, Reminder
from raidbot.raids.messages.kinds import MessageKind
from raidbot.raids.model import (
    Ask,
    Attendance,
    ChannelId,
    GivenUp,
    GuildId,
    Kind,
    Mark,
    MemberId,
    MessageId,
    Presence,
    RaidId,
    Source,
)
from raidbot.raids.permissions import Grants
from raidbot.raids.reminders.choices import Choices
from raidbot.raids.reminders.leads import Lead
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates import catalogue
from tests.chaos import IS_LONG
from tests.raids.builders import ALICE, BOB, CAROL, MANAGER, TANK, joined, raid

Cell = int | float | str | bytes | None
CELLS: tuple[Cell, ...] = (
    *(5, -1, 99_999_999_999_999, 2**63 - 1, -(2**63), 1.5, None, b"\xff\x00", "", "5", "magic", "[]", "{}", "null"),
    *(b"\xfe\xff", "[[5]]", '["\\ud800"]', '{"version": 1, "content": 5, "roles": 7, "embeds": [5]}'),
)
SHARE = 3
LAST_ROW = ("id", 2**63 - 1)
"""Leaves no id for the next row, which SQLite takes for a full disk."""
LONG_AGO = (5, -1, -(2**63), 1.5, "5")
"""As the beginning of an absence they are no damage: the server is deleted."""
UNDECODABLE = b"\xfe\xff"
"""Stored as a text, but it is no UTF-8."""
FIRST = 10**17
"""The id of the first server; those of its channel, message and so on are the same."""
KEYS = {
    "raids": "guild",
    "guilds": "id",
    "raid_roles": "raid",
    "seats": "raid",
    "waits": "raid",
    "marks": "raid",
    "attendance": "raid",
    "asks": "raid",
    "undo": "raid",
    "moved_in": "raid",
    "added_to_threads": "raid",
    "guild_channels": "guild",
    "signup_roles": "guild",
    "admin_roles": "guild",
    "grants": "guild",
    "members": "guild",
    "leaders": "guild",
    "templates": "guild",
    "outbox": "guild",
    "audit": "guild",
    "drafts": "guild",
    "refused_forms": "guild",
    "closed_dms": "member",
    "given_up": "raid",
    "heard_reactions": "guild",
    "message_choices": "guild",
    "joint_reminders": "raid",
    "absences": "guild",
    "facts": "name",
}
"""The tables that are read at the start or by jobs, and the column that says whose row it is."""


def damage(path: Path, table: str, now: datetime) -> list[str]:
    """Add a server for each cell of the table's row and each of `CELLS`, and return what was damaged.

    In the suite each column gets every third of them, the next column the next ones.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        columns = [column[1] for column in connection.execute(f"PRAGMA table_info({table})")]
        pairs = [
            (column, cell)
            for number, column in enumerate(columns)
            for cell in (CELLS if IS_LONG else CELLS[number % SHARE :: SHARE])
            if (column, cell) != LAST_ROW
        ]
        if table == "absences":
            pairs = [(column, cell) for column, cell in pairs if column != "since" or cell not in LONG_AGO]
        servers = [(_add_server(connection, number, now), *pair) for number, pair in enumerate(pairs)]
        if table == "absences":  # nobody there gets messages, so no other table's servers have one
            for (guild, _), *_ in servers:
                absences.note(connection, guild, now)
    with _without_checks(path) as connection:
        return [
            f"{column} = {cell!r}"
            for (guild, raid_id), column, cell in servers
            if _overwrite(connection, table, column, cell, raid_id if KEYS[table] == "raid" else guild)
        ]


def _overwrite(connection: sqlite3.Connection, table: str, column: str, cell: Cell, owner: int) -> bool:
    key: int | str = f"damaged {owner}" if table == "facts" else owner
    value = "CAST(? AS TEXT)" if cell == UNDECODABLE else "?"
    try:
        done = connection.execute(
            " ".join(("UPDATE", table, "SET", column, "=", value, "WHERE", KEYS[table], "= ?")), (cell, key)
        )
    except sqlite3.Error:  # not even a file without constraints can hold it
        return False
    return done.rowcount > 0


@contextmanager
def _without_checks(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file without types and constraints, and put them back afterwards."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        schema = connection.execute("SELECT rowid, sql FROM sqlite_schema WHERE sql LIKE '%STRICT%'").fetchall()
        _rewrite(connection, [(row, _lenient(sql)) for row, sql in schema])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        yield connection
        _rewrite(connection, schema)


def _lenient(sql: str) -> str:
    return re.sub(r"(?<! IS) NOT NULL", "", sql.replace(" STRICT, ", " ").replace(" STRICT", ""))


def _rewrite(connection: sqlite3.Connection, schema: list[tuple[int, str]]) -> None:
    connection.execute("PRAGMA writable_schema = ON")
    connection.executemany("UPDATE sqlite_schema SET sql = ? WHERE rowid = ?", [(sql, row) for row, sql in schema])


def _add_server(tx: sqlite3.Connection, number: int, now: datetime) -> tuple[GuildId, RaidId]:
    guild = GuildId(FIRST + number)
    full = replace(
        joined(raid(tank=1, healer=1), TANK, ALICE, BOB),
        guild=guild,
        channel=ChannelId(guild),
        message=MessageId(guild),
        thread=ChannelId(guild),
        starts_at=now + timedelta(hours=2),
        created_at=now,
        marks=(Mark(ALICE, TANK, unwanted=True), Mark(BOB, TANK)),
        attendance=(Attendance(ALICE, TANK, Presence.SIGNED),),
        asks=(Ask(BOB, TANK, MANAGER, now),),
        given_up=(GivenUp(CAROL, TANK, now),),
    )
    _set_up(tx, guild)
    raid_id = rows.insert(tx, full)
    full = replace(full, id=raid_id)
    undo.note(tx, full, full, action=AuditAction.CLOSED, actor=MANAGER, at=now)
    imported.note(tx, raid_id, compared=False)
    threads.note_added(tx, raid_id, ALICE)
    guilds.save_names(tx, guild, [(ALICE, "Alice")])
    guilds.note_leaders(tx, guild, 5, came=[ALICE], gone=[])
    guilds.note_fact(tx, f"damaged {guild}", "fact")
    untouched = catalogue.untouched()
    templates.save(tx, guild, untouched, catalogue.set_enabled(untouched, untouched.entries[0].key, enabled=False))
    for kind, target in (("dm", guild), ("post", guild)):
        outbox.enqueue(
            tx,
            OutboxMessage(
                kind="dm" if kind == "dm" else "post",
                target=target,
                payload={"content": "Hello"},
                dedupe=f"{kind}:{guild}",
                due_at=now,
                guild=guild,
            ),
        )
    audit.record(
        tx, [Entry(AuditAction.CREATED, ALICE)], guild=guild, raid=raid_id, at=now, actor=ALICE, source=Source.CLOCK
    )
    drafts.add(tx, guild, MemberId(1), {}, now)
    refused_forms.keep(tx, refused_forms.FormKey(guild, MemberId(1), MessageId(1)), {"when": "soon"}, now)
    closed_dm_rows.close_dms(tx, guild, now)
    heard_reactions.keep(
        tx,
        [HeardReaction(what=Heard.REMOVED, kind="raid", thing=raid_id, guild=guild, member=ALICE, emoji="x")],
    )
    reminders.save_choices(tx, guild, ALICE, Choices((Lead(60),), now, frozenset({MessageKind.TIMES})))
    joint = Joint(BOB, raid_id, 0, now, now)
    reminders.note_joint(tx, [Reminded(Reminder.PARTICIPANTS, (BOB,), (joint,))], now)
    return guild, raid_id


def _set_up(tx: sqlite3.Connection, guild: GuildId) -> None:
    settings = GuildSettings(guild=guild)
    guilds.save_settings(
        tx,
        settings,
        replace(
            settings,
            channels={Kind.RAID: ChannelId(guild)},
            signup_roles={Kind.RAID: frozenset({guild})},
            grants=Grants(admins=frozenset({1}), roles={"raid": frozenset({1})}),
            audit_channel=ChannelId(guild),
            leader_role=5,
            threads=True,
            thread_members=True,
        ),
    )
