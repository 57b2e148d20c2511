"""Permissions that the bot needs in a channel, by Discord's flags and with the names that people see."""

import discord

TO_SEND = {"view_channel": "View Channel", "send_messages": "Send Messages", "embed_links": "Embed Links"}
TO_UPLOAD = {"attach_files": "Attach Files"}


def missing_permissions(channel: discord.TextChannel, needed: dict[str, str]) -> list[str]:
    """Return the names of the permissions in `needed` (Discord's flag → its name) that the bot lacks in the channel."""
    granted = channel.permissions_for(channel.guild.me)
    return [name for flag, name in needed.items() if not getattr(granted, flag)]
