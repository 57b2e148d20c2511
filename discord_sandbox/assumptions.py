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


@dataclass(slots=True, kw_only=True)
class Assumptions:
    super_deletion: SuperDeletion = SuperDeletion.REMOVED
