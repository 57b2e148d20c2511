"""Choices for what nobody knows of Discord. A test of a bot has to pass with each of them."""

from dataclasses import dataclass
from enum import StrEnum


class SuperDeletion(StrEnum):
    """The effect of deleting somebody's reaction if it is a super reaction."""

    REMOVED = "removed"
    IGNORED = "ignored"
    """204, and the super reaction stays."""
    REFUSED = "refused"
    """10014, as for a reaction that does not exist."""


class DeadEmoji(StrEnum):
    """The behaviour of a reaction whose custom emoji was deleted."""

    UNKNOWN = "unknown"
    """10014 for listing, adding and deleting it."""
    LISTED = "listed"
    """It can be listed and deleted; adding it is answered with 10014."""
    USABLE = "usable"
    """It can also be added, as long as somebody's reaction with it stands."""


@dataclass(slots=True, kw_only=True)
class Assumptions:
    super_deletion: SuperDeletion = SuperDeletion.REMOVED
    dead_emoji: DeadEmoji = DeadEmoji.UNKNOWN
    closed_dms_code: int = 50007
    """The error code of people who accept no direct messages; some report 50278 for it."""
    members_by_id_without_intent: bool = True
    """True if the gateway answers requests for members by their ids in sessions without the members intent.

    Discord documents that only requests for everybody need the intent.
    """
