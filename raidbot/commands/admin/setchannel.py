"""/setchannel: choose the channels for boards and logs."""

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.posting.channels import USE_NAMES, Use, channel_status, set_channel
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.raids.model import GuildId
from raidbot.raids.permissions import Permission
from raidbot.state import State

_CHOICES = [app_commands.Choice(name=name, value=use.value) for use, name in USE_NAMES.items()]


class SetChannel(commands.GroupCog, group_name="setchannel", group_description="Choose where boards and reports go"):
    def __init__(self, state: State) -> None:
        self._state = state

    @app_commands.command(name="set", description="Choose the channel for one kind of signup, or for a log")
    @app_commands.describe(what="What the channel is for", channel="A text channel I can post in")
    @app_commands.choices(what=_CHOICES)
    async def choose(self, interaction: Interaction, what: str, channel: discord.TextChannel) -> None:
        await permissions.check(interaction, Permission.SETCHANNEL_SET)
        use, guild = Use(what), permissions.guild_of(interaction)
        await responses.defer(interaction)
        await set_channel(self._state, guild, use, channel.id, permissions.cause_of(interaction))
        goes = "goes" if use in (Use.AUDIT, Use.DEBUG) else "go"
        await responses.edit_response(interaction, f"{USE_NAMES[use]} {goes} to {channel.mention} from now on.")

    @app_commands.command(description="Take a choice back")
    @app_commands.describe(what="What the channel was for")
    @app_commands.choices(what=_CHOICES)
    async def clear(self, interaction: Interaction, what: str) -> None:
        await permissions.check(interaction, Permission.SETCHANNEL_CLEAR)
        use, guild = Use(what), permissions.guild_of(interaction)
        await responses.defer(interaction)
        await set_channel(self._state, guild, use, None, permissions.cause_of(interaction))
        now = channel_status(guild, await self._state.settings(GuildId(guild.id)), use)
        await responses.edit_response(interaction, f"The choice is taken back. {USE_NAMES[use]}: {now}.")

    @app_commands.command(description="Show which channels are chosen")
    async def show(self, interaction: Interaction) -> None:
        await permissions.check(interaction, Permission.SETCHANNEL_SHOW)
        await responses.defer(interaction)
        guild = permissions.guild_of(interaction)
        settings = await self._state.settings(GuildId(guild.id))
        await responses.edit_response(
            interaction, "\n".join(f"{name}: {channel_status(guild, settings, use)}" for use, name in USE_NAMES.items())
        )
