"""Roles that messages mention: who may have them mentioned, whether that notifies anybody, and how many it reaches."""

from collections.abc import Iterable, Mapping

import aiohttp
import discord

from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.delivery.mentions import may_notify
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Name, Raw, Text, count, render, say

MANY_PEOPLE = 25
"""A mention that reaches more people is asked about before it is saved."""


class MayNotMention(Refusal):
    def __init__(self, role: discord.Role) -> None:
        super().__init__(
            say(
                "You can’t mention {role} yourself. You need the **Mention Everyone** permission there, or the role has"
                " to allow anyone to mention it.",
                role=Name(role.name),
            )
        )


class MentionUnheard(Refusal):
    """It is the bot that may not mention the role in the channel (None: somewhere on the server)."""

    def __init__(self, role: discord.Role, channel: discord.TextChannel | None) -> None:
        super().__init__(unheard(role, channel))


class RoleToMentionGone(Refusal):
    def __init__(self) -> None:
        super().__init__(say("The role to mention was deleted. Choose another one, or none."))


class NotEverybody(Refusal):
    def __init__(self) -> None:
        super().__init__(say("I can’t notify @everyone. Choose a role."))


def role_to_mention(interaction: Interaction, role: int, channel: discord.TextChannel | None) -> discord.Role:
    """Return the role if this member may mention it in the channel; None stands for where they ask.

    Raises MayNotMention, RoleToMentionGone, and NotEverybody for @everyone.
    """
    found = permissions.guild_of(interaction).get_role(role)
    if found is None:
        raise RoleToMentionGone
    if found.is_default():
        raise NotEverybody
    if not (found.mentionable or permissions_in(interaction, channel).mention_everyone):
        raise MayNotMention(found)
    return found


def check_may_mention(interaction: Interaction, role: int, channel: int | None = None) -> discord.Role:
    """Return the role if this member may mention it in the channel with this id, and the bot, too.

    Raises what `role_to_mention` raises, and MentionUnheard.
    """
    where = text_channel(permissions.guild_of(interaction), channel)
    found = role_to_mention(interaction, role, where)
    if not may_notify(found, where):
        raise MentionUnheard(found, where)
    return found


def unheard_mentions(guild: discord.Guild, pinged: Mapping[int, Iterable[int | None]]) -> list[str]:
    """Return a sentence for each role that the bot cannot notify in one of its channels; None stands for boards'."""
    found: list[str] = []
    for role in (guild.get_role(one) for one in pinged):
        for number in () if role is None else sorted(pinged[role.id], key=lambda one: one or 0):
            where = text_channel(guild, number)
            if role is not None and not may_notify(role, where):
                found.append(render(unheard(role, where)))
    return found


def unheard(role: discord.Role, channel: discord.TextChannel | None) -> Text:
    """Return the sentence that says what it takes for the bot's mention of the role to notify somebody."""
    if channel is None:
        return say(
            "⚠️ My mention of {role} notifies nobody: give me **Mention Everyone**, or let anyone mention the role.",
            role=Raw(role.mention),
        )
    return say(
        "⚠️ My mention of {role} notifies nobody: give me **Mention Everyone** in {channel}, or let anyone mention the"
        " role.",
        role=Raw(role.mention),
        channel=Raw(channel.mention),
    )


def is_many(people: int | None) -> bool:
    """Return True if a mention that reaches so many is asked about first; None if Discord does not say how many."""
    return people is None or people > MANY_PEOPLE


def reach(people: int | None) -> Text:
    """Return how many people a mention reaches, in words; None if Discord does not say."""
    if people is None:
        return say("I can’t find out how many people that reaches.")
    return count("That reaches {n} person.", "That reaches {n} people.", people)


async def members_with(interaction: Interaction, role: int) -> int | None:
    """Return how many members have the role; None if Discord does not say. A press is acknowledged before."""
    if interaction.type is not discord.InteractionType.application_command:
        await responses.acknowledge(interaction)
    try:
        counts = await permissions.guild_of(interaction).role_member_counts()
    except (discord.HTTPException, aiohttp.ClientError, OSError):
        return None
    return next((number for one, number in counts.items() if one.id == role), 0)


def text_channel(guild: discord.Guild, channel: int | None) -> discord.TextChannel | None:
    found = guild.get_channel(channel or 0)
    return found if isinstance(found, discord.TextChannel) else None


def permissions_in(interaction: Interaction, channel: discord.TextChannel | None) -> discord.Permissions:
    """Return what this member may do in the channel; None stands for where they ask."""
    member = interaction.user
    if isinstance(member, discord.Member) and channel is not None:
        return channel.permissions_for(member)
    return interaction.permissions
