"""What the asking person may do, and what the bot may do in a channel."""

from typing import Any

import discord

from raidbot.raids.model import MemberId
from raidbot.utils.errors import Refusal

# https://discord.com/developers/docs/topics/permissions, named as Discord's settings page names them
TO_POST = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "embed_links": "Embed Links",
    "add_reactions": "Add Reactions",
    "read_message_history": "Read Message History",
    "manage_messages": "Manage Messages",
}
TO_POST_WITH_THREAD = TO_POST | {
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
}
TO_REPORT = {"view_channel": "View Channel", "send_messages": "Send Messages", "embed_links": "Embed Links"}


class NotAManager(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "This is for people who may manage the server. Ask one of them for the Manage Server permission."
        )


class ServersOnly(Refusal):
    def __init__(self) -> None:
        super().__init__("This works in a server only.")


class NotKnownYet(Refusal):
    def __init__(self) -> None:
        super().__init__("Discord has not told me about this server yet. Try again in a minute.")


class MissingRights(Refusal):
    """Names exactly what the bot lacks in the channel."""

    def __init__(self, channel: discord.TextChannel, missing: list[str]) -> None:
        listed = ", ".join(f"**{name}**" for name in missing)
        super().__init__(f"I cannot work in {channel.mention}: I lack {listed} there. Give me this and try again.")


def here(interaction: discord.Interaction[Any]) -> discord.Guild:
    """The server the interaction comes from. Raises ServersOnly, and NotKnownYet during an outage."""
    if interaction.guild is None:
        raise ServersOnly
    if interaction.guild.unavailable or not interaction.guild.channels:
        raise NotKnownYet
    return interaction.guild


def who(interaction: discord.Interaction[Any]) -> MemberId:
    return MemberId(interaction.user.id)


def may_manage(interaction: discord.Interaction[Any]) -> bool:
    """Manage Server, Administrator or the server's owner."""
    guild = here(interaction)
    allowed = interaction.permissions
    return allowed.manage_guild or allowed.administrator or guild.owner_id == interaction.user.id


def check_manager(interaction: discord.Interaction[Any]) -> None:
    """Raises NotAManager; to be asked on every command, click, choice and form."""
    if not may_manage(interaction):
        raise NotAManager


def missing_rights(channel: discord.TextChannel, needed: dict[str, str]) -> list[str]:
    """The names of what the bot lacks in the channel, out of `needed` (Discord's flag → its name)."""
    granted = channel.permissions_for(channel.guild.me)
    return [name for flag, name in needed.items() if not getattr(granted, flag)]


def check_rights(channel: discord.TextChannel, needed: dict[str, str]) -> None:
    """Raises MissingRights if the bot lacks any of `needed` in the channel."""
    missing = missing_rights(channel, needed)
    if missing:
        raise MissingRights(channel, missing)
