"""Import raids with their rosters."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from raidbot.db import imported, outbox
from raidbot.db import raids as rows
from raidbot.ops.importer import attendance, columns, lifecycle, role_layouts, rosters
from raidbot.ops.importer.codes import Codes
from raidbot.ops.importer.columns import Unusable
from raidbot.ops.importer.guilds import Guilds
from raidbot.ops.importer.legacy_database import LegacyDatabase
from raidbot.ops.importer.member_statistics import Counted
from raidbot.ops.importer.report import Report, RowNotes
from raidbot.ops.importer.role_layouts import LegacyTemplates, RoleLayout
from raidbot.ops.importer.rosters import Cells, Place
from raidbot.raids.events import Change, Promoted
from raidbot.raids.model import ChannelId, GuildId, Kind, MemberId, MessageId, Raid, RaidId, Status
from raidbot.raids.notifications import notices
from raidbot.raids.rosters import attendance as coming
from raidbot.raids.rosters import promotion
from raidbot.state import BOARD_RETENTION
from raidbot.utils.words import render

TABLES = ("signups", "museum_waitlist", "raid_attendance")


class NotTaken(Exception):  # noqa: N818 - a fact about a row
    """The row cannot be imported; `str()` gives the reason."""


@dataclass(slots=True)
class Rows:
    """A raid's rows in the other tables, each with its notes."""

    signups: list[tuple[Cells, RowNotes]]
    waitlist: list[tuple[Cells, RowNotes]]
    attendance: list[tuple[Cells, RowNotes]]

    def all(self) -> Iterator[RowNotes]:
        for notes in (*self.signups, *self.waitlist, *self.attendance):
            yield notes[1]


@dataclass(slots=True, kw_only=True)
class Raids:
    """Imports raids one after the other, so that memory use does not grow with their number."""

    tx: sqlite3.Connection
    source: LegacyDatabase
    report: Report
    servers: Guilds
    known: LegacyTemplates
    counted: Counted
    now: datetime
    codes: Codes = field(init=False)
    here: set[int] = field(init=False)
    read: set[int] = field(default_factory=set)
    named: set[Any] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.codes = Codes.of(self.tx, self.source.rows("raids"))
        known = self.tx.execute("SELECT message FROM raids WHERE message IS NOT NULL").fetchall()
        self.here = {message for (message,) in known}

    def take(self) -> None:
        for row in self.source.rows("raids", order="rowid"):
            notes = self.report.row("raids", self.source.name("raids", row))
            children = self._rows_of(row)
            try:
                self._take(row, notes, children)
            except (NotTaken, lifecycle.NoTime) as why:
                notes.left(str(why))
                for child in children.all():
                    child.left("its raid was not taken")
            self.report.settle()
        for table in TABLES:
            for row in self.source.orphan_rows(table):
                self.report.row(table, self.source.name(table, row)).left("the old database does not have its raid")

    def _rows_of(self, row: Cells) -> Rows:
        """Return the raid's rows; of several raids with one message, the first gets them."""
        message = row["message_id"]
        if message is None or message in self.named:
            return Rows([], [], [])
        self.named.add(message)
        signups, line, marks = (
            [
                (one, self.report.row(table, self.source.name(table, one)))
                for one in self.source.of_message(table, message)
            ]
            for table in TABLES
        )
        return Rows(signups, line, marks)

    def _take(self, row: Cells, notes: RowNotes, children: Rows) -> None:
        message = _needed(row, "message_id", "message")
        guild = GuildId(_needed(row, "guild_id", "server"))
        if message in self.read:
            raise NotTaken("another raid has the same message")
        raid, places = self._raid(row, guild, MessageId(message), notes, children)
        raid = rosters.seated(raid, places)
        raid = attendance.marked(raid, children.attendance)
        if raid.creator == 0:
            raid = _with_fallback_creator(raid, notes)
        notes.taken()
        self.read.add(message)
        if message not in self.here:
            self._store(raid, row, notes)
            return
        for one in (notes, *children.all()):
            one.here_already()

    def _raid(
        self, row: Cells, guild: GuildId, message: MessageId, notes: RowNotes, children: Rows
    ) -> tuple[Raid, list[Place]]:
        zone = self.servers.zone(guild)
        life = lifecycle.of(row, message, zone, notes, now=self.now)
        shape = self._shape(row, notes, [one for one, _ in children.signups])
        places = list(self._places(shape, children, since=life.created_at))
        if not shape.roles:
            raise NotTaken("nothing says which roles it has")
        raid = Raid(
            id=RaidId(0),
            guild=guild,
            code=self.codes.give(row.get("raid_id"), guild, message, notes),
            kind=shape.kind,
            template=shape.template,
            title=shape.title,
            emoji=shape.emoji,
            description=shape.description,
            colour=shape.colour,
            roles=tuple(one.role for one in shape.roles),
            sides=shape.sides,
            strategy=shape.strategy,
            length_minutes=_length(row, notes) if shape.kind is Kind.RAID else None,
            lengths=shape.lengths,
            subject=shape.subject,
            counts=shape.counts,
            creator=MemberId(_id(row, "creator_id", "its creator", notes) or 0),
            channel=self._channel(row, guild, shape.kind, notes),
            message=message,
            thread=_channel(_id(row, "thread_id", "its thread", notes)),
            starts_at=life.starts_at,
            zone=zone.key,
            created_at=life.created_at,
            status=Status.OPEN,
            hold=not life.is_closed and _flag(row, "stats_recorded", notes),
            reminded_until=self._reminded_until(row, notes),
        )
        begun = life.is_closed and life.starts_at <= self.now
        return replace(life.of(raid), begun=begun), places

    def _reminded_until(self, row: Cells, notes: RowNotes) -> datetime | None:
        """Return this moment if the old bot sent a reminder: what was due before is not sent again."""
        sent = [_flag(row, column, notes) for column in ("creator_reminder_sent", "participant_reminder_sent")]
        return self.now if any(sent) else None

    def _shape(self, row: Cells, notes: RowNotes, signups: list[Cells]) -> RoleLayout:
        kind = _kind(row)
        given: dict[str, Any] = {}
        try:
            given = columns.mapping(columns.parsed(row.get("template_data")))
        except Unusable as why:
            notes.repair(f"what it was made from {why}")
        if kind is Kind.RAID:
            return role_layouts.of_raid(row, given, self.known, notes, signups)
        if kind is Kind.MUSEUM:
            return role_layouts.of_museum(row, notes)
        return role_layouts.of_teams(kind, row, given, notes, signups)

    def _places(self, shape: RoleLayout, children: Rows, *, since: datetime) -> Iterator[Place]:
        found = [
            rosters.of_signup(row, notes, shape.find, since=since, number=number)
            for number, (row, notes) in enumerate(children.signups)
        ]
        for number, (row, notes) in enumerate(children.waitlist):
            if shape.is_list:
                found.append(rosters.of_waitlist(row, notes, since=since, number=number))
            else:
                notes.left("its raid has roles, and a line for each")
        yield from (place for place in found if place is not None)

    def _channel(self, row: Cells, guild: GuildId, kind: Kind, notes: RowNotes) -> ChannelId:
        channel = _id(row, "channel_id", "its channel", notes)
        if channel is not None:
            return ChannelId(channel)
        usual = self.servers.channel(guild, kind)
        if usual is None:
            raise NotTaken("nothing says in which channel its message is")
        notes.repair("its channel is missing, so it has the one that the server uses for this kind")
        return usual

    def _store(self, raid: Raid, row: Cells, notes: RowNotes) -> None:
        if not raid.is_open or raid.is_full:
            raid = replace(raid, filled_once=True)
        if raid.is_open:
            raid = rosters.with_marks(raid)
        change = promotion.settle(raid, now=self.now)
        raid = replace(coming.with_attendance(change.raid), id=RaidId(0))
        raid_id = rows.insert(self.tx, raid)
        raid = replace(raid, id=raid_id)
        matters = raid.is_open or raid.starts_at >= self.now - BOARD_RETENTION
        imported.note(self.tx, raid_id, compared=not matters)
        promoted = tuple(event for event in change.events if isinstance(event, Promoted))
        for event in promoted:
            notes.repair(
                f"a seat as {raid.role(event.role).name} was free although member {event.member} waited for one,"
                " so it is theirs, and they will be told"
            )
        self._tell(Change(raid, promoted))
        if _was_counted(row):
            self.counted.add(raid)

    def _tell(self, change: Change) -> None:
        for notice in notices(change):
            owed = outbox.OutboxMessage(
                kind="dm",
                target=notice.member,
                payload={"content": render(notice.text)},
                dedupe=notice.key,
                due_at=self.now,
                expires_at=change.raid.starts_at,
                guild=change.raid.guild,
                raid=change.raid.id,
                purpose=notice.purpose,
            )
            outbox.enqueue(self.tx, owed)


def _needed(row: Cells, column: str, what: str) -> int:
    try:
        found = columns.snowflake(row.get(column))
    except Unusable as why:
        raise NotTaken(f"its {what} {why}") from None
    if found is None:
        raise NotTaken(f"it has no {what}")
    return found


def _kind(row: Cells) -> Kind:
    cell = row.get("type")
    if cell is None or cell == "":
        return Kind.RAID
    try:
        return Kind(cell)
    except ValueError:
        raise NotTaken(f"it is of an unknown kind: {columns.shown(cell)}") from None


def _id(row: Cells, column: str, what: str, notes: RowNotes) -> int | None:
    try:
        return columns.snowflake(row.get(column))
    except Unusable as why:
        notes.repair(f"{what} {why}")
        return None


def _channel(found: int | None) -> ChannelId | None:
    return None if found is None else ChannelId(found)


def _flag(row: Cells, column: str, notes: RowNotes) -> bool:
    try:
        return columns.flag(row.get(column), default=False)
    except Unusable as why:
        notes.repair(f"{column} {why}; taken as no")
        return False


def _length(row: Cells, notes: RowNotes) -> int | None:
    """Return the length in minutes; the old bot stores hours."""
    try:
        return columns.minutes_of_hours(row.get("length"))
    except Unusable:
        notes.repair(f"its length {columns.shown(row.get('length'))} is none; it has no length now")
        return None


def _with_fallback_creator(raid: Raid, notes: RowNotes) -> Raid:
    """Set the member who closed the raid as its creator, else the first on its roster. Raises NotTaken."""
    somebody = raid.closed_by or next((seat.member for seat in raid.seats), None)
    if somebody is None:
        raise NotTaken("nothing says who made it")
    notes.repair(f"nothing says who made it; member {somebody} is its creator now")
    return replace(raid, creator=somebody)


def _was_counted(row: Cells) -> bool:
    """Return True if the old bot's counters include the raid.

    The old bot counts a raid when signups close, and does not undo that when they reopen.
    """
    return row.get("closed_at") is not None or row.get("stats_recorded") not in (None, 0, "0")
