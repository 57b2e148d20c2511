"""Lists of roles in audit entries: ids, and a code in place of the role that everybody has."""

from collections.abc import Iterable

from raidbot.raids.audit.arguments import elements
from raidbot.raids.audit.entry import Argument
from raidbot.raids.model import GuildId

EVERYONE = "everyone"
"""Stands for the role with the guild's id, which everybody has."""


def role_ids(roles: Iterable[int], guild: GuildId) -> list[Argument]:
    """Return the roles' ids, ascending, and `EVERYONE` in place of the guild's."""
    return [EVERYONE if role == guild else role for role in sorted(roles)]


def mentions(roles: Argument) -> str | None:
    """Return role mentions; `EVERYONE` becomes “@everyone”, because its mention reads badly."""
    return ", ".join("@everyone" if role == EVERYONE else f"<@&{role}>" for role in elements(roles)) or None
