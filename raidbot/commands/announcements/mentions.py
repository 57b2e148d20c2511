"""Whom an announcement may notify, how many people that is, and what the bot lacks for it."""

from dataclasses import dataclass

import discord

from raidbot.commands.announcements.subjects import Subject
from raidbot.commands.posting.mentions import (
    is_many,
    members_with,
    permissions_in,
    reach,
    role_to_mention,
    text_channel,
    unheard,
)
from raidbot.commands.ui import permissions
from raidbot.commands.ui.interaction import Interaction
from raidbot.delivery.channel_permissions import missing_permissions
from raidbot.delivery.mentions import may_notify
from raidbot.raids.announcements.model import Announcement, Ping, Place
from raidbot.raids.permissions import Permission
from raidbot.utils.errors import Refusal
from raidbot.utils.words import Listed, Name, Raw, Text, say

TO_ANNOUNCE = {"view_channel": "View Channel", "send_messages": "Send Messages"}


class ChannelNotYours(Refusal):
    def __init__(self, channel: discord.TextChannel) -> None:
        super().__init__(say("You can’t write in {channel} yourself. Choose another.", channel=Raw(channel.mention)))


@dataclass(frozen=True, slots=True)
class Reach:
    """The number of people that an announcement notifies at most; None if Discord does not tell."""

    people: int | None

    @property
    def asks_first(self) -> bool:
        return is_many(self.people)

    @property
    def words(self) -> Text:
        return reach(self.people)


async def reach_of(interaction: Interaction, subject: Subject, one: Announcement) -> Reach:
    match one.ping:
        case Ping.NOBODY:
            return Reach(0)
        case Ping.SEATED:
            return Reach(subject.seats)
        case Ping.ROLE:
            return Reach(await members_with(interaction, one.role or 0))


async def check_may_notify(interaction: Interaction, subject: Subject, one: Announcement) -> None:
    """Check the right to let this announcement notify people, of whoever puts it in place or changes it.

    Raises NotAllowed, and what `role_to_mention` raises.
    """
    if one.ping is Ping.NOBODY:
        return
    await permissions.check(interaction, Permission.PINGS)
    if one.ping is Ping.ROLE:
        role_to_mention(interaction, one.role or 0, _channel(permissions.guild_of(interaction), subject, one))


def check_channel(interaction: Interaction, channel: discord.TextChannel) -> None:
    """Check that the member and the bot may write there. Raises ChannelNotYours or MissingPermissions."""
    granted = permissions_in(interaction, channel)
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


def _channel(guild: discord.Guild, subject: Subject, one: Announcement) -> discord.TextChannel | None:
    """Return the channel where the announcement goes, if it is known; a thread has its channel's permissions."""
    return text_channel(guild, one.channel if one.place is Place.CHANNEL else subject.channel)
