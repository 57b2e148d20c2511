"""Whom an announcement may notify, how many people that is, and what the bot lacks for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import aiohttp
import discord

from raidbot.commands.announcements.subjects import Subject
from raidbot.commands.ui import permissions
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.permissions import UnknownRole
from raidbot.delivery.channel_permissions import missing_permissions
from raidbot.delivery.mentions import may_notify
from raidbot.raids.announcements.model import Announcement, Ping, Place
from raidbot.raids.permissions import Permission
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Listed, Name, Raw, Text, count, render, say

MAX_UNASKED = 25
"""People whom an announcement may reach without a question before."""
TO_ANNOUNCE = {"view_channel": "View Channel", "send_messages": "Send Messages"}


class NotEverybody(Refusal):
    def __init__(self) -> None:
        super().__init__(say("An announcement can’t notify @everyone. Choose a role."))


class RoleNotYours(Refusal):
    def __init__(self, role: discord.Role) -> None:
        super().__init__(
            say(
                "You can’t mention {role} yourself. You need the **Mention Everyone** permission there, or the role has"
                " to allow anyone to mention it.",
                role=Name(role.name),
            )
        )


class ChannelNotYours(Refusal):
    def __init__(self, channel: discord.TextChannel) -> None:
        super().__init__(say("You can’t write in {channel} yourself. Choose another.", channel=Raw(channel.mention)))


@dataclass(frozen=True, slots=True)
class Reach:
    """The number of people that an announcement notifies at most; None if Discord does not tell."""

    people: int | None

    @property
    def asks_first(self) -> bool:
        return self.people is None or self.people > MAX_UNASKED

    @property
    def words(self) -> Text:
        if self.people is None:
            return say("I can’t find out how many people that reaches.")
        return count("That reaches {n} person.", "That reaches {n} people.", self.people)


async def reach_of(interaction: Interaction, subject: Subject, one: Announcement) -> Reach:
    match one.ping:
        case Ping.NOBODY:
            return Reach(0)
        case Ping.SEATED:
            return Reach(subject.seats)
        case Ping.ROLE:
            return Reach(await _members_with(permissions.guild_of(interaction), one.role or 0))


async def check_may_notify(interaction: Interaction, subject: Subject, one: Announcement) -> None:
    """Check the right to let this announcement notify people, of whoever puts it in place or changes it.

    Raises NotAllowed, UnknownRole, NotEverybody or RoleNotYours.
    """
    if one.ping is Ping.NOBODY:
        return
    await permissions.check(interaction, Permission.PINGS)
    if one.ping is not Ping.ROLE:
        return
    guild = permissions.guild_of(interaction)
    role = guild.get_role(one.role or 0)
    if role is None:
        raise UnknownRole
    if role.is_default():
        raise NotEverybody
    if not (role.mentionable or _granted(interaction, _channel(guild, subject, one)).mention_everyone):
        raise RoleNotYours(role)


def check_channel(interaction: Interaction, channel: discord.TextChannel) -> None:
    """Check that the member and the bot may write there. Raises ChannelNotYours or MissingPermissions."""
    granted = _granted(interaction, channel)
    if not (granted.view_channel and granted.send_messages):
        raise ChannelNotYours(channel)
    permissions.check_bot_permissions(channel, TO_ANNOUNCE)


def lacking(guild: discord.Guild, subject: Subject, one: Announcement) -> Text | None:
    """Return the sentence about what the bot lacks to post the announcement and to notify its role, if anything."""
    channel = _channel(guild, subject, one)
    if one.place is Place.CHANNEL and channel is None:
        return say("⚠️ The chosen channel is gone, or I can’t see it.")
    if channel is not None and (missing := missing_permissions(channel, TO_ANNOUNCE)):
        names = Listed(tuple(Name(name) for name in missing), "and")
        return say("⚠️ I lack {names} in {channel}.", names=names, channel=Raw(channel.mention))
    role = guild.get_role(one.role or 0) if one.ping is Ping.ROLE else None
    if one.ping is Ping.ROLE and role is None:
        return say("⚠️ The chosen role is gone.")
    if role is None or may_notify(role, channel):
        return None
    return unheard(role, channel)


def unheard_mentions(guild: discord.Guild, pinged: Mapping[int, Iterable[int | None]]) -> list[str]:
    """Return a sentence for each role that the bot cannot notify in one of its channels; None stands for boards'."""
    found: list[str] = []
    for role in (guild.get_role(one) for one in pinged):
        for number in () if role is None else sorted(pinged[role.id], key=lambda one: one or 0):
            channel = guild.get_channel(number or 0)
            where = channel if isinstance(channel, discord.TextChannel) else None
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


def _channel(guild: discord.Guild, subject: Subject, one: Announcement) -> discord.TextChannel | None:
    """Return the channel where the announcement goes, if it is known; a thread has its channel's permissions."""
    known = one.channel if one.place is Place.CHANNEL else subject.raid.channel if subject.raid else None
    found = guild.get_channel(known or 0)
    return found if isinstance(found, discord.TextChannel) else None


def _granted(interaction: Interaction, channel: discord.TextChannel | None) -> discord.Permissions:
    member = interaction.user
    if isinstance(member, discord.Member) and channel is not None:
        return channel.permissions_for(member)
    return interaction.permissions


async def _members_with(guild: discord.Guild, role: int) -> int | None:
    try:
        counts = await guild.role_member_counts()
    except (discord.HTTPException, aiohttp.ClientError, OSError):
        return None
    return next((number for one, number in counts.items() if one.id == role), 0)
