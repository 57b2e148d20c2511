"""Describe old and imported raids, guilds and templates as dictionaries that can be compared."""

import sqlite3
from dataclasses import replace
from typing import Any

from raidbot.db import raid_queries, raids
from raidbot.raids.model import CloseReason, GuildId, Kind, Presence, Raid, Status
from raidbot.raids.reminders.leads import Leads, ReminderLead
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates.catalogue import Catalogue
from tests.ops.importer.legacy.generator import COMMANDS, NOW
from tests.ops.importer.legacy.model import LEMURIA_SIDES, OldGuild, OldRaid, OldTemplate

_REASONS = {
    "manual": CloseReason.MANUAL,
    "auto": CloseReason.FULL,
    "museum_start": CloseReason.AT_START,
    "key_start": CloseReason.AT_START,
    "challenge_start": CloseReason.AT_START,
}
_TITLES = {"museum": "Museum Signup", "key": "Gold Key Boss", "challenge": "Challenge Mode"}
_COLOURS = {"museum": 0x5865F2, "key": 0xFFD700, "challenge": 0xFF0000}


def of_old_raid(raid: OldRaid, zone: str) -> dict[str, Any]:
    """Return the expected facts. A raid that had begun with open signups counts as closed at its start."""
    if raid.is_open and raid.starts_at <= NOW.timestamp():
        by_itself = "auto" if raid.kind == "raid" else f"{raid.kind}_start"
        told = of_old_raid(replace(raid, closed_at=raid.starts_at, closed_reason=by_itself), zone)
        return told | {"closed_reason": CloseReason.AT_START}
    return {
        "message": raid.message,
        "code": raid.code,
        "guild": raid.guild,
        "channel": raid.channel,
        "creator": raid.creator,
        "thread": raid.thread,
        "kind": Kind(raid.kind),
        "title": raid.template.name if raid.template else _TITLES[raid.kind],
        "colour": int(raid.template.colour[1:], 16) if raid.template else _COLOURS[raid.kind],
        "description": raid.description,
        "subject": raid.subject,
        "counts": raid.counts,
        "strategy": raid.strategy,
        "length": int(float(raid.length) * 60) if raid.length else None,
        "starts_at": raid.starts_at,
        "created_at": raid.created_at,
        "zone": zone,
        "status": Status.OPEN if raid.is_open else Status.CLOSED,
        "closed_at": raid.closed_at,
        "closed_by": raid.closed_by,
        "closed_reason": _REASONS[raid.closed_reason] if raid.closed_reason else None,
        "reminded": raid.creator_reminded or raid.participants_reminded,
        "sides": LEMURIA_SIDES if raid.has_sides else (),
        "filled_once": _is_full(raid) if raid.is_open else None,
        "roles": [(role.name, role.emoji, role.slots, role.group, role.icon) for role in raid.roles],
        "seats": [
            [(user, role.sides.get(user), n >= role.slots) for n, user in enumerate(role.users)] for role in raid.roles
        ],
        "lines": [role.waiting for role in raid.roles],
        "attendance": {} if raid.is_open else _benched(raid) | {user: _presence(raid, user) for user in raid.members},
    }


def raid_by_code(connection: sqlite3.Connection, guild: int, code: str) -> Raid | None:
    raid_id = raid_queries.id_of(connection, GuildId(guild), code)
    return None if raid_id is None else raids.load(connection, raid_id)


def of_raid(raid: Raid) -> dict[str, Any]:
    return {
        "message": raid.message,
        "code": raid.code,
        "guild": raid.guild,
        "channel": raid.channel,
        "creator": raid.creator,
        "thread": raid.thread,
        "kind": raid.kind,
        "title": raid.title,
        "colour": raid.colour,
        "description": raid.description,
        "subject": raid.subject,
        "counts": raid.counts,
        "strategy": raid.strategy,
        "length": raid.length_minutes,
        "starts_at": int(raid.starts_at.timestamp()),
        "created_at": int(raid.created_at.timestamp()),
        "zone": raid.zone,
        "status": raid.status,
        "closed_at": int(raid.closed_at.timestamp()) if raid.closed_at else None,
        "closed_by": raid.closed_by,
        "closed_reason": raid.closed_reason,
        "reminded": raid.reminded_until is not None,
        "sides": raid.sides,
        "filled_once": raid.filled_once if raid.is_open else None,
        "roles": [(role.name, role.emoji, role.seats, role.group, role.icon) for role in raid.roles],
        "seats": [[(seat.member, seat.side, seat.forced) for seat in raid.seated(role.key)] for role in raid.roles],
        "lines": [[wait.member for wait in raid.waitlist(role.key)] for role in raid.roles],
        "attendance": {row.member: (row.presence, row.marked_by) for row in raid.attendance},
    }


def of_old_guild(guild: OldGuild) -> dict[str, Any]:
    raid_gate, museum_gate = frozenset(guild.raid_gate), frozenset(guild.museum_gate)
    return {
        "zone": guild.zone,
        "channels": {Kind(kind): channel for kind, channel in guild.channels.items()},
        "audit": guild.audit_channel,
        "debug": guild.debug_channel,
        "creator": _leads(guild.creator_reminders, guild.creator_seconds),
        "participants": _leads(guild.participant_reminders, guild.participant_seconds),
        "full_close": guild.auto_close_seconds // 60,
        "leader_role": guild.leader_role,
        "threads": (guild.threads, guild.archive_minutes),
        "admins": frozenset(guild.admins),
        "grants": {name: frozenset(roles) for name, roles in guild.commands.items() if name in COMMANDS and roles},
        "gates": {kind: museum_gate if kind is Kind.MUSEUM else raid_gate for kind in Kind},
    }


def _leads(is_on: bool, seconds: int) -> Leads:
    return (ReminderLead(seconds // 60),) if is_on and seconds else ()


def of_settings(settings: GuildSettings) -> dict[str, Any]:
    everybody = {settings.guild}
    return {
        "zone": settings.zone,
        "channels": settings.channels,
        "audit": settings.audit_channel,
        "debug": settings.debug_channel,
        "creator": settings.leader_leads,
        "participants": settings.member_leads,
        "full_close": settings.full_close_minutes,
        "leader_role": settings.leader_role,
        "threads": (settings.threads, settings.thread_archive_minutes),
        "admins": settings.grants.admins,
        "grants": {name: roles for name, roles in settings.grants.roles.items() if roles},
        "gates": {kind: settings.signup_roles_for(kind) - everybody for kind in Kind},
    }


def _presence(raid: OldRaid, user: int) -> tuple[Presence, int | None]:
    return (Presence.NO_SHOW, raid.no_shows[user]) if user in raid.no_shows else (Presence.PRESENT, None)


def _benched(raid: OldRaid) -> dict[int, tuple[Presence, int | None]]:
    return {user: (Presence.BENCHED, None) for role in raid.roles for user in role.waiting}


def _is_full(raid: OldRaid) -> bool:
    return all(len(role.users) >= role.slots for role in raid.roles)


def of_old_templates(guild: OldGuild) -> list[dict[str, Any]]:
    """Return the guild's overrides (generated for Polaris only), then its own templates."""
    own = [
        {"name": one.name, "emoji": one.emoji, "colour": int(one.colour[1:], 16), "enabled": True, "roles": _roles(one)}
        for one in guild.templates
    ]
    changed = [
        {
            "name": row["name"],
            "emoji": row["emoji"],
            "colour": int(row["color"][1:], 16),
            "enabled": not row["disabled"],
        }
        for row in guild.rows.get("template_overrides", ())
    ]
    return [*changed, *own]


def of_catalogue(catalogue: Catalogue) -> list[dict[str, Any]]:
    found = []
    for entry in catalogue.entries:
        template = entry.template
        if entry.is_own or entry.is_changed:
            look = {"name": template.name, "emoji": template.emoji, "colour": template.colour, "enabled": entry.enabled}
            roles = [(role.name, role.emoji, role.seats, role.group, role.icon) for role in template.roles]
            found.append(look | ({"roles": roles} if entry.is_own else {}))
    return found


def _roles(template: OldTemplate) -> list[tuple[Any, ...]]:
    return [(role.name, role.emoji, role.slots, role.group, role.icon) for role in template.roles]
