"""/setchannel: where boards and reports go."""

from dataclasses import replace
from enum import StrEnum
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.ui import answers, rights
from raidbot.raids.model import ChannelId, GuildId, Kind
from raidbot.raids.permissions import Permission
from raidbot.raids.settings import GuildSettings
from raidbot.state import State


class Use(StrEnum):
    """What a channel can be chosen for."""

    RAID = "raid"
    MUSEUM = "museum"
    KEY = "key"
    CHALLENGE = "challenge"
    AUDIT = "audit"
    DEBUG = "debug"


_NAMES = {
    Use.RAID: "Raid signups",
    Use.MUSEUM: "Museum signups",
    Use.KEY: "Key boss signups",
    Use.CHALLENGE: "Challenge signups",
    Use.AUDIT: "Audit log",
    Use.DEBUG: "Live log",
}
_CHOICES = [app_commands.Choice(name=name, value=use.value) for use, name in _NAMES.items()]


class SetChannel(commands.GroupCog, group_name="setchannel", group_description="Choose where boards and reports go"):
    def __init__(self, state: State) -> None:
        self._state = state

    @app_commands.command(name="set", description="Choose the channel for one kind of signup, or for a log")
    @app_commands.describe(what="What the channel is for", channel="A text channel I can post in")
    @app_commands.choices(what=_CHOICES)
    async def choose(self, interaction: discord.Interaction[Any], what: str, channel: discord.TextChannel) -> None:
        await rights.check(interaction, Permission.SETCHANNEL_SET)
        use = Use(what)
        target = rights.here(interaction).get_channel(channel.id)
        if not isinstance(target, discord.TextChannel):
            await answers.whisper(interaction, f"I cannot see {channel.mention}. Give me **View Channel** there.")
            return
        await answers.take(interaction)
        guild = GuildId(target.guild.id)
        settings = await self._state.settings(guild)
        rights.check_rights(target, _needed(use, settings))
        await self._state.change_settings(
            guild, lambda before: _with(before, use, ChannelId(target.id)), rights.cause(interaction)
        )
        await answers.show(interaction, f"{_NAMES[use]} go to {target.mention} from now on.")

    @app_commands.command(description="Take a choice back")
    @app_commands.describe(what="What the channel was for")
    @app_commands.choices(what=_CHOICES)
    async def clear(self, interaction: discord.Interaction[Any], what: str) -> None:
        await rights.check(interaction, Permission.SETCHANNEL_CLEAR)
        use = Use(what)
        await answers.take(interaction)
        guild = GuildId(rights.here(interaction).id)
        await self._state.change_settings(guild, lambda before: _with(before, use, None), rights.cause(interaction))
        await answers.show(interaction, f"{_NAMES[use]} have no channel of their own any more.")

    @app_commands.command(description="Show which channels are chosen")
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        await rights.check(interaction, Permission.SETCHANNEL_SHOW)
        await answers.take(interaction)
        guild = rights.here(interaction)
        settings = await self._state.settings(GuildId(guild.id))
        lines = [f"{name}: {_shown(guild, _of(settings, use), _needed(use, settings))}" for use, name in _NAMES.items()]
        await answers.show(interaction, "\n".join(lines))


def _needed(use: Use, settings: GuildSettings) -> dict[str, str]:
    if use in (Use.AUDIT, Use.DEBUG):
        return rights.TO_REPORT
    return rights.TO_POST_WITH_THREAD if settings.threads else rights.TO_POST


def _of(settings: GuildSettings, use: Use) -> ChannelId | None:
    match use:
        case Use.AUDIT:
            return settings.audit_channel
        case Use.DEBUG:
            return settings.debug_channel
        case _:
            return settings.channels.get(Kind(use.value))


def _with(settings: GuildSettings, use: Use, channel: ChannelId | None) -> GuildSettings:
    match use:
        case Use.AUDIT:
            return replace(settings, audit_channel=channel)
        case Use.DEBUG:
            return replace(settings, debug_channel=channel)
        case _:
            kept = {kind: chosen for kind, chosen in settings.channels.items() if kind != Kind(use.value)}
            return replace(settings, channels=kept if channel is None else kept | {Kind(use.value): channel})


def _shown(guild: discord.Guild, chosen: ChannelId | None, needed: dict[str, str]) -> str:
    if chosen is None:
        return "not chosen"
    channel = guild.get_channel(chosen)
    if not isinstance(channel, discord.TextChannel):
        return "chosen, but the channel is gone or hidden from me"
    missing = rights.missing_rights(channel, needed)
    return channel.mention if not missing else f"{channel.mention} — I lack {', '.join(missing)} there"
