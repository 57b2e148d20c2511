"""The channels in which raids of series can be posted, as far as the bot knows without asking Discord."""

import discord

from raidbot.delivery.boards.raid_comparison import MaySignUp
from raidbot.delivery.channel_permissions import TO_SEND, missing_permissions
from raidbot.raids.model import ChannelId, GuildId, Kind
from raidbot.raids.series.model import Series, Trouble, TroubleCode
from raidbot.raids.series.words import describe_trouble
from raidbot.raids.settings import GuildSettings
from raidbot.utils.errors import Refusal

CONVENTIONAL_NAMES = {
    Kind.RAID: ("raid-signups", "raid signups"),
    Kind.MUSEUM: ("museum-signups", "museum signups"),
    Kind.KEY: ("key-signups", "key signups", "key-boss"),
    Kind.CHALLENGE: ("challenge-signups", "challenge signups"),
}
"""Channels of these names are used if none is chosen for a kind."""


class Troubled(Refusal):
    """A raid of a series cannot be posted, for a reason that time alone does not mend."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(describe_trouble(trouble))
        self.trouble = trouble


class PostingPlaces:
    """Answers from what the gateway told; only `may_sign_up` may ask Discord."""

    def __init__(self, client: discord.Client, may_sign_up: MaySignUp) -> None:
        self._client = client
        self._may_sign_up = may_sign_up

    @property
    def may_sign_up(self) -> MaySignUp:
        return self._may_sign_up

    def is_there(self, guild: GuildId) -> bool:
        """Return True if the guild is known and available."""
        found = self._client.get_guild(guild)
        return self._client.is_ready() and found is not None and not found.unavailable

    def channel(self, series: Series, settings: GuildSettings, kind: Kind) -> ChannelId:
        """Return the channel for a raid of this kind: the series' own, the chosen one, or one named for it.

        Raises Troubled if there is none, or if the bot cannot post there.
        """
        guild = self._client.get_guild(series.guild)
        chosen = series.channel or settings.channel_for(kind)
        if guild is None:
            raise Troubled(Trouble(TroubleCode.CHANNEL_GONE))
        channel = guild.get_channel(chosen) if chosen else conventional_channel(guild, kind)
        if channel is None and chosen is None:
            raise Troubled(Trouble(TroubleCode.NO_CHANNEL))
        if not isinstance(channel, discord.TextChannel):
            raise Troubled(Trouble(TroubleCode.CHANNEL_GONE))
        if lacking := missing_permissions(channel, TO_SEND):
            # Without the first of them discord.py counts those after it as lacking, too.
            raise Troubled(Trouble(TroubleCode.LACKING, lacking[0]))
        return ChannelId(channel.id)


def conventional_channel(guild: discord.Guild, kind: Kind) -> discord.TextChannel | None:
    """Return the channel that is named for this kind, or for raids."""
    for name in (*CONVENTIONAL_NAMES[kind], *CONVENTIONAL_NAMES[Kind.RAID]):
        for channel in guild.text_channels:
            if channel.name == name:
                return channel
    return None
