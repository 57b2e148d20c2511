"""Fields that every log line carries while an interaction is handled."""

from typing import TypedDict

import discord
import structlog
from discord.app_commands import Command, ContextMenu

from raidbot.raids.model import RaidId

_MAX_WORDS = 2


class LogContext(TypedDict, total=False):
    """`asked` is a command or the kind of a press; `member` is an id here and a tag in the log."""

    interaction: int
    asked: str
    guild: int | None
    member: int


def of_interaction(interaction: discord.Interaction) -> LogContext:
    """Return the fields for this interaction."""
    return LogContext(
        interaction=interaction.id, asked=asked(interaction), guild=interaction.guild_id, member=interaction.user.id
    )


def note_raid(raid: RaidId) -> None:
    """Add the raid that the interaction is about, for the rest of its task."""
    structlog.contextvars.bind_contextvars(raid=raid)


def asked(interaction: discord.Interaction) -> str:
    """Return the command's name, or the words of a `custom_id` without the ids in it."""
    if isinstance(interaction.command, Command | ContextMenu):
        return interaction.command.qualified_name
    sent: dict[str, object] = {**(interaction.data or {})}
    custom_id = sent.get("custom_id")
    return interaction.type.name if custom_id is None else kind_of(str(custom_id))


def kind_of(custom_id: str) -> str:
    """Return the panel's name and the first words after it: `raid:action` for `raid:AB12CD:action:17`."""
    panel, *parts = custom_id.split(":")
    words = [part for part in parts if part.isascii() and part.islower() and part.replace("-", "").isalpha()]
    return ":".join([panel, *words[:_MAX_WORDS]])
