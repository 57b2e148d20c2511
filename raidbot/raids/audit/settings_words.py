"""The words for settings and their values in audit entries."""

from raidbot.raids.audit.entry import Argument
from raidbot.raids.setting_kinds import plain_words, spoken_minutes
from raidbot.raids.settings import SETTINGS

_SINGLE_LEADS = {
    "creator_reminder_minutes": "reminder to the creator",
    "participant_reminder_minutes": "reminder to participants",
}
"""Settings of old rows, from before there were several leads: minutes, or nothing for “off”."""


def setting_name(code: str) -> str:
    field, _, part = code.partition(".")
    if field in _SINGLE_LEADS:
        return _SINGLE_LEADS[field]
    return SETTINGS[field].name_of(part) if field in SETTINGS else code.replace("_", " ")


def setting_value(code: str, value: Argument) -> str | None:
    """Return the value in words, with channels and roles as mentions; None where nothing is chosen."""
    field = code.partition(".")[0]
    if field in _SINGLE_LEADS:
        return f"{spoken_minutes(value)} before" if isinstance(value, int) else plain_words(value) or "off"
    return SETTINGS[field].audit_words(value) if field in SETTINGS else plain_words(value)
