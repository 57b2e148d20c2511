"""Roles that a board mentions: whether this member may have them mentioned, and how many people that reaches."""

import aiohttp
import discord

from raidbot.commands.ui import permissions
from raidbot.commands.ui.interaction import Interaction
from raidbot.delivery.discord_internals import role_sizes
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Name, say

MANY_PEOPLE = 25
"""A mention that reaches more people is asked about before it is saved."""


class MayNotMention(Refusal):
    """`by_bot`: it is the bot that may not, so its mention would notify nobody."""

    def __init__(self, role: discord.Role, *, by_bot: bool = False) -> None:
        name = Name(role.name)
        super().__init__(
            say("I may not mention **{role}**: allow anyone to mention it, or give me “Mention All Roles”.", role=name)
            if by_bot
            else say("You may not mention **{role}** on this server, so I won't do it for you.", role=name)
        )


class RoleToMentionGone(Refusal):
    def __init__(self) -> None:
        super().__init__(say("The role to mention was deleted. Choose another one, or none."))


def check_may_mention(interaction: Interaction, role: int) -> discord.Role:
    """Return the role if this member may mention it, and the bot, too.

    Raises MayNotMention, RoleToMentionGone, and NotEveryone for @everyone.
    """
    guild = permissions.guild_of(interaction)
    found = guild.get_role(role)
    if found is None:
        raise RoleToMentionGone
    if found.is_default():
        raise permissions.NotEveryone
    if not found.mentionable and not interaction.permissions.mention_everyone:
        raise MayNotMention(found)
    if not found.mentionable and not guild.me.guild_permissions.mention_everyone:
        raise MayNotMention(found, by_bot=True)
    return found


async def reach_of(interaction: Interaction, role: int) -> int | None:
    """Return how many members have the role; None if Discord does not say."""
    try:
        return (await role_sizes(interaction.client, permissions.guild_id(interaction))).get(role)
    except (discord.HTTPException, aiohttp.ClientError, OSError):
        return None
