"""Check the bot's permissions in the channels that servers chose."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import discord

from raidbot.check.database import is_current, version_of
from raidbot.check.discord_client import Channel, DiscordClient, Member, Overwrite, Server
from raidbot.check.findings import Finding, Part, warning
from raidbot.commands.posting.channels import USE_NAMES, Use, chosen_for, needed_in
from raidbot.db import guilds
from raidbot.db.database import look_into
from raidbot.db.errors import UnusableDatabase
from raidbot.raids.model import GuildId
from raidbot.raids.settings import GuildSettings
from raidbot.utils.text import joined

MAX_SERVERS = 25
"""Servers whose channels are asked for: two calls each."""


def chosen_channels(database: Path, found: list[Server]) -> dict[int, GuildSettings]:
    """Return the settings of the first servers that chose a channel, by the server's id."""
    if not is_current(version_of(database)):
        return {}
    chosen: dict[int, GuildSettings] = {}
    for server in found:
        try:
            settings = look_into(database, partial(guilds.settings, guild=GuildId(server.id)))
        except UnusableDatabase:
            return chosen
        if any(chosen_for(settings, use) for use in Use):
            chosen[server.id] = settings
        if len(chosen) == MAX_SERVERS:
            break
    return chosen


async def channels(client: DiscordClient, server: Server, settings: GuildSettings, bot: int) -> list[Finding]:
    """Check the channels that the server chose; nothing if all is well. Raises NoAnswer."""
    known = {channel.id: channel for channel in await client.get(f"/guilds/{server.id}/channels", list[Channel])}
    member = await client.get(f"/guilds/{server.id}/members/{bot}", Member)
    mine = [server.id, *member.roles, bot]
    return list(_findings(server, settings, known, mine))


def _findings(server: Server, settings: GuildSettings, known: dict[int, Channel], mine: list[int]) -> Iterator[Finding]:
    for use in Use:
        chosen = chosen_for(settings, use)
        if chosen is None:
            continue
        name = USE_NAMES[use].lower()
        channel = known.get(chosen)
        if channel is None:
            sentence = (
                f"On {server.name} the chosen channel is gone ({name}). A manager chooses another with /setchannel."
            )
            yield warning(Part.SERVERS, "channels", sentence)
            continue
        granted = _granted(server, channel, mine)
        if missing := [label for flag, label in needed_in(use, settings).items() if not getattr(granted, flag)]:
            sentence = f"On {server.name} the bot lacks {joined(missing)} in #{channel.name} ({name})."
            yield warning(Part.SERVERS, "channels", f"{sentence} Give it to the bot's role there.")


def _granted(server: Server, channel: Channel, mine: list[int]) -> discord.Permissions:
    """Apply a channel's overwrites: https://discord.com/developers/docs/topics/permissions#permission-overwrites.

    `mine` are the ids of @everyone, of the bot's roles, and of the bot, in this order.
    """
    granted = discord.Permissions(server.permissions)
    if granted.administrator:
        return discord.Permissions.all()
    everyone, *roles, bot = ([one for one in channel.permission_overwrites if one.id == id_] for id_ in mine)
    for step in (everyone, [one for role in roles for one in role], bot):
        granted.value = granted.value & ~_bits(step, "deny") | _bits(step, "allow")
    return granted if granted.view_channel else discord.Permissions.none()


def _bits(overwrites: list[Overwrite], name: str) -> int:
    bits = 0
    for one in overwrites:
        bits |= one.allow if name == "allow" else one.deny
    return bits
