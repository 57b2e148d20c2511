"""Mentions of roles: what the bot needs for them, and those that a posted message did not notify."""

from collections.abc import Iterable

import discord


def unheard_roles(message: discord.Message, wanted: Iterable[int]) -> tuple[int, ...]:
    """Return those of the wanted roles that the message notified nobody of; none while the server is unknown.

    Discord lists in a message the roles that it notified. It leaves out those that the bot may not mention.
    """
    guild = message.guild
    if guild is None or guild.unavailable:
        return ()
    heard = {role.id for role in message.role_mentions}
    return tuple(role for role in wanted if role not in heard)


def may_notify(role: discord.Role, channel: discord.abc.GuildChannel | None) -> bool:
    """Return True if the bot's mention of the role in the channel (None: somewhere on the server) notifies it."""
    own = role.guild.me
    granted = own.guild_permissions if channel is None else channel.permissions_for(own)
    return role.mentionable or granted.mention_everyone
