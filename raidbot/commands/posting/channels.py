"""The channels chosen in a guild, and the channel for a raid's board."""

from collections.abc import Collection
from dataclasses import replace
from enum import StrEnum
from functools import partial

import discord

from raidbot.commands.ui.permissions import (
    TO_DISCUSS,
    TO_POST,
    TO_REACT,
    TO_REPORT,
    check_bot_permissions,
)
from raidbot.db import raid_queries
from raidbot.delivery.channel_permissions import missing_permissions
from raidbot.delivery.series.posting_places import CONVENTIONAL_NAMES, conventional_channel
from raidbot.raids.kinds import KIND_NAMES
from raidbot.raids.model import ChannelId, GuildId, Kind
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.state import Cause, State
from raidbot.utils.errors import Refusal


class Use(StrEnum):
    """A purpose that a channel can be chosen for."""

    RAID = "raid"
    MUSEUM = "museum"
    KEY = "key"
    CHALLENGE = "challenge"
    AUDIT = "audit"
    DEBUG = "debug"


USE_NAMES = {
    Use.RAID: "Raid signups",
    Use.MUSEUM: "Museum signups",
    Use.KEY: "Key boss signups",
    Use.CHALLENGE: "Challenge signups",
    Use.AUDIT: "Audit log",
    Use.DEBUG: "Live log",
}

LOGS = (Use.AUDIT, Use.DEBUG)


class NoSignupChannel(Refusal):
    def __init__(self, kind: Kind) -> None:
        super().__init__(
            f"There is no channel for {KIND_NAMES[kind]} signups yet. Choose one with `/setchannel set`,"
            f" or create a text channel named #{CONVENTIONAL_NAMES[kind][0]}."
        )


class ChannelGone(Refusal):
    def __init__(self, kind: Kind) -> None:
        super().__init__(
            f"The channel chosen for {KIND_NAMES[kind]} signups is not there any more, or I cannot see it."
            " Choose another with `/setchannel set`."
        )


class ChannelNotVisible(Refusal):
    def __init__(self) -> None:
        super().__init__("I do not see that channel. Give me **View Channel** there and try again.")


async def set_channel(state: State, guild: discord.Guild, use: Use, channel: int | None, cause: Cause) -> None:
    """Choose a channel, or clear the choice with None.

    Raises ChannelNotVisible, or MissingPermissions naming the permissions the bot lacks there.
    """
    settings = await state.settings(GuildId(guild.id))
    if channel is not None:
        found = guild.get_channel(channel)
        if not isinstance(found, discord.TextChannel):
            raise ChannelNotVisible
        check_bot_permissions(found, needed_in(use, settings))
    chosen = None if channel is None else ChannelId(channel)
    await state.change_settings(settings.guild, partial(_with, use, chosen), cause)


async def shown_kinds(state: State, guild: GuildId) -> tuple[Kind, ...]:
    """Return the kinds of the games that are played, and those with raids ahead, or a channel or roles of their own."""
    settings, catalogue = await state.settings(guild), await state.templates(guild)
    live = await state.db.read(partial(raid_queries.live_kinds, guild=guild, now=state.now()))
    return catalogue.kinds(kept={*settings.channels, *settings.signup_roles, *live})


def uses_of(kinds: Collection[Kind]) -> tuple[Use, ...]:
    """Return the purposes of channels where boards of these kinds are put up; the logs are among them."""
    return tuple(use for use in Use if use in LOGS or Kind(use.value) in kinds)


def chosen_for(settings: GuildSettings, use: Use) -> ChannelId | None:
    match use:
        case Use.AUDIT:
            return settings.audit_channel
        case Use.DEBUG:
            return settings.debug_channel
        case _:
            return settings.channels.get(Kind(use.value))


def channel_status(guild: discord.Guild, settings: GuildSettings, use: Use) -> str:
    """Name the chosen channel, or the default if none is chosen, with the permissions the bot lacks there."""
    chosen = chosen_for(settings, use)
    if chosen is None:
        return "not chosen" if use in LOGS else _instead(guild, settings, Kind(use.value))
    channel = guild.get_channel(chosen)
    if not isinstance(channel, discord.TextChannel):
        return "chosen, but the channel is gone or hidden from me"
    missing = missing_permissions(channel, needed_in(use, settings))
    return channel.mention if not missing else f"{channel.mention} — I lack {', '.join(missing)} there"


def _instead(guild: discord.Guild, settings: GuildSettings, kind: Kind) -> str:
    if settings.channel_for(kind):
        return "not chosen, so they go where raid signups go"
    try:
        return f"not chosen, so they go to {_conventional(guild, kind).mention} by its name"
    except NoSignupChannel:
        return "not chosen"


def needed_in(use: Use, settings: GuildSettings) -> dict[str, str]:
    """Return the permissions the bot needs in a channel under these settings (Discord's flag → its name)."""
    if use in LOGS:
        return TO_REPORT
    reacting = TO_REACT if settings.signup_style is not SignupStyle.BUTTONS else {}
    return TO_POST | reacting | (TO_DISCUSS if settings.threads else {})


def _with(use: Use, channel: ChannelId | None, settings: GuildSettings) -> GuildSettings:
    match use:
        case Use.AUDIT:
            return replace(settings, audit_channel=channel)
        case Use.DEBUG:
            return replace(settings, debug_channel=channel)
        case _:
            kept = {kind: chosen for kind, chosen in settings.channels.items() if kind != Kind(use.value)}
            return replace(settings, channels=kept if channel is None else kept | {Kind(use.value): channel})


def signup_channel(guild: discord.Guild, settings: GuildSettings, kind: Kind) -> discord.TextChannel:
    """Return the chosen channel, else one with a conventional name.

    Raises NoSignupChannel, ChannelGone, or MissingPermissions if the bot lacks a permission that a board needs.
    """
    chosen = settings.channel_for(kind)
    channel = _chosen(guild, chosen, kind) if chosen else _conventional(guild, kind)
    check_bot_permissions(channel, needed_in(Use(kind.value), settings))
    return channel


def _chosen(guild: discord.Guild, chosen: ChannelId, kind: Kind) -> discord.TextChannel:
    channel = guild.get_channel(chosen)
    if not isinstance(channel, discord.TextChannel):
        raise ChannelGone(kind)
    return channel


def _conventional(guild: discord.Guild, kind: Kind) -> discord.TextChannel:
    channel = conventional_channel(guild, kind)
    if channel is None:
        raise NoSignupChannel(kind)
    return channel
