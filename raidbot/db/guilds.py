"""Guild settings, member names, leaders, and facts about this installation."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from raidbot.db import cells
from raidbot.db.cells import SetAside
from raidbot.db.timestamps import instant_or_none
from raidbot.raids.model import ChannelId, GuildId, Kind, MemberId
from raidbot.raids.permissions import Grants
from raidbot.raids.setting_kinds import LeadTimes, Moment
from raidbot.raids.settings import SETTINGS, GuildSettings
from raidbot.utils.errors import Refusal
from raidbot.utils.text import FORMER_MEMBER

_DEFAULTS = GuildSettings(guild=GuildId(0))
_amount = cells.number(0, 1_000_000)
_kind = cells.one_of(Kind)
_COLUMNS = {name: setting for name, setting in SETTINGS.items() if setting.has_column}


_Faults = list[SetAside]


def settings(connection: sqlite3.Connection, guild: GuildId, faults: _Faults | None = None) -> GuildSettings:
    """Return the guild's settings, or the defaults for an unknown guild.

    What cannot be read has its default, or is left out, and is added to `faults`.
    """
    row = connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM guilds WHERE id = ?", (guild,)).fetchone()  # noqa: S608
    if row is None:
        return GuildSettings(guild=guild)
    faults = [] if faults is None else faults
    values = {}
    for name, stored in zip(_COLUMNS, row, strict=True):
        with _noting(faults, "guilds", guild, name, instead=getattr(_DEFAULTS, name)):
            values[name] = _value(name, stored)
    loaded = GuildSettings(
        guild=guild,
        channels=_channels(connection, guild, faults),
        signup_roles=_signup_roles(connection, guild, faults),
        grants=_grants(connection, guild, faults),
    )
    return loaded.with_fields(values)


@contextmanager
def _noting(faults: _Faults, table: str, guild: GuildId, what: object, *, instead: object = None) -> Iterator[None]:
    """Add to `faults` what cannot be read in the block, and which value has its place."""
    try:
        yield
    except cells.UnreadableCellError as why:
        used = "" if instead is None else f"; until it is mended or chosen anew, {instead} is used"
        faults.append(SetAside(table=table, row=f"{guild} {what}", why=f"{why}{used}", guild=guild))


def _value(name: str, stored: object) -> object:
    """Return a setting's value, checked by the type of its default. Raises UnreadableCellError."""
    setting, default = _COLUMNS[name], getattr(_DEFAULTS, name)
    if isinstance(setting, Moment):
        return instant_or_none(stored)
    if isinstance(setting, LeadTimes):
        return _leads(setting, cells.text(stored))
    if isinstance(default, StrEnum):
        return cells.one_of(type(default))(stored)
    if isinstance(default, str):
        return cells.zone(stored)
    if default is None:
        return cells.optional(cells.snowflake)(stored)
    return setting.from_row((cells.flag if isinstance(default, bool) else _amount)(stored))


def _leads(setting: LeadTimes, stored: str) -> object:
    """Raises UnreadableCellError."""
    try:
        return setting.from_row(stored)
    except Refusal as why:
        raise cells.UnreadableCellError(f"{cells.shown(stored)} are no leads: {why}") from None


def save_settings(tx: sqlite3.Connection, before: GuildSettings, after: GuildSettings) -> None:
    """Write only the columns and rows that differ, so that concurrent changes of different settings are both kept."""
    guild = after.guild
    values = [setting.to_row(getattr(_DEFAULTS, name)) for name, setting in _COLUMNS.items()]
    tx.execute(
        f"INSERT INTO guilds (id, {', '.join(_COLUMNS)}) VALUES (?, {', '.join('?' for _ in _COLUMNS)})"  # noqa: S608
        " ON CONFLICT (id) DO NOTHING",
        [guild, *values],
    )
    for name, setting in _COLUMNS.items():
        value = getattr(after, name)
        if getattr(before, name) != value:
            tx.execute(f"UPDATE guilds SET {name} = ? WHERE id = ?", (setting.to_row(value), guild))  # noqa: S608
    for kind in Kind:
        _save_channel(tx, guild, kind, before.channels.get(kind), after.channels.get(kind))
        _save_signup_roles(
            tx, guild, kind, before.signup_roles.get(kind, frozenset()), after.signup_roles.get(kind, frozenset())
        )
    _save_grants(tx, guild, before.grants, after.grants)


def _save_channel(
    tx: sqlite3.Connection, guild: GuildId, kind: Kind, before: ChannelId | None, after: ChannelId | None
) -> None:
    if after == before:
        return
    if after is None:
        tx.execute("DELETE FROM guild_channels WHERE guild = ? AND kind = ?", (guild, kind))
    else:
        tx.execute(
            "INSERT OR REPLACE INTO guild_channels (guild, kind, channel) VALUES (?, ?, ?)", (guild, kind, after)
        )


def _save_signup_roles(
    tx: sqlite3.Connection, guild: GuildId, kind: Kind, before: frozenset[int], after: frozenset[int]
) -> None:
    for role in before - after:
        tx.execute("DELETE FROM signup_roles WHERE guild = ? AND kind = ? AND role = ?", (guild, kind, role))
    for role in after - before:
        tx.execute("INSERT OR IGNORE INTO signup_roles (guild, kind, role) VALUES (?, ?, ?)", (guild, kind, role))


def _save_grants(tx: sqlite3.Connection, guild: GuildId, before: Grants, after: Grants) -> None:
    for role in before.admins - after.admins:
        tx.execute("DELETE FROM admin_roles WHERE guild = ? AND role = ?", (guild, role))
    for role in after.admins - before.admins:
        tx.execute("INSERT OR IGNORE INTO admin_roles (guild, role) VALUES (?, ?)", (guild, role))
    for target in before.roles.keys() | after.roles.keys():
        for role in before.of(target) - after.of(target):
            tx.execute("DELETE FROM grants WHERE guild = ? AND target = ? AND role = ?", (guild, target, role))
        for role in after.of(target) - before.of(target):
            tx.execute("INSERT OR IGNORE INTO grants (guild, target, role) VALUES (?, ?, ?)", (guild, target, role))


def _channels(connection: sqlite3.Connection, guild: GuildId, faults: _Faults) -> dict[Kind, ChannelId]:
    channels: dict[Kind, ChannelId] = {}
    for row in connection.execute("SELECT kind, channel FROM guild_channels WHERE guild = ?", (guild,)).fetchall():
        with _noting(faults, "guild_channels", guild, cells.shown(row)):
            channels[_kind(row[0])] = ChannelId(cells.snowflake(row[1]))
    return channels


def _signup_roles(connection: sqlite3.Connection, guild: GuildId, faults: _Faults) -> dict[Kind, frozenset[int]]:
    roles: dict[Kind, frozenset[int]] = {}
    for row in connection.execute("SELECT kind, role FROM signup_roles WHERE guild = ?", (guild,)).fetchall():
        with _noting(faults, "signup_roles", guild, cells.shown(row)):
            kind, role = _kind(row[0]), cells.snowflake(row[1])
            roles[kind] = roles.get(kind, frozenset()) | {role}
    return roles


def _grants(connection: sqlite3.Connection, guild: GuildId, faults: _Faults) -> Grants:
    admins = frozenset[int]()
    for (stored,) in connection.execute("SELECT role FROM admin_roles WHERE guild = ?", (guild,)).fetchall():
        with _noting(faults, "admin_roles", guild, cells.shown(stored)):
            admins |= {cells.snowflake(stored)}
    roles: dict[str, frozenset[int]] = {}
    for row in connection.execute("SELECT target, role FROM grants WHERE guild = ?", (guild,)).fetchall():
        with _noting(faults, "grants", guild, cells.shown(row)):
            target, role = cells.text(row[0]), cells.snowflake(row[1])
            roles[target] = roles.get(target, frozenset()) | {role}
    return Grants(admins, roles)


def save_names(tx: sqlite3.Connection, guild: GuildId, names: Iterable[tuple[MemberId, str]]) -> None:
    tx.executemany(
        "INSERT INTO members (guild, member, name) VALUES (?, ?, ?)"
        " ON CONFLICT (guild, member) DO UPDATE SET name = excluded.name",
        [(guild, member, name) for member, name in names],
    )


def names(connection: sqlite3.Connection, guild: GuildId, members: Iterable[MemberId]) -> dict[MemberId, str]:
    """Return the known display names of these members; unknown members are missing."""
    found: dict[MemberId, str] = {}
    for member in members:
        if member < 0:
            found[member] = FORMER_MEMBER
            continue
        row = connection.execute("SELECT name FROM members WHERE guild = ? AND member = ?", (guild, member)).fetchone()
        if row is not None and isinstance(row[0], str):
            found[member] = row[0]
    return found


def leaders(connection: sqlite3.Connection, guild: GuildId, role: int) -> set[MemberId]:
    """Return members last seen with this role while it was the guild's leader role."""
    rows = connection.execute("SELECT member FROM leaders WHERE guild = ? AND role = ?", (guild, role)).fetchall()
    return {MemberId(member) for (member,) in rows}


def note_leaders(
    tx: sqlite3.Connection, guild: GuildId, role: int, *, came: Iterable[MemberId], gone: Iterable[MemberId]
) -> None:
    """Store that `came` now hold the leader role and `gone` no longer do."""
    tx.executemany(
        "INSERT OR REPLACE INTO leaders (guild, member, role) VALUES (?, ?, ?)",
        [(guild, member, role) for member in came],
    )
    tx.executemany(
        "DELETE FROM leaders WHERE guild = ? AND member = ? AND role = ?", [(guild, member, role) for member in gone]
    )


def fact(connection: sqlite3.Connection, name: str) -> str | None:
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def note_fact(tx: sqlite3.Connection, name: str, value: str) -> None:
    tx.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", (name, value))
