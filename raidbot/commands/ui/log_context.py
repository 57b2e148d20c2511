"""Names for what was asked: fields of each log line while an interaction is handled, and labels of metrics."""

from typing import TypedDict

import discord
import structlog
from discord.app_commands import Command, ContextMenu

from raidbot.raids.model import RaidId
from raidbot.utils.metrics import interactions as metrics
from raidbot.utils.metrics.registry import OTHER

_MAX_WORDS = 2
_KINDS = {
    discord.InteractionType.application_command: "command",
    discord.InteractionType.component: "component",
    discord.InteractionType.modal_submit: "form",
    discord.InteractionType.autocomplete: "autocomplete",
}


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


def labels_of(interaction: discord.Interaction) -> tuple[str, str] | None:
    """Return the labels that metrics have for the interaction: its kind, and its command or panel; None for a ping.

    Names of commands are Discord's to say. A panel is one that we know: a `custom_id` may be anything.
    """
    kind = _KINDS.get(interaction.type)
    if kind is None:
        return None
    if isinstance(interaction.command, Command | ContextMenu):
        return kind, metrics.ASKED.of(interaction.command.qualified_name)
    sent: dict[str, object] = {**(interaction.data or {})}
    panel = str(sent.get("custom_id")).split(":")[0]
    return kind, panel if panel in metrics.ASKED else OTHER
