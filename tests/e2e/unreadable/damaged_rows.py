"""Rows of many small servers, each with another damaged cell."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from raidbot.db import (
    absences,
    announcements,
    audit,
    drafts,
    guilds,
    heard_reactions,
    imported,
    outbox,
    refused_forms,
    reminders,
    series_occurrences,
    signup_texts,
    templates,
    threads,
    undo,
)
from raidbot.db import closed_dms as closed_dm_rows
from raidbot.db import raids as rows
from raidbot.db import series as series_rows
from raidbot.db.heard_reactions import Heard, HeardReaction
from raidbot.db.outbox import OutboxMessage
from raidbot.ops.alerts import rows as alert_rows
from raidbot.ops.alerts.model import Alert, Key
from raidbot.ops.alerts.standing import Standing
from raidbot.ops.importer.series.takeover import TABLE
from raidbot.raids.announcements.model import Announcement, Moment, Owner, OwnerKind, Ping, Place
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.events import Cause, Joint, Reminded, Reminder
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
    Raid,
    RaidId,
    Source,
)
from raidbot.raids.permissions import Grants
from raidbot.raids.reminders.choices import Choices
from raidbot.raids.reminders.leads import ReminderLead
from raidbot.raids.schedules.model import DatesOff, Lead
from raidbot.raids.schedules.occurrences import occurrences
from raidbot.raids.series.model import SeriesCode
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates import catalogue
from tests.chaos import IS_LONG
from tests.db.queries.unreached_calls import note_unreached
from tests.raids.builders import ALICE, BOB, CAROL, MANAGER, TANK, joined, raid
from tests.state.series.builders import everything as everything_of_a_series

Cell = int | float | str | bytes | None
CELLS: tuple[Cell, ...] = (
    *(5, -1, 99_999_999_999_999, 2**63 - 1, -(2**63), 1.5, None, b"\xff\x00", "", "5", "magic", "[]", "{}", "null"),
    *(b"\xfe\xff", "[[5]]", '["\\ud800"]', '{"version": 1, "content": 5, "roles": 7, "embeds": [5]}'),
)
SHARE = 12
LAST_ROW = ("id", 2**63 - 1)
"""Leaves no id for the next row, which SQLite takes for a full disk."""
LONG_AGO = (5, -1, -(2**63), 1.5, "5")
"""As the beginning of an absence they are no damage: the server is deleted."""
UNDECODABLE = b"\xfe\xff"
"""Stored as a text, but it is no UTF-8."""
FIRST = 10**17
"""The id of the first server; those of its channel, message and so on are the same."""
OLD_SERIES = {
    "guild_id": "1",
    "creator_id": "1",
    "template_slug": "museum",
    "schedule_type": "daily",
    "time_of_day": "20:00",
    "enabled": 0,
}
"""A recurring raid of the Node.js bot that a start takes over."""
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
    "signup_texts": "raid",
    "unreached": "raid",
    "guild_channels": "guild",
    "signup_roles": "guild",
    "admin_roles": "guild",
    "grants": "guild",
    "members": "guild",
    "leaders": "guild",
    "templates": "guild",
    "outbox": "guild",
    "audit": "guild",
    "announcements": "guild",
    "drafts": "guild",
    "refused_forms": "guild",
    "closed_dms": "member",
    "given_up": "raid",
    "heard_reactions": "guild",
    "series": "guild",
    "series_changes": "series",
    "series_standing": "series",
    "series_occurrences": "series",
    "series_dates_off": "guild",
    "message_choices": "guild",
    "joint_reminders": "raid",
    "absences": "guild",
    "moved_rows": "guild",
    "forgetting": "guild",
    "forgotten": "guild",
    "old_reactions": "raid",
    "facts": "name",
    "alerts": "subject",
}
"""The tables that are read at the start or by jobs, and the column that says whose row it is."""

_OF_FORGETTING = {
    "forgetting": "INSERT INTO forgetting VALUES (:guild, :member, -1, 0)",
    "forgotten": "INSERT INTO forgotten VALUES (:guild, 'tag', 0)",
    "old_reactions": "INSERT INTO old_reactions VALUES (:raid, 'tag', 'tank')",
}


def damage(path: Path, table: str, now: datetime, *, first: int = 0) -> list[str]:
    """Add a server for each cell of the table's row and each of `CELLS`, and return what was damaged.

    The servers are numbered from `first`; a database takes those of several tables.

    In the suite each column gets every twelfth of them, the next column the next ones.
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
        servers = [(_add_server(connection, number, now), *pair) for number, pair in enumerate(pairs, first)]
        if table == "absences":  # nobody there gets messages, so no other table's servers have one
            for (guild, _), *_ in servers:
                absences.note(connection, guild, now)
        if table == "moved_rows":
            for (guild, _), *_ in servers:
                imported.keep(connection, source=TABLE, key=f"id {guild}", guild=guild, payload=json.dumps(OLD_SERIES))
        if table in _OF_FORGETTING:
            for (guild, raid_id), *_ in servers:
                values = {"guild": guild, "raid": raid_id, "member": MANAGER}
                connection.execute(_OF_FORGETTING[table], values)
    with _without_checks(path) as connection:
        return [
            f"{column} = {cell!r}"
            for (guild, raid_id), column, cell in servers
            if _overwrite(connection, table, column, cell, _owner(connection, table, guild, raid_id))
        ]


def _owner(connection: sqlite3.Connection, table: str, guild: GuildId, raid: RaidId) -> int:
    if KEYS[table] == "series":
        (series,) = connection.execute("SELECT id FROM series WHERE guild = ?", (guild,)).fetchone()
        return int(series)
    return raid if KEYS[table] == "raid" else guild


def _overwrite(connection: sqlite3.Connection, table: str, column: str, cell: Cell, owner: int) -> bool:
    key: int | str = f"damaged {owner}" if table in ("facts", "alerts") else owner
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
        attendance=(Attendance(ALICE, TANK, Presence.PRESENT),),
        asks=(Ask(BOB, TANK, MANAGER, now),),
        given_up=(GivenUp(CAROL, TANK, now),),
        signup_lead=Lead(minutes=30),
        signup_text="Bring flasks.",
    )
    _set_up(tx, guild)
    raid_id = rows.insert(tx, full)
    full = replace(full, id=raid_id)
    undo.note(tx, full, full, action=AuditAction.CLOSED, actor=MANAGER, at=now)
    imported.note(tx, raid_id, compared=False)
    threads.note_added(tx, raid_id, ALICE)
    signup_texts.note(tx, raid_id, [ALICE])
    note_unreached(tx, raid_id, ALICE)
    guilds.save_names(tx, guild, [(ALICE, "Alice")])
    guilds.note_leaders(tx, guild, 5, came=[ALICE], gone=[])
    guilds.note_fact(tx, f"damaged {guild}", "fact")
    alert_rows.save(tx, {Key(Alert.JOB, f"damaged {guild}"): Standing(began_at=now, owed="Trouble.", count=1)})
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
    _add_announcement(tx, replace(full, id=raid_id), now)
    drafts.add(tx, guild, MemberId(1), {}, now)
    refused_forms.keep(tx, refused_forms.FormKey(guild, MemberId(1), MessageId(1)), {"when": "soon"}, now)
    closed_dm_rows.close_dms(tx, guild, now)
    heard_reactions.keep(
        tx,
        [HeardReaction(what=Heard.REMOVED, kind="raid", thing=raid_id, guild=guild, member=ALICE, emoji="x")],
    )
    _add_series(tx, guild, raid_id, now)
    reminders.save_choices(tx, guild, ALICE, Choices((ReminderLead(60),), now, frozenset({MessageKind.TIMES})))
    joint = Joint(BOB, raid_id, 0, now, now)
    reminders.note_joint(tx, [Reminded(Reminder.PARTICIPANTS, (BOB,), (joint,))], now)
    return guild, raid_id


def _add_announcement(tx: sqlite3.Connection, full: Raid, now: datetime) -> None:
    announcements.follow(tx, None, full, now)
    channel = ChannelId(full.guild)
    soon = Announcement(moment=Moment(0, -60), place=Place.CHANNEL, channel=channel, ping=Ping.ROLE, role=5)
    cause = Cause(Source.COMMAND, MANAGER)
    announcements.change(tx, full.guild, Owner(OwnerKind.RAID, str(full.id)), lambda _: (soon,), cause, now)


def _add_series(tx: sqlite3.Connection, guild: GuildId, raid_id: RaidId, now: datetime) -> None:
    plain = replace(everything_of_a_series(), guild=guild, code=SeriesCode("ABC234"))
    series = series_rows.insert(tx, plain, next_at=now)
    posted = next(occurrences(plain.schedule, after=plain.looked_at))
    series_occurrences.claim(tx, series, posted, raid_id)
    off = (DatesOff(now.date(), now.date()),)
    series_occurrences.save_dates_off(tx, guild, (), off, now=now)


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
