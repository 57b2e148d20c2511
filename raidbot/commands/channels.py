"""In which channel a raid's board goes up."""

from typing import Any

import discord

from raidbot.commands.ui.rights import TO_POST, TO_POST_WITH_THREAD, check_rights
from raidbot.raids.model import ChannelId, Kind
from raidbot.raids.settings import GuildSettings
from raidbot.utils.errors import Refusal

KIND_NAMES = {Kind.RAID: "raid", Kind.MUSEUM: "museum", Kind.KEY: "key boss", Kind.CHALLENGE: "challenge"}

_CONVENTIONAL = {
    Kind.RAID: ("raid-signups", "raid signups"),
    Kind.MUSEUM: ("museum-signups", "museum signups"),
    Kind.KEY: ("key-signups", "key signups", "key-boss"),
    Kind.CHALLENGE: ("challenge-signups", "challenge signups"),
}


class NoSignupChannel(Refusal):
    def __init__(self, kind: Kind) -> None:
        super().__init__(
            f"There is no channel for {KIND_NAMES[kind]} signups yet. Choose one with `/setchannel set`,"
            f" or create a text channel named #{_CONVENTIONAL[kind][0]}."
        )


class ChannelGone(Refusal):
    def __init__(self, kind: Kind) -> None:
        super().__init__(
            f"The channel chosen for {KIND_NAMES[kind]} signups is not there any more, or I cannot see it."
            " Choose another with `/setchannel set`."
        )


def signup_channel(guild: discord.Guild, settings: GuildSettings, kind: Kind) -> discord.TextChannel:
    """The chosen channel, else one of a conventional name; the bot may do there what a board needs.

    Raises NoSignupChannel, ChannelGone or MissingRights.
    """
    chosen = settings.channel_for(kind)
    channel = _chosen(guild, chosen, kind) if chosen else _conventional(guild, kind)
    check_rights(channel, TO_POST_WITH_THREAD if settings.threads else TO_POST)
    return channel


def _chosen(guild: discord.Guild, chosen: ChannelId, kind: Kind) -> discord.TextChannel:
    channel: Any = guild.get_channel(chosen)
    if not isinstance(channel, discord.TextChannel):
        raise ChannelGone(kind)
    return channel


def _conventional(guild: discord.Guild, kind: Kind) -> discord.TextChannel:
    for name in (*_CONVENTIONAL[kind], *_CONVENTIONAL[Kind.RAID]):
        for channel in guild.text_channels:
            if channel.name == name:
                return channel
    raise NoSignupChannel(kind)
