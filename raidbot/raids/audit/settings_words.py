"""The words for settings and their values in audit entries."""

from raidbot.raids.audit.entry import Argument
from raidbot.raids.setting_kinds import plain_words
from raidbot.raids.settings import SETTINGS


def setting_name(code: str) -> str:
    field, _, part = code.partition(".")
    return SETTINGS[field].name_of(part) if field in SETTINGS else code.replace("_", " ")


def setting_value(code: str, value: Argument) -> str | None:
    """Return the value in words, with channels and roles as mentions; None where nothing is chosen."""
    field = code.partition(".")[0]
    return SETTINGS[field].audit_words(value) if field in SETTINGS else plain_words(value)
