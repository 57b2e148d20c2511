"""Audit entries for changed settings."""

from collections.abc import Iterable, Iterator
from dataclasses import fields

from raidbot.raids.audit.entry import Argument, AuditAction, Entry
from raidbot.raids.model import GuildId, Kind
from raidbot.raids.permissions import Grants, targets
from raidbot.raids.settings import GuildSettings

EVERYONE = "everyone"
"""Stands for the role with the guild's id, which everybody has."""


def settings_entries(before: GuildSettings, after: GuildSettings) -> tuple[Entry, ...]:
    """Return one entry per setting that differs."""
    was = dict(_values(before))
    return tuple(
        Entry(AuditAction.SETTING_CHANGED, None, {"setting": setting, "before": was.get(setting), "after": value})
        for setting, value in _values(after)
        if was.get(setting) != value
    )


def role_ids(roles: Iterable[int], guild: GuildId) -> list[Argument]:
    """Return the roles' ids, ascending, and `EVERYONE` in place of the guild's."""
    return [EVERYONE if role == guild else role for role in sorted(roles)]


def _values(settings: GuildSettings) -> Iterator[tuple[str, Argument]]:
    """Yield every setting as (code, value); the value is None where nothing is chosen or the setting is off."""
    for entry in fields(settings):
        name = entry.name
        match name:
            case "guild" | "creator_reminders" | "participant_reminders" | "threads":
                continue  # reported with the minutes settings below
            case "creator_reminder_minutes":
                yield name, settings.creator_reminder_minutes if settings.creator_reminders else None
            case "participant_reminder_minutes":
                yield name, settings.participant_reminder_minutes if settings.participant_reminders else None
            case "thread_archive_minutes":
                yield name, settings.thread_archive_minutes if settings.threads else None
            case "channels":
                yield from ((f"{name}.{kind}", settings.channels.get(kind)) for kind in Kind)
            case "leader_role":
                role = settings.leader_role
                yield name, _chosen(() if role is None else (role,), settings.guild)
            case "signup_roles":
                for kind in Kind:
                    yield f"{name}.{kind}", _chosen(settings.signup_roles.get(kind, ()), settings.guild)
            case "grants":
                yield from _granted(settings.grants, settings.guild)
            case _:
                yield name, _scalar(getattr(settings, name))


def _granted(grants: Grants, guild: GuildId) -> Iterator[tuple[str, Argument]]:
    yield "admin_roles", _chosen(grants.admins, guild)
    for target in targets():
        yield f"grants.{target}", _chosen(grants.of(target), guild)


def _chosen(roles: Iterable[int], guild: GuildId) -> list[Argument] | None:
    return role_ids(roles, guild) or None


def _scalar(value: object) -> str | int | None:
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"a setting of type {type(value).__name__} needs a case of its own")
