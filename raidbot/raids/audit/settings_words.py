"""The words for settings and their values, as in `/settings`."""

from raidbot.raids.audit.arguments import elements
from raidbot.raids.audit.entry import Argument
from raidbot.raids.audit.settings_entries import EVERYONE
from raidbot.raids.settings import spoken_minutes

_NAMES = {
    "zone": "time zone",
    "creator_reminder_minutes": "reminder to the creator",
    "participant_reminder_minutes": "reminder to participants",
    "full_close_minutes": "closing of full raids",
    "thread_archive_minutes": "discussion threads",
    "thread_members": "members in threads",
    "refusal_notices_in_thread": "refusals in threads",
    "signup_style": "signing up",
    "audit_channel": "audit log",
    "debug_channel": "live log",
    "audit_days": "keeping of the audit",
}


def setting_name(setting: str) -> str:
    group, _, member = setting.partition(".")
    match group:
        case "channels":
            return f"{member} channel"
        case "signup_roles":
            return f"{member} signup roles"
        case "grants":
            return f"roles for {member}"
        case _:
            return _NAMES.get(setting, setting.replace("_", " "))


def setting_value(setting: str, value: Argument) -> str | None:
    """Return the value in words, with channels and roles as mentions; None where nothing is chosen."""
    match setting.partition(".")[0], value:
        case ("creator_reminder_minutes" | "participant_reminder_minutes" | "thread_archive_minutes", None):
            return "off"
        case ("creator_reminder_minutes" | "participant_reminder_minutes", int(minutes)):
            return _lead(minutes)
        case ("full_close_minutes", int(minutes)):
            return _lead(minutes) if minutes else "at their start"
        case ("thread_archive_minutes", int(minutes)):
            return f"archived after {spoken_minutes(minutes)}"
        case ("audit_days", int(days)):
            return f"for {days} days"
        case ("channels" | "audit_channel" | "debug_channel", _):
            return f"<#{value}>" if value else None
        case ("leader_role" | "signup_roles" | "admin_roles" | "grants", _):
            return mentions(value)
        case (_, bool(is_on)):
            return "on" if is_on else "off"
        case _:
            return None if value is None else str(value)


def mentions(roles: Argument) -> str | None:
    """Return role mentions; `EVERYONE` becomes “@everyone”, because its mention reads badly."""
    return ", ".join("@everyone" if role == EVERYONE else f"<@&{role}>" for role in elements(roles)) or None


def _lead(minutes: int) -> str:
    return f"{spoken_minutes(minutes)} before"
