"""A model of the Node.js bot's guilds and raids, and the rows in which that bot stored them.

The model describes what the bot's boards and panels show. Tests compare the import with it, never with the rows.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.ops.importer.legacy.schema import NEWEST, Release, create

Row = dict[str, Any]

VANGUARD = "VANGAURD"
"""Misspelt as in the old bot's data; a strategy replaces the group of this name."""
MYTH_VANGUARD = (
    ("1️⃣", "<:Myth:1430673701439017100>", "Myth 1"),
    ("2️⃣", "<:Myth:1430673701439017100>", "Myth 2"),
    ("3️⃣", "<:Storm:1430690317421776957>", "Storm 1"),
    ("4️⃣", "<:Balance:1430673056380092457>", "Jade"),
)
FLAT = {"key": ("Key Boss", "🔑"), "challenge": ("Challenge", "⚔️")}
"""Name and emoji of the single list that each kind had before there were teams."""
LEMURIA_SIDES = ("Left side (Bomb)", "Left side (Polymorph)", "Right side (Automaton)", "Right side (Bomb)")


@dataclass(slots=True, kw_only=True)
class OldRole:
    """A position, a museum's list or a team; `users` and `waiting` are in the order of the board."""

    name: str
    emoji: str
    slots: int = 1
    group: str = ""
    icon: str = ""
    users: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    sides: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class OldTemplate:
    """`id` is `raid-<n>` for templates that came with the bot, `custom-…` for a guild's own."""

    id: str
    slug: str
    name: str
    emoji: str = "🐉"
    description: str = ""
    colour: str = "#8e44ad"
    roles: list[OldRole]

    def snapshot(self) -> Row:
        return {
            "id": self.id,
            "slug": self.slug,
            "name": self.name,
            "emoji": self.emoji,
            "description": self.description,
            "color": self.colour,
            "roleGroups": self.groups(),
        }

    def groups(self) -> list[Row]:
        grouped: dict[str, list[Row]] = {}
        for role in self.roles:
            grouped.setdefault(role.group, []).append(
                {"emoji": role.emoji, "icon": role.icon, "name": role.name, "slots": role.slots}
            )
        return [{"name": name, "roles": roles} for name, roles in grouped.items()]


@dataclass(slots=True, kw_only=True)
class OldRaid:
    """`template` is the one it was made from, `roles` are those its board shows. Instants are Unix seconds."""

    message: int
    code: str
    guild: int
    channel: int
    creator: int
    kind: str
    roles: list[OldRole]
    starts_at: int
    created_at: int
    template: OldTemplate | None = None
    length: str | None = None
    strategy: str | None = None
    subject: str | None = None
    counts: bool = True
    thread: int | None = None
    creator_reminded: bool = False
    participants_reminded: bool = False
    closed_at: int | None = None
    closed_by: int | None = None
    closed_reason: str | None = None
    no_shows: dict[int, int] = field(default_factory=dict)
    """The members who did not come, each with the member who marked them."""
    came_after_all: dict[int, int] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def members(self) -> list[int]:
        """All seated members."""
        return [user for role in self.roles for user in role.users]

    @property
    def description(self) -> str:
        """The description as the board shows it."""
        text = self.template.description if self.template else ""
        return text.replace("triple storm", self.strategy) if self.strategy else text

    @property
    def has_sides(self) -> bool:
        name = self.template.name.lower() if self.template else ""
        return self.kind == "raid" and ("lemuria" in name or "ghastly" in name)

    @property
    def role_keys(self) -> dict[int, str]:
        """The role name under which each seated member is counted, by member."""
        return {user: ("Museum" if self.kind == "museum" else role.name) for role in self.roles for user in role.users}

    @property
    def label(self) -> str:
        """The name under which the raid is counted."""
        if self.kind == "raid":
            return self.template.name if self.template else "Raid"
        label = {"museum": "Museum Signup", "key": "Gold Key Boss", "challenge": "Challenge Mode"}[self.kind]
        return f"{label} — {self.subject}" if self.subject else label


@dataclass(slots=True, kw_only=True)
class OldGuild:
    """A guild's settings in the old bot's units. `rows` holds raw rows of other tables, by table."""

    id: int
    channels: dict[str, int] = field(default_factory=dict)
    audit_channel: int | None = None
    debug_channel: int | None = None
    creator_seconds: int = 1800
    participant_seconds: int = 600
    auto_close_seconds: int = 3600
    creator_reminders: bool = True
    participant_reminders: bool = True
    leader_role: int | None = None
    threads: bool = False
    archive_minutes: int = 1440
    zone: str = "America/New_York"
    admins: list[int] = field(default_factory=list)
    commands: dict[str, list[int]] = field(default_factory=dict)
    raid_gate: list[int] = field(default_factory=list)
    museum_gate: list[int] = field(default_factory=list)
    templates: list[OldTemplate] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class OldBot:
    guilds: list[OldGuild] = field(default_factory=list)
    raids: list[OldRaid] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def zones(self) -> dict[int, str]:
        return {guild.id: guild.zone for guild in self.guilds}

    def write(self, path: Path, release: Release = NEWEST, *, constraints: bool = True) -> None:
        """Create the database file, in WAL mode as the old bot does."""
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(create(release, constraints=constraints))
            for table, row in self.all_rows():
                insert(connection, table, row, release)
            connection.execute("PRAGMA foreign_keys = ON")

    def all_rows(self) -> Iterator[tuple[str, Row]]:
        for guild in self.guilds:
            yield from guild_rows(guild)
        for raid in self.raids:
            yield from raid_rows(raid)
        for table, rows in self.rows.items():
            yield from ((table, row) for row in rows)


def insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Any], release: Release = NEWEST) -> None:
    """Insert the cells for which the release has a table and column."""
    if release.lacks(table):
        return
    kept = {name: value for name, value in row.items() if not release.lacks(table, name)}
    connection.execute(
        f"INSERT INTO {table} ({', '.join(kept)}) VALUES ({', '.join('?' * len(kept))})",  # noqa: S608 - trusted names
        list(kept.values()),
    )


def guild_rows(guild: OldGuild) -> Iterator[tuple[str, Row]]:
    yield "guilds", _settings(guild)
    if guild.museum_gate:
        yield "guilds", {"id": f"{guild.id}:museum"}
    for role in guild.admins:
        yield "admin_roles", {"guild_id": str(guild.id), "role_id": str(role)}
    for command, roles in guild.commands.items():
        for role in roles:
            yield "command_permissions", {"guild_id": str(guild.id), "command_name": command, "role_id": str(role)}
    for scope, roles in ((str(guild.id), guild.raid_gate), (f"{guild.id}:museum", guild.museum_gate)):
        for role in roles:
            yield "signup_roles", {"guild_id": scope, "role_id": str(role)}
    for template in guild.templates:
        yield "custom_templates", _custom(guild.id, template)
    for table, rows in guild.rows.items():
        yield from ((table, row) for row in rows)


def _settings(guild: OldGuild) -> Row:
    return {
        "id": str(guild.id),
        **{f"{kind}_channel_id": _text(guild.channels.get(kind)) for kind in ("raid", "museum", "key", "challenge")},
        "audit_channel_id": _text(guild.audit_channel),
        "debug_channel_id": _text(guild.debug_channel),
        "creator_reminder_seconds": guild.creator_seconds,
        "participant_reminder_seconds": guild.participant_seconds,
        "auto_close_seconds": guild.auto_close_seconds,
        "last_auto_close_seconds": guild.auto_close_seconds or 3600,
        "creator_reminders_enabled": int(guild.creator_reminders),
        "participant_reminders_enabled": int(guild.participant_reminders),
        "raid_leader_role_id": _text(guild.leader_role),
        "threads_enabled": int(guild.threads),
        "thread_auto_archive_minutes": guild.archive_minutes,
        "default_timezone": guild.zone,
    }


def _custom(guild: int, template: OldTemplate) -> Row:
    return {
        "id": template.id,
        "guild_id": str(guild),
        "name": template.name,
        "emoji": template.emoji,
        "description": template.description,
        "color": template.colour,
        "role_groups": json.dumps(template.groups(), ensure_ascii=False),
    }


def raid_rows(raid: OldRaid) -> Iterator[tuple[str, Row]]:
    yield "raids", _raid(raid)
    yield from _people(raid)
    for attended, said in ((0, raid.no_shows), (1, raid.came_after_all)):
        for user, by in said.items():
            marked = {"marked_by": str(by), "marked_at": raid.closed_at} if attended == 0 else {}
            yield (
                "raid_attendance",
                {"message_id": str(raid.message), "user_id": str(user), "attended": attended, **marked},
            )


def _raid(raid: OldRaid) -> Row:
    by_kind = {"museum_start": "museum", "key_start": "key", "challenge_start": "challenge"}
    assert by_kind.get(raid.closed_reason or "", raid.kind) == raid.kind
    return {
        "message_id": str(raid.message),
        "raid_id": raid.code,
        "guild_id": str(raid.guild),
        "channel_id": str(raid.channel),
        "type": raid.kind,
        "template_slug": raid.template.slug if raid.template else None,
        "template_data": _template_data(raid),
        "datetime": "friday 8pm",
        "timestamp": raid.starts_at,
        "length": raid.length,
        "strategy": raid.strategy,
        "creator_id": str(raid.creator),
        "max_slots": raid.roles[0].slots if raid.kind == "museum" else None,
        "thread_id": _text(raid.thread),
        "creator_reminder_sent": int(raid.creator_reminded),
        "participant_reminder_sent": int(raid.participants_reminded),
        "created_at": raid.created_at,
        "closed_at": raid.closed_at,
        "closed_by": _text(raid.closed_by),
        "closed_reason": raid.closed_reason,
        "auto_close_executed": int(raid.closed_reason not in (None, "manual")),
        "stats_recorded": int(not raid.is_open),
        "version": 3,
    }


def _template_data(raid: OldRaid) -> str | None:
    if raid.kind == "museum":
        return None
    if raid.template is not None:
        return json.dumps(raid.template.snapshot(), ensure_ascii=False)
    is_flat = raid.roles[0].name in dict(FLAT.values())
    teams = {} if is_flat else {"teamCount": len(raid.roles), "maxPerTeam": raid.roles[0].slots}
    return json.dumps({"bossName": raid.subject, "countsForParticipation": raid.counts, **teams}, ensure_ascii=False)


def _people(raid: OldRaid) -> Iterator[tuple[str, Row]]:
    for role in raid.roles:
        for place, user in enumerate(role.users):
            yield "signups", _signup(raid, role, user, place, is_waiting=False)
        for place, user in enumerate(role.waiting):
            if raid.kind == "museum":
                yield "museum_waitlist", {"message_id": str(raid.message), "user_id": str(user), "position": place}
            else:
                yield "signups", _signup(raid, role, user, place, is_waiting=True)


def _signup(raid: OldRaid, role: OldRole, user: int, place: int, *, is_waiting: bool) -> Row:
    return {
        "message_id": str(raid.message),
        "user_id": str(user),
        "role_name": role.name,
        "role_emoji": role.emoji,
        "role_icon": role.icon or None,
        "group_name": role.group or None,
        "slot_index": place,
        "slots": role.slots,
        "is_waitlist": int(is_waiting),
        "side_assignment": role.sides.get(user),
        "signed_up_at": raid.created_at + 60,
    }


def _text(snowflake: int | None) -> str | None:
    return None if snowflake is None else str(snowflake)
