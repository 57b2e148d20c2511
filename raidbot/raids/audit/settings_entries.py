"""Audit entries for changed settings, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from raidbot.raids.audit.entry import Entry
from raidbot.raids.model import GuildId, Kind
from raidbot.raids.permissions import Grants, targets
from raidbot.raids.settings import GuildSettings, spoken_minutes


def settings_entries(before: GuildSettings, after: GuildSettings) -> tuple[Entry, ...]:
    """Return one entry per setting that differs, with channels and roles as Discord mentions."""
    said = dict(_settings_in_words(before))
    return tuple(
        Entry(f"{name} changed", None, said.get(name), value)
        for name, value in _settings_in_words(after)
        if said.get(name) != value
    )


_NAMES = {
    "zone": "time zone",
    "signup_style": "signing up",
    "thread_members": "members in threads",
    "refusal_notices_in_thread": "refusals in threads",
    "audit_channel": "audit log",
    "debug_channel": "live log",
}


def _settings_in_words(settings: GuildSettings) -> Iterator[tuple[str, str | None]]:
    """Yield every setting as (name, value), named as in `/settings`; the value is None where nothing is chosen."""
    for entry in fields(settings):
        name, value = entry.name.replace("_", " "), getattr(settings, entry.name)
        match entry.name:
            case "guild" | "creator_reminders" | "participant_reminders" | "threads":
                continue  # reported with the minutes settings below
            case "creator_reminder_minutes":
                yield "reminder to the creator", _lead_in_words(value) if settings.creator_reminders else "off"
            case "participant_reminder_minutes":
                yield "reminder to participants", _lead_in_words(value) if settings.participant_reminders else "off"
            case "full_close_minutes":
                yield "closing of full raids", _lead_in_words(value) if value else "at their start"
            case "thread_archive_minutes":
                yield "discussion threads", f"archived after {spoken_minutes(value)}" if settings.threads else "off"
            case "audit_days":
                yield "keeping of the audit", f"for {value} days"
            case "channels":
                yield from ((f"{kind} channel", _channel(value.get(kind))) for kind in Kind)
            case "audit_channel" | "debug_channel":
                yield _NAMES[entry.name], _channel(value)
            case "leader_role":
                yield name, _mentions(() if value is None else (value,), settings.guild)
            case "signup_roles":
                for kind in Kind:
                    yield f"{kind} signup roles", _mentions(value.get(kind, ()), settings.guild)
            case "grants":
                yield from _said_grants(value, settings.guild)
            case _:
                yield _NAMES.get(entry.name, name), _scalar(value)


def _lead_in_words(minutes: int) -> str:
    return f"{spoken_minutes(minutes)} before"


def _said_grants(grants: Grants, guild: GuildId) -> Iterator[tuple[str, str | None]]:
    yield "admin roles", _mentions(grants.admins, guild)
    for target in targets():
        yield f"roles for {target}", _mentions(grants.of(target), guild)


def _channel(channel: int | None) -> str | None:
    return f"<#{channel}>" if channel else None


def _mentions(roles: Iterable[int], guild: GuildId) -> str | None:
    """Return role mentions; the role with the guild's id becomes “@everyone”, because its mention reads badly."""
    return ", ".join("@everyone" if role == guild else f"<@&{role}>" for role in sorted(roles)) or None


def _scalar(value: Any) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "on" if value else "off"
        case _:
            return str(value)
