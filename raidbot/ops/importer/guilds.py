"""Import guild settings: channels, permissions and signup roles."""

import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from raidbot.db import guilds
from raidbot.ops.importer import columns
from raidbot.ops.importer.columns import Unusable
from raidbot.ops.importer.legacy_database import LegacyDatabase
from raidbot.ops.importer.report import Report, RowNotes
from raidbot.ops.importer.rosters import Cells
from raidbot.ops.importer.unmapped_rows import keep
from raidbot.raids.model import ChannelId, GuildId, Kind
from raidbot.raids.permissions import Grants, targets
from raidbot.raids.reminders.leads import Leads, ReminderLead
from raidbot.raids.settings import GuildSettings
from raidbot.raids.settings.panel import ARCHIVE_CHOICES_MINUTES, FULL_CLOSE_CHOICES_MINUTES
from raidbot.raids.times import zone_letters

TABLES = ("guilds", "admin_roles", "command_permissions", "signup_roles")
_FULL_CLOSE_MINUTES = 60
"""Time before its start at which the old bot closed a full raid, unless the server had chosen another."""
_LEAD_MINUTES = range(24 * 60 + 1)
_MUSEUM = re.compile(r"(\d{1,20}):museum")
_OTHER_NAMES = {"stats": "raidinfo.others"}
"""Entries of the old bot's permissions with another name here."""
_STRAY = "it is no server: the old bot made it when museums got their own signup roles, which are with the server now"


@dataclass(slots=True)
class Guilds:
    """Settings by guild; guilds in `here` existed before the import and keep their settings."""

    here: set[GuildId] = field(default_factory=set)
    settings: dict[GuildId, GuildSettings] = field(default_factory=dict)

    def of(self, guild: GuildId) -> GuildSettings:
        """Return the guild's settings; without a choice they are what the old bot did."""
        return self.settings.setdefault(guild, GuildSettings(guild=guild, full_close_minutes=_FULL_CLOSE_MINUTES))

    def zone(self, guild: GuildId) -> ZoneInfo:
        return self.of(guild).tzinfo

    def channel(self, guild: GuildId, kind: Kind) -> ChannelId | None:
        return self.of(guild).channel_for(kind)


def take(source: LegacyDatabase, tx: sqlite3.Connection, report: Report) -> Guilds:
    """Write the settings of every guild that has none yet."""
    servers = Guilds()
    for (guild,) in tx.execute("SELECT id FROM guilds").fetchall():
        servers.here.add(guild)
        servers.settings[guild] = guilds.settings(tx, guild)
    named = _read(source, tx, servers, report)
    for guild in sorted(named - servers.here):
        _open_museums(servers, guild, report)
        guilds.save_settings(tx, GuildSettings(guild=guild), servers.settings[guild])
    for guild in sorted(named & servers.here):
        report.note("guilds", f"id {guild}", "the server has settings here already; they stay as they are")
    return servers


def _read(source: LegacyDatabase, tx: sqlite3.Connection, servers: Guilds, report: Report) -> set[GuildId]:
    """Read all rows about guilds and return the ids of those guilds."""
    aside = Guilds()  # results for guilds that keep their settings
    named: set[GuildId] = set()
    for table, read in _READ.items():
        for row in source.rows(table):
            notes = report.row(table, source.name(table, row))
            try:
                guild, museum = _server(row.get("id" if table == "guilds" else "guild_id"))
            except Unusable as why:
                notes.left(f"its server {why}")
                continue
            here = guild in servers.here
            try:
                known = read(aside if here else servers, guild, museum, row, notes)
            except Unusable as why:
                notes.left(f"its content {why}")
                continue
            named.add(guild)
            if not known:
                keep(source, tx, table, row, notes)
                report.note(table, notes.name, "kept in moved_rows: nothing here is called so yet")
                continue
            notes.taken()
            if here:
                notes.here_already()
    return named


def _server(cell: Any) -> tuple[GuildId, bool]:
    """Return the guild, and True if the row is about its museums only. Raises Unusable."""
    museum = _MUSEUM.fullmatch(cell) if isinstance(cell, str) else None
    guild = columns.snowflake(museum[1] if museum else cell)
    if guild is None:
        raise Unusable("is missing")
    return GuildId(guild), museum is not None


def _guild(servers: Guilds, guild: GuildId, museum: bool, row: Cells, notes: RowNotes) -> bool:
    if museum:
        notes.repair(_STRAY)
        return True
    blank = servers.of(guild)
    zone = _zone(row, blank, notes)
    settings = replace(
        blank,
        zone=zone,
        zone_chosen=zone != blank.zone,
        leader_leads=_leads(row, "creator_reminder", blank.leader_leads, notes),
        member_leads=_leads(row, "participant_reminder", blank.member_leads, notes),
        full_close_minutes=_minutes(
            row, "auto_close_seconds", FULL_CLOSE_CHOICES_MINUTES, blank.full_close_minutes, notes
        ),
        threads=_flag(row, "threads_enabled", blank.threads, notes),
        thread_archive_minutes=_archive(row, blank, notes),
        channels={kind: ChannelId(one) for kind in Kind if (one := _id(row, f"{kind}_channel_id", notes))},
        audit_channel=_channel(row, "audit_channel_id", notes),
        debug_channel=_channel(row, "debug_channel_id", notes),
        leader_role=_id(row, "raid_leader_role_id", notes),
    )
    servers.settings[guild] = settings
    return True


def _admin(servers: Guilds, guild: GuildId, _museum: bool, row: Cells, _notes: RowNotes) -> bool:
    settings = servers.of(guild)
    grants = replace(settings.grants, admins=settings.grants.admins | {_role(row)})
    servers.settings[guild] = _granting(settings, grants)
    return True


def _grant(servers: Guilds, guild: GuildId, _museum: bool, row: Cells, _notes: RowNotes) -> bool:
    """Add a role's permission; returns False if there is no such command here yet."""
    name = columns.line(row.get("command_name"), 100) or ""
    target = _OTHER_NAMES.get(name, name)
    role = _role(row)
    settings = servers.of(guild)
    if target not in targets():
        return False
    grants = settings.grants.with_roles(target, settings.grants.of(target) | {role})
    servers.settings[guild] = _granting(settings, grants)
    return True


def _granting(settings: GuildSettings, grants: Grants) -> GuildSettings:
    """Return the settings with these grants. The old bot hid no command, so the server has to be told of those here."""
    return replace(settings, grants=grants, told_of_hidden_commands=not grants.hidden_commands())


def _signup_role(servers: Guilds, guild: GuildId, museum: bool, row: Cells, _notes: RowNotes) -> bool:
    kind = Kind.MUSEUM if museum else Kind.RAID
    settings = servers.of(guild)
    roles = settings.signup_roles.get(kind, frozenset()) | {_role(row)}
    servers.settings[guild] = replace(settings, signup_roles=settings.signup_roles | {kind: roles})
    return True


_READ: dict[str, Callable[[Guilds, GuildId, bool, Cells, RowNotes], bool]] = {
    "guilds": _guild,
    "admin_roles": _admin,
    "command_permissions": _grant,
    "signup_roles": _signup_role,
}
"""The reader of each table's rows. Arguments: settings, guild, True for museums only, row, notes."""


def _open_museums(servers: Guilds, guild: GuildId, report: Report) -> None:
    """Open museums without a role of their own to @everyone; they would use the signup role of raids here."""
    settings = servers.of(guild)
    if Kind.RAID in settings.signup_roles and Kind.MUSEUM not in settings.signup_roles:
        everybody = frozenset({int(guild)})
        servers.settings[guild] = replace(settings, signup_roles=settings.signup_roles | {Kind.MUSEUM: everybody})
        report.note("signup_roles", f"server {guild}", "museums stay open to everybody: they ask for @everyone")


def _role(row: Cells) -> int:
    role = columns.snowflake(row.get("role_id"))
    if role is None:
        raise Unusable("names no role")
    return role


def _flag(row: Cells, column: str, otherwise: bool, notes: RowNotes) -> bool:
    try:
        return columns.flag(row.get(column), default=otherwise)
    except Unusable as why:
        notes.repair(f"{column} {why}; it is {'on' if otherwise else 'off'} now")
        return otherwise


def _leads(row: Cells, which: str, otherwise: Leads, notes: RowNotes) -> Leads:
    """Return the old bot's single lead, in whole minutes; none if it was switched off."""
    is_on = _flag(row, f"{which}s_enabled", True, notes)
    minutes = _minutes(row, f"{which}_seconds", _LEAD_MINUTES, otherwise[0].minutes, notes)
    return (ReminderLead(minutes),) if is_on and minutes else ()


def _minutes(row: Cells, column: str, choices: Sequence[int], otherwise: int, notes: RowNotes) -> int:
    """Return the choice of minutes nearest to the cell's seconds; 0, which means never, only for 0 seconds."""
    try:
        seconds = columns.whole(row.get(column))
    except Unusable as why:
        notes.repair(f"{column} {why}; it is {otherwise} minutes now")
        return otherwise
    if seconds is None:
        return otherwise
    if seconds < 0:
        notes.repair(f"{column} of {seconds} is no time; it is {otherwise} minutes now")
        return otherwise
    minutes = 0 if seconds == 0 else min(choices[1:], key=lambda choice: abs(choice * 60 - seconds))
    if minutes * 60 != seconds:
        notes.repair(f"{column} of {seconds} cannot be chosen; it is {minutes} minutes now")
    return minutes


def _archive(row: Cells, blank: GuildSettings, notes: RowNotes) -> int:
    column = "thread_auto_archive_minutes"
    try:
        given = columns.whole(row.get(column))
    except Unusable as why:
        notes.repair(f"{column} {why}; it is {blank.thread_archive_minutes} now")
        return blank.thread_archive_minutes
    if given is None:
        return blank.thread_archive_minutes
    nearest = min(ARCHIVE_CHOICES_MINUTES, key=lambda choice: abs(choice - given))
    if nearest != given:
        notes.repair(f"{column} of {given} is none Discord knows; it is {nearest} now")
    return nearest


def _id(row: Cells, column: str, notes: RowNotes) -> int | None:
    try:
        return columns.snowflake(row.get(column))
    except Unusable as why:
        notes.repair(f"{column} {why}; there is none now")
        return None


def _channel(row: Cells, column: str, notes: RowNotes) -> ChannelId | None:
    found = _id(row, column, notes)
    return None if found is None else ChannelId(found)


def _zone(row: Cells, blank: GuildSettings, notes: RowNotes) -> str:
    try:
        name = columns.line(row.get("default_timezone"), 64)
    except Unusable as why:
        notes.repair(f"the time zone {why}; it is {blank.zone} now")
        return blank.zone
    if name is None:
        return blank.zone
    try:
        found = columns.zone(name)
    except Unusable:
        notes.repair(f"nobody knows the time zone {columns.shown(name)}; it is {blank.zone} now")
        return blank.zone
    if found.casefold() != name.casefold():
        is_region = zone_letters.usual_region(name) is not None
        notes.repair(
            f"the time zone {name} is {found} now{', which follows daylight saving time' if is_region else ''}"
        )
    return found
