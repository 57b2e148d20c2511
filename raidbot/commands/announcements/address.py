"""Addresses of the panel of announcements, for the panels that lead to it."""

from raidbot.commands.ui.router import address
from raidbot.raids.announcements.model import OwnerKind

PANEL = "announce"


def announcements_of(kind: OwnerKind, key: str, action: str = "panel", *more: object) -> str:
    """Return the `custom_id` of a button to the announcements of an owner; a raid's key is its code here."""
    return address(PANEL, f"{kind}-{key}", action, *more)
