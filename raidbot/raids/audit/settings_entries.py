"""Audit entries for changed settings."""

from collections.abc import Iterator

from raidbot.raids.audit.entry import Argument, AuditAction, Entry
from raidbot.raids.audit.role_lists import role_ids
from raidbot.raids.settings import SETTINGS, GuildSettings


def settings_entries(before: GuildSettings, after: GuildSettings) -> tuple[Entry, ...]:
    """Return one entry per setting that differs, and one for a time zone that nobody had chosen yet."""
    was = dict(_values(before))
    if after.zone_chosen and not before.zone_chosen:
        was["zone"] = None if after.zone == before.zone else before.zone
    return tuple(
        Entry(AuditAction.SETTING_CHANGED, None, {"setting": setting, "before": was.get(setting), "after": value})
        for setting, value in _values(after)
        if was.get(setting) != value
    )


def _values(settings: GuildSettings) -> Iterator[tuple[str, Argument]]:
    """Yield every setting as (code, value); the value is None where nothing is chosen or the setting is off."""
    for field, setting in SETTINGS.items():
        if setting.is_audited:
            for code, value in setting.audited(field, settings.value(field)):
                yield code, role_ids(value, settings.guild) or None if isinstance(value, frozenset) else value
